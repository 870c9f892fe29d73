// The float32 coefficients of e^r that make the largest error of the whole kernel smallest, its roundings included:
// minimax.ts starts the search from the minimax polynomial. It is a cutting-plane search. A pool of hard arguments
// stands for all of them; the coefficients climb on the pool; a scan of other arguments then adds those that come out
// worst. It ends when the scans have gone over every float32 number in range and left the coefficients as they were.
//
// Nothing here is left to the engine (no Math.exp, no fractional powers), so every engine takes the same steps.

import { random } from "../test/support/random.js";

/** Coefficients from c0 up, and the largest error they give in ULP: without fused multiply-add, and with it. */
export interface Found {
  coefficients: Float32Array;
  plain: number;
  fused: number;
}

interface Scan {
  plain: number;
  fused: number;
  /** The arguments whose error is above a threshold. */
  hard: number[];
}

const { fround } = Math;

// The range, in bit patterns of |x|. Nearer to 0 the error is below 0.8 ULP.
const FIRST = 0x3d000000; // 2^-5
const LAST = 0x42b00000; // 88

/** A scan takes every so many floats; as many scans take all. Both strides are odd, to meet every low bit. */
const STRIDE = 61;
/** The stride of the arguments with which the pool starts, hard or not: they hold every part of the range. */
const COARSE = 20011;
/** How far below the largest error an argument still goes into the pool, in ULP. */
const MARGIN = 0.06;
/** The random steps of one climb. */
const STEPS = 20_000;
/** The largest step, by what it adds to the polynomial; it is halved up to 8 times. */
const SIZE = 2 ** -23;

const pattern = new Uint32Array(1);
const float = new Float32Array(pattern.buffer);

function fromBits(bits: number): number {
  pattern[0] = bits;
  return float[0] as number;
}

function toBits(value: number): number {
  float[0] = value;
  return pattern[0] as number;
}

// The constants of assembly/exp.ts for beta = 1 and N = 0.
const RATE = fround(Math.LOG2E);
const MAGIC = 1.5 * 2 ** 23 + 127;
const HIGH = fromBits(toBits(Math.LN2) & 0xffff_fe00);
const LOW = fround(Math.LN2 - HIGH);

// Taylor's coefficients of cosh and of sinh, highest first.
const EVEN = [3_628_800, 40_320, 720, 24, 2, 1].map((factorial) => 1 / factorial);
const ODD = [39_916_800, 362_880, 5040, 120, 6, 1].map((factorial) => 1 / factorial);

/** e^t for |t| <= ln2 / 2, to 2^-47. */
function exp(t: number): number {
  const square = t * t;
  let even = 0;
  let odd = 0;
  for (let k = 0; k < EVEN.length; k++) {
    even = even * square + (EVEN[k] as number);
    odd = odd * square + (ODD[k] as number);
  }
  return even + t * odd;
}

/**
 * a b + c in float32. The product is exact in float64, so fused there are two roundings, of the sum to 53 bits and to
 * 24: the first moves the second only where it ends halfway between two floats, one time in 2^29 or so.
 */
function madd(fused: boolean, a: number, b: number, c: number): number {
  return fround((fused ? a * b : fround(a * b)) + c);
}

/** The error of the kernel at x, in ULP of the result before it is multiplied by its power of two. */
function error(c: Float32Array, x: number, fused: boolean): number {
  const n = madd(fused, x, RATE, MAGIC) - MAGIC;
  const r = madd(fused, -n, LOW, madd(fused, -n, HIGH, x));
  let p = c[5] as number;
  for (let k = 4; k >= 0; k--) p = madd(fused, p, r, c[k] as number);
  const exact = exp(x - n * Math.LN2);
  return Math.abs(p - exact) * (exact < 1 ? 2 ** 24 : 2 ** 23);
}

function scan(c: Float32Array, offset: number, stride: number, threshold: number): Scan {
  const found: Scan = { plain: 0, fused: 0, hard: [] };
  for (const sign of [1, -1]) {
    for (let bits = FIRST + offset; bits <= LAST; bits += stride) {
      const x = sign * fromBits(bits);
      const plain = error(c, x, false);
      const fused = error(c, x, true);
      if (plain > found.plain) found.plain = plain;
      if (fused > found.fused) found.fused = fused;
      if (plain > threshold || fused > threshold) found.hard.push(x);
    }
  }
  return found;
}

/** The largest error over the pool, or the first that is not below `limit`: what found it moves to the front. */
function largest(c: Float32Array, pool: number[], limit: number): number {
  let most = 0;
  for (let i = 0; i < pool.length; i++) {
    const x = pool[i] as number;
    most = Math.max(most, error(c, x, false), error(c, x, true));
    if (most < limit) continue;
    const front = i >> 1;
    pool[i] = pool[front] as number;
    pool[front] = x;
    return most;
  }
  return most;
}

/**
 * r T(r / EDGE) for Chebyshev's T of degree 0 to 4, by their coefficients of r and up. Steps along these move the
 * polynomial by as much anywhere; steps of one coefficient soon find no way on, as the others have to make up for it.
 */
const EDGE = Math.LN2 / 2;
const DIRECTIONS = [[1], [0, 1], [-1, 0, 2], [0, -3, 0, 4], [1, 0, -8, 0, 8]].map((row) => {
  let power = 1;
  return row.map((value) => {
    power *= EDGE;
    return value / power;
  });
});

const { uniform, integer } = random(1);

/** A random step; c0 stays 1. */
function step(c: Float32Array): Float32Array {
  const size = SIZE / (1 << integer(9));
  const next = Float64Array.from(c);
  for (const direction of DIRECTIONS) {
    const way = uniform(-size, size);
    for (const [k, value] of direction.entries()) next[k + 1] = (next[k + 1] as number) + way * value;
  }
  return Float32Array.from(next);
}

/** Takes every step that makes the largest error over the pool smaller. */
function climb(start: Float32Array, pool: number[]): Float32Array {
  let best = start;
  let least = largest(best, pool, Number.POSITIVE_INFINITY);
  for (let i = 0; i < STEPS; i++) {
    const next = step(best);
    const most = largest(next, pool, least);
    if (most >= least) continue;
    best = next;
    least = most;
  }
  return best;
}

/** The search, from float32 coefficients of degree 5. The errors are the largest over every float in range. */
export function search(start: Float32Array): Found {
  let found: Found = { coefficients: start, plain: 0, fused: 0 };
  let pool = scan(start, 0, COARSE, 0).hard;
  for (let round = 0, unchanged = 0; unchanged < STRIDE; round++) {
    const { coefficients } = found;
    const known = largest(coefficients, pool, Number.POSITIVE_INFINITY);
    const { plain, fused, hard } = scan(coefficients, round % STRIDE, STRIDE, known - MARGIN);
    pool = pool.concat(hard);
    const next = Math.max(plain, fused) > known ? climb(coefficients, pool) : coefficients;
    if (next === coefficients) {
      found = { coefficients, plain: Math.max(found.plain, plain), fused: Math.max(found.fused, fused) };
      unchanged++;
    } else {
      found = { coefficients: next, plain: 0, fused: 0 };
      unchanged = 0;
    }
  }
  return found;
}
