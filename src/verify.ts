// Runs what serves against stored exact values, the special cases of the contract, and the reference.

import { describe } from "./check/arrays.js";
import { checkOptions } from "./check/options.js";
import { decodeFloat16, encodeFloat16 } from "./float16.js";
import { ORACLE } from "./oracle.js";
import { softmax as reference } from "./reference.js";
import { SPECIAL_CASES } from "./special.js";
import type { BackendName, Dtype, Softmax, SoftmaxOptions, Verification, VerifiedOp, VerifyOptions } from "./types.js";

interface Format {
  /** Bits of the significand after the point. */
  readonly bits: number;
  /** Of the smallest normal number. */
  readonly minExponent: number;
  /** Results below it may be 0. */
  readonly least: number;
  /** Most ULP from the stored exact values: softmax's bound for logits up to ±256. */
  readonly exactUlp: number;
  /** Most ULP from the reference, which rounds x - max in float64 where the kernels round nothing. */
  readonly referenceUlp: number;
}

const FORMATS: Readonly<Record<Dtype, Format>> = {
  // float32's five ULP are 2^-13 of float16's, which rounding can make a whole one.
  float16: { bits: 10, minExponent: -14, least: 2 ** -126, exactUlp: 0.5 + 5 * 2 ** -13, referenceUlp: 1 },
  float32: { bits: 23, minExponent: -126, least: 2 ** -126, exactUlp: 5, referenceUlp: 5 },
  float64: { bits: 52, minExponent: -1022, least: 2 ** -1022, exactUlp: 4, referenceUlp: 64 },
};

const DTYPES: readonly Dtype[] = ["float16", "float32", "float64"];

/** Lengths of the seeded rows: partial vectors, whole ones, more than one block of a sum. */
const LENGTHS = [1, 2, 3, 4, 5, 7, 8, 10, 15, 16, 17, 31, 33, 64, 127, 129, 255, 257, 300, 1000];

/** Checks `subject`, which the caller says is served by `backend`. */
export function runVerification(
  subject: Pick<Softmax, "softmax">,
  backend: BackendName,
  options: VerifyOptions | undefined,
): Verification {
  const { seed = 1 }: VerifyOptions = checkOptions(options, ["seed"]);
  if (typeof seed !== "number") throw new TypeError(`seed: expected an integer, got ${describe(seed)}`);
  if (!Number.isSafeInteger(seed)) throw new RangeError(`seed: expected an integer, got ${seed}`);
  const ops = DTYPES.map((dtype) => verifySoftmax(subject.softmax as Loose, dtype, seed));
  return { ok: ops.every(({ failures }) => failures.length === 0), backend, ops };
}

/** softmax of any input. */
type Loose = (x: unknown, options?: SoftmaxOptions) => unknown;

/** softmax of numbers, passed on in a dtype. */
type Run = (x: readonly number[], options?: SoftmaxOptions) => ArrayLike<number>;

function inDtype(softmax: Loose, dtype: Dtype): Run {
  if (dtype === "float32") return (x, options) => softmax(new Float32Array(x), options) as Float32Array;
  if (dtype === "float64") return (x, options) => softmax(new Float64Array(x), options) as Float64Array;
  // As bits, which need no Float16Array.
  return (x, options) => {
    const tensor = { data: Uint16Array.from(x, encodeFloat16), shape: options?.shape ?? [x.length], dtype };
    const { data } = softmax(tensor, options) as { data: Uint16Array };
    return Float64Array.from(data, decodeFloat16);
  };
}

/** Whether the dtype has all these numbers, or float16 does not matter: float32 and float64 make of them what they can. */
function fits(dtype: Dtype, x: readonly number[]): boolean {
  return dtype !== "float16" || x.every((v) => Object.is(decodeFloat16(encodeFloat16(v)), v));
}

function verifySoftmax(softmax: Loose, dtype: Dtype, seed: number): VerifiedOp {
  const format = FORMATS[dtype];
  const run = inDtype(softmax, dtype);
  const expectedOf = inDtype(reference as Loose, dtype);
  const failures: string[] = [];
  let maxUlp = 0;
  let cases = 0;
  const check = (name: string, got: ArrayLike<number>, expected: ArrayLike<number>, limit: number): number => {
    const ulp = largestUlp(got, expected, format);
    cases++;
    if (!(ulp <= limit)) failures.push(`${name}: ${ulp} ULP, expected at most ${limit}`);
    return ulp;
  };
  for (const { name, x, beta, expected } of ORACLE.filter(({ x }) => fits(dtype, x))) {
    maxUlp = Math.max(maxUlp, check(name, run(x, { beta }), expected, format.exactUlp));
  }
  for (const { name, x, options, expected } of SPECIAL_CASES.filter(({ x }) => fits(dtype, x))) {
    check(name, run(x, options), expected, 1);
  }
  const random = generator(seed);
  for (const length of LENGTHS) {
    for (const shape of [
      [3, length],
      [length, 5],
    ]) {
      const options = { shape, axis: shape.indexOf(length) };
      const x = Array.from({ length: shape.reduce((a, b) => a * b) }, () => 40 * random() - 20);
      check(`seeded rows of shape [${shape}]`, run(x, options), expectedOf(x, options), format.referenceUlp);
    }
  }
  return { op: "softmax", dtype, maxUlp, cases, failures };
}

/** The largest distance in units in the last place; Infinity where lengths, NaN, zeros or signs do not agree. */
function largestUlp(got: ArrayLike<number>, expected: ArrayLike<number>, format: Format): number {
  if (got.length !== expected.length) return Infinity;
  let most = 0;
  for (let i = 0; i < got.length; i++)
    most = Math.max(most, ulpBetween(got[i] as number, expected[i] as number, format));
  return most;
}

function ulpBetween(got: number, expected: number, { bits, minExponent, least }: Format): number {
  if (Number.isNaN(expected)) return Number.isNaN(got) ? 0 : Infinity;
  if (expected < least) return got >= 0 && got <= least ? 0 : Infinity;
  const exponent = Math.max(Math.floor(Math.log2(expected)), minExponent);
  const distance = Math.abs(got - expected) / 2 ** (exponent - bits);
  return Number.isNaN(distance) ? Infinity : distance;
}

/** Uniform numbers in [0, 1): a 32-bit linear congruential generator (Numerical Recipes), enough for test data. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
