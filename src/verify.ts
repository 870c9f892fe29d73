// Runs what serves against stored exact values, the special cases of the contract, and the reference.

import { allocate, describe } from "./check/arrays.js";
import { checkOptions } from "./check/options.js";
import { ORACLE } from "./oracle.js";
import { softmax as reference } from "./reference.js";
import { SPECIAL_CASES } from "./special.js";
import type {
  BackendName,
  Dtype,
  FloatArray,
  Softmax,
  SoftmaxOptions,
  Verification,
  VerifiedOp,
  VerifyOptions,
} from "./types.js";

interface Format {
  /** Bits of the significand after the point. */
  readonly bits: number;
  readonly minExponent: number;
  /** Most ULP from the stored exact values: softmax's bound for logits up to ±256. */
  readonly exactUlp: number;
  /** Most ULP from the reference, which rounds x - max in float64 where the kernels round nothing. */
  readonly referenceUlp: number;
}

const FORMATS: Readonly<Record<Dtype, Format>> = {
  float32: { bits: 23, minExponent: -126, exactUlp: 5, referenceUlp: 5 },
  float64: { bits: 52, minExponent: -1022, exactUlp: 4, referenceUlp: 64 },
};

const DTYPES: readonly Dtype[] = ["float32", "float64"];

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
  const ops = DTYPES.map((dtype) => verifySoftmax(subject.softmax as Run, dtype, seed));
  return { ok: ops.every(({ failures }) => failures.length === 0), backend, ops };
}

type Run = (x: FloatArray, options?: SoftmaxOptions) => FloatArray;

function verifySoftmax(run: Run, dtype: Dtype, seed: number): VerifiedOp {
  const format = FORMATS[dtype];
  const failures: string[] = [];
  let maxUlp = 0;
  let cases = 0;
  const check = (name: string, got: FloatArray, expected: ArrayLike<number>, limit: number): number => {
    const ulp = largestUlp(got, expected, format);
    cases++;
    if (!(ulp <= limit)) failures.push(`${name}: ${ulp} ULP, expected at most ${limit}`);
    return ulp;
  };
  for (const { name, x, beta, expected } of ORACLE) {
    maxUlp = Math.max(maxUlp, check(name, run(from(dtype, x), { beta }), expected, format.exactUlp));
  }
  for (const { name, x, options, expected } of SPECIAL_CASES) {
    check(name, run(from(dtype, x), options), expected, 1);
  }
  const random = generator(seed);
  for (const length of LENGTHS) {
    for (const shape of [
      [3, length],
      [length, 5],
    ]) {
      const options = { shape, axis: shape.indexOf(length) };
      const x = from(
        dtype,
        Array.from({ length: shape.reduce((a, b) => a * b) }, () => 40 * random() - 20),
      );
      check(`seeded rows of shape [${shape}]`, run(x, options), (reference as Run)(x, options), format.referenceUlp);
    }
  }
  return { op: "softmax", dtype, maxUlp, cases, failures };
}

function from(dtype: Dtype, values: readonly number[]): FloatArray {
  const array = allocate(dtype, values.length);
  array.set(values);
  return array;
}

/** The largest distance in units in the last place; Infinity where lengths, NaN, zeros or signs do not agree. */
function largestUlp(got: FloatArray, expected: ArrayLike<number>, format: Format): number {
  if (got.length !== expected.length) return Infinity;
  let most = 0;
  for (let i = 0; i < got.length; i++)
    most = Math.max(most, ulpBetween(got[i] as number, expected[i] as number, format));
  return most;
}

function ulpBetween(got: number, expected: number, { bits, minExponent }: Format): number {
  if (Number.isNaN(expected)) return Number.isNaN(got) ? 0 : Infinity;
  if (expected < 2 ** minExponent) return got >= 0 && got <= 2 ** minExponent ? 0 : Infinity;
  const distance = Math.abs(got - expected) / 2 ** (Math.floor(Math.log2(expected)) - bits);
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
