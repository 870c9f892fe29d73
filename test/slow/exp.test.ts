// The exponential kernel alone: float32 over every bit pattern, float64 over seeded numbers.

import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { CONTRACT } from "../support/contract.js";
import { type Exact, exp, ulps } from "../support/oracle.js";
import { random } from "../support/random.js";
import { BLOCK, type Block, compile, instantiate, over, type Target } from "./kernels-host.js";

const MINUTES = 60_000;

// Bit patterns of float32 numbers.
const ZERO = 0;
const TINY = 0x32800000; // 2^-26
const MOST = 0x42b00000; // 88, where results come near to the largest number
const INFINITE = 0x7f800000;
const NEGATIVE = 0x80000000;
const END = 0x100000000;
/** In float32, e^x is 0 to the nearest from here on. */
const VANISHING = -104;

/** What a walk over bit patterns away from 0 found. */
interface Sweep {
  count: number;
  sum: number;
  maxUlp: number;
  worst: number;
  /** Neighbours whose results are in the wrong order, and by how many ULP at most. */
  disordered: number;
  maxDisorder: number;
  /** Results below the smallest normal number that are not in [0, it]; results not +0 where that is due. */
  stray: number;
  /** The bits of the last result. */
  last: number;
}

function newSweep(): Sweep {
  return { count: 0, sum: 0, maxUlp: 0, worst: 0, disordered: 0, maxDisorder: 0, stray: 0, last: 0x3f800000 };
}

/** Runs the kernel over the bit patterns from `from` to before `to`, block by block. */
async function walk(
  block: Block<Float32Array>,
  from: number,
  to: number,
  look: (count: number) => void,
): Promise<void> {
  const patterns = new Uint32Array(block.x.buffer, block.x.byteOffset, BLOCK);
  for (let start = from, n = 0; start < to; start += BLOCK, n++) {
    const count = Math.min(BLOCK, to - start);
    for (let i = 0; i < count; i++) patterns[i] = start + i;
    // The kernel takes whole vectors.
    patterns.fill(0, count, (count + 3) & ~3);
    block.run((count + 3) & ~3);
    look(count);
    if (n % 256 === 0) await setImmediate();
  }
}

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** 2^23 over the power of two at or below a positive number: what makes ULP of float32 of an error. */
function perUlp(exact: number): number {
  float[0] = exact;
  words[1] = (2069 - ((words[1] as number) >>> 20)) << 20;
  words[0] = 0;
  return float[0] as number;
}

/** Adds a block's results to `sweep`. Math.exp is good to 2^-52; below 2^-26 so is 1 + x, in a fraction of the time. */
function measure({ x: xs, y: ys }: Block<Float32Array>, count: number, tiny: boolean, sweep: Sweep): void {
  const { smallestNormal } = CONTRACT.float32;
  const bits = new Uint32Array(ys.buffer, ys.byteOffset, count);
  for (let i = 0; i < count; i++) {
    const x = xs[i] as number;
    const y = ys[i] as number;
    const exact = tiny ? 1 + x : Math.exp(x);
    const result = bits[i] as number;
    const fall = x < 0 ? result - sweep.last : sweep.last - result;
    sweep.last = result;
    if (fall > 0) {
      sweep.disordered++;
      if (fall > sweep.maxDisorder) sweep.maxDisorder = fall;
    }
    if (exact < smallestNormal) {
      if (result > 0x00800001 || (x < VANISHING && result !== 0)) sweep.stray++;
      continue;
    }
    const error = Math.abs(y - exact) * perUlp(exact);
    sweep.count++;
    sweep.sum += error;
    if (error <= sweep.maxUlp) continue;
    sweep.maxUlp = error;
    sweep.worst = x;
  }
}

async function sweepFrom(zero: number, most: number, block: Block<Float32Array>): Promise<Sweep> {
  const sweep = newSweep();
  await walk(block, zero, zero + TINY, (count) => measure(block, count, true, sweep));
  await walk(block, zero + TINY, most, (count) => measure(block, count, false, sweep));
  return sweep;
}

function describeSweep(name: string, s: Sweep): string {
  const order = `${s.disordered} neighbours out of order by at most ${s.maxDisorder} ULP`;
  return `${name}: max ${s.maxUlp.toFixed(4)} ULP at ${s.worst}, mean ${(s.sum / s.count).toFixed(4)} over ${s.count}; ${order}`;
}

/** A seeded number and its upper neighbour, over and over. */
function neighbours(seed: number, count: number, low: number, high: number): Float64Array {
  const { uniform } = random(seed);
  const xs = new Float64Array(count);
  const bits = new BigInt64Array(xs.buffer);
  for (let i = 0; i < count; i += 2) {
    const x = uniform(low, high);
    xs.fill(x, i, i + 2);
    bits[i + 1] = (bits[i] as bigint) + (x < 0 ? -1n : 1n);
  }
  return xs;
}

const RANGES = [
  { low: -708, high: 708, xs: neighbours(1, 1_600_000, -708, 708) },
  { low: -1, high: 1, xs: neighbours(2, 400_000, -1, 1) },
].map((range) => ({ ...range, exact: Array.from(range.xs, exp) }));

const TARGETS: Target[] = ["simd", "relaxed-simd"];
const MODULES = await Promise.all(TARGETS.map(async (target) => ({ target, bytes: await compile(target) })));
const SUPPORTED = MODULES.filter(({ bytes }) => WebAssembly.validate(bytes));

describe.each(SUPPORTED)("exp in float32, every bit pattern, $target", ({ target, bytes }) => {
  const block = instantiate(bytes).float32;
  const { expUlp, expOrderUlp } = CONTRACT.float32;

  test.each([
    { name: "from 0 to 88", zero: ZERO, most: MOST + 1 },
    { name: "from -0 to -Infinity", zero: NEGATIVE, most: NEGATIVE + INFINITE + 1 },
  ])("$name", { timeout: 10 * MINUTES }, async ({ name, zero, most }) => {
    const sweep = await sweepFrom(zero, most, block);
    console.log(describeSweep(`float32 ${target} ${name}`, sweep));
    expect(sweep.maxUlp).toBeLessThanOrEqual(expUlp);
    expect(sweep.maxDisorder).toBeLessThanOrEqual(expOrderUlp);
    expect(sweep.stray).toBe(0);
  });

  test("NaN of every payload gives NaN", { timeout: MINUTES }, async () => {
    let others = 0;
    const look = (count: number): void => {
      for (let i = 0; i < count; i++) if (!Number.isNaN(block.y[i])) others++;
    };
    await walk(block, INFINITE + 1, NEGATIVE, look);
    await walk(block, NEGATIVE + INFINITE + 1, END, look);
    expect(others).toBe(0);
  });
});

describe.each(SUPPORTED)("exp in float64, $target", ({ target, bytes }) => {
  const block = instantiate(bytes).float64;
  const { expUlp, expOrderUlp, smallestNormal } = CONTRACT.float64;

  test.each(RANGES)("seeded numbers from $low to $high", ({ low, high, xs, exact }) => {
    const ys = over(block, xs);
    const errors = Float64Array.from(ys, (y, i) => ulps(y, exact[i] as Exact, 53));
    const worst = errors.reduce((most, error, i) => (error > (errors[most] as number) ? i : most), 0);
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const bits = new BigInt64Array(ys.buffer);
    const fall = (i: number): number => Number((bits[i] as bigint) - (bits[i + 1] as bigint));
    const falls = Array.from({ length: bits.length / 2 }, (_, i) => fall(2 * i));
    const disordered = falls.filter((fall) => fall > 0).length;
    const maxDisorder = falls.reduce((most, fall) => Math.max(most, fall), 0);
    const max = errors[worst] as number;
    console.log(
      `float64 ${target} from ${low} to ${high}: max ${max.toFixed(4)} ULP at ${xs[worst]}, mean ${mean.toFixed(4)}; ` +
        `${disordered} of ${falls.length} neighbours out of order by at most ${maxDisorder} ULP`,
    );
    expect(max).toBeLessThanOrEqual(expUlp);
    expect(maxDisorder).toBeLessThanOrEqual(expOrderUlp);
  });

  test("results below the smallest normal number are in [0, it]", () => {
    const { uniform } = random(3);
    const xs = Float64Array.from({ length: 100_000 }, () => uniform(-760, Math.log(smallestNormal)));
    const ys = over(block, xs);
    expect(ys.every((y) => y >= 0 && !Object.is(y, -0) && y <= smallestNormal * (1 + Number.EPSILON))).toBe(true);
  });

  test("-Infinity and what is far below 0 give +0", () => {
    const xs = Float64Array.of(-Infinity, -Number.MAX_VALUE, -1e100, -1e10, -2000, -746);
    expect([...over(block, xs)]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test("NaN of any payload and sign gives NaN", () => {
    const { bits } = random(4);
    const patterns = new Uint32Array(200_000);
    for (let i = 0; i < patterns.length; i += 2) {
      patterns[i] = bits() | 1;
      patterns[i + 1] = 0x7ff00000 | (bits() & 0x800fffff) | (i % 3 === 0 ? 0 : 0x80000);
    }
    const ys = over(block, new Float64Array(patterns.buffer));
    expect(ys.every((y) => Number.isNaN(y))).toBe(true);
  });
});
