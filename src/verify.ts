// Runs what serves against stored exact values, the special cases of the contract, and the reference.

import { describe } from "./check/arrays.js";
import { checkOptions } from "./check/options.js";
import { sizeOf } from "./check/shape.js";
import { decodeFloat16, encodeFloat16 } from "./float16.js";
import type { Ops } from "./op-types.js";
import { ORACLE } from "./oracle.js";
import { SPECIAL_CASES } from "./special.js";
import type { BackendName, Dtype, Softmax, SoftmaxOptions, Verification, VerifiedOp, VerifyOptions } from "./types.js";

interface Format {
  /** The distance of 1 and the next larger number. */
  readonly epsilon: number;
  readonly minNormal: number;
  /** Results below it may be 0. */
  readonly least: number;
  /** Most ULP from the stored exact values: softmax's bound for logits up to ±256. */
  readonly exactUlp: number;
  /** Most ULP from the reference, which rounds x - max in float64 where the kernels round nothing. */
  readonly referenceUlp: number;
}

const FORMATS: Readonly<Record<Dtype, Format>> = {
  // float32's five ULP are 2^-13 of float16's, which rounding can make a whole one.
  float16: {
    epsilon: 2 ** -10,
    minNormal: 2 ** -14,
    least: 2 ** -126,
    exactUlp: 0.5 + 5 * 2 ** -13,
    referenceUlp: 1,
  },
  // 6e-7, the bound for logits up to ±256, is 10 ULP of a number just below a power of 2.
  float32: { epsilon: 2 ** -23, minNormal: 2 ** -126, least: 2 ** -126, exactUlp: 5, referenceUlp: 10 },
  float64: { epsilon: 2 ** -52, minNormal: 2 ** -1022, least: 2 ** -1022, exactUlp: 4, referenceUlp: 64 },
};

const DTYPES: readonly Dtype[] = ["float16", "float32", "float64"];

/** Lengths of the seeded rows: partial vectors, whole ones, more than one block of a sum. */
const LENGTHS = [1, 2, 3, 4, 5, 7, 8, 10, 15, 16, 17, 31, 33, 64, 127, 129, 255, 257, 300, 1000];

/** Every op. */
type Served = Ops & Pick<Softmax, "softmax">;

/** Checks `subject` against the reference; the caller says that it is served by `backend`. */
export function runVerification(
  subject: Served,
  reference: Served,
  backend: BackendName,
  options: VerifyOptions | undefined,
): Verification {
  const { seed = 1 }: VerifyOptions = checkOptions(options, ["seed"]);
  if (typeof seed !== "number") throw new TypeError(`seed: expected an integer, got ${describe(seed)}`);
  if (!Number.isSafeInteger(seed)) throw new RangeError(`seed: expected an integer, got ${seed}`);
  const softmax = DTYPES.map((dtype) =>
    verifySoftmax(subject.softmax as Loose, reference.softmax as Loose, dtype, seed),
  );
  const others = Object.entries(ARGUMENTS).flatMap(([op, names]) =>
    DTYPES.slice(1).map((dtype) => verifyOp([subject, reference], op as keyof Ops, names, dtype, seed)),
  );
  const ops = [...softmax, ...others];
  return { ok: ops.every(({ failures }) => failures.length === 0), backend, ops };
}

/** An op of any input. */
type Loose = (...args: readonly unknown[]) => unknown;

/** softmax of numbers, passed on in a dtype. */
type Run = (x: readonly number[], options: SoftmaxOptions) => ArrayLike<number>;

function inDtype(softmax: Loose, dtype: Dtype): Run {
  if (dtype === "float32") return (x, options) => softmax(new Float32Array(x), options) as Float32Array;
  if (dtype === "float64") return (x, options) => softmax(new Float64Array(x), options) as Float64Array;
  // As bits, which need no Float16Array.
  return (x, options) => {
    const tensor = { data: Uint16Array.from(x, encodeFloat16), shape: options.shape ?? [x.length], dtype };
    const { data } = softmax(tensor, options) as { data: Uint16Array };
    return Float64Array.from(data, decodeFloat16);
  };
}

/** Whether the dtype has all these numbers, or float16 does not matter: float32 and float64 make of them what they can. */
function fits(dtype: Dtype, x: readonly number[]): boolean {
  return dtype !== "float16" || x.every((v) => Object.is(decodeFloat16(encodeFloat16(v)), v));
}

function verifySoftmax(softmax: Loose, reference: Loose, dtype: Dtype, seed: number): VerifiedOp {
  const format = FORMATS[dtype];
  const run = inDtype(softmax, dtype);
  const expectedOf = inDtype(reference, dtype);
  const failures: string[] = [];
  let cases = 0;
  const check: Check = (what, x, options, limit, exact) => {
    if (!fits(dtype, x) && exact !== undefined) return 0;
    const ulp = largestUlp(run(x, options), exact ?? expectedOf(x, options), format);
    const row = [what, ...Object.entries(options).map((option) => option.join(" "))].join(", ");
    if (!(ulp <= limit)) failures.push(`${row}: ${ulp} ULP, expected at most ${limit}`);
    cases++;
    return ulp;
  };
  const ulps = ORACLE.map(([x, options, expected]) => check(`[${x}]`, x, options, format.exactUlp, expected));
  for (const [x, options, expected] of SPECIAL_CASES) check(`[${x}]`, x, options, 1, expected);
  const random = generator(seed);
  for (const length of LENGTHS) {
    for (const shape of [
      [3, length],
      [length, 5],
    ]) {
      const values = Array.from({ length: sizeOf(shape) }, () => 40 * random() - 20);
      check("seeded rows", values, { shape, axis: shape.indexOf(length) }, format.referenceUlp);
    }
  }
  return { op: "softmax", dtype, maxUlp: Math.max(...ulps), cases, failures };
}

/**
 * What each op is called with: x logits, p and q probabilities, c class indices, k a component, n a count. Not those of
 * parts of rows.
 */
const ARGUMENTS: Readonly<Record<Exclude<keyof Ops, "softmaxPartials" | "normalizeWith">, string>> = {
  logSoftmax: "x",
  logSumExp: "x",
  logSumExpSigned: "x",
  softmaxJacobian: "x",
  softmaxVjp: "px",
  softmaxJvp: "px",
  logSoftmaxVjp: "xx",
  softmaxHessian: "x",
  softmaxHessianComponent: "xk",
  crossEntropy: "xc",
  crossEntropyWithGrad: "xc",
  entropy: "p",
  klDivergence: "pq",
  logProb: "xc",
  argmax: "x",
  hardmax: "x",
  topK: "xn",
  sigmoid: "x",
};

/** Seeded rows, some with NaN or Infinity in them, along both axes: against the reference. */
function verifyOp(served: readonly Ops[], op: keyof Ops, names: string, dtype: Dtype, seed: number): VerifiedOp {
  const format = FORMATS[dtype];
  const Floats = (dtype === "float64" ? Float64Array : Float32Array) as Float64ArrayConstructor;
  const random = generator(seed);
  const failures: string[] = [];
  let maxUlp = 0;
  // Up to 33 elements a row, 10 where the result has their cube.
  const end = /Hes/.test(op) ? 8 : 13;
  let cases = 0;
  for (; cases < end; cases++) {
    const length = LENGTHS[cases] as number;
    const axis = cases & 1;
    const shape = axis ? [3, length] : [length, 3];
    const x = Floats.from({ length: 3 * length }, random);
    const given: Record<string, unknown> = {
      // Eighths, whose differences are exact.
      x: x.map((v, i) => (i ? Math.round(320 * v) / 8 - 20 : (SPECIAL[cases % 5] as number))),
      p: x.map((v) => v / length),
      q: x,
      c: [0, length - 1, 0],
      k: 0,
      n: (length + 1) >> 1,
    };
    const options = op === "sigmoid" ? {} : { shape, axis };
    const [got, expected] = served.map((ops) =>
      numbersOf((ops[op] as Loose)(...[...names].map((name) => given[name]), options)),
    ) as [number[], number[]];
    // Sums may cancel: an error counts beside the largest number.
    const minNormal = /^(logSoftmax|sigmoid)$/.test(op)
      ? 0
      : Math.max(1, ...expected.filter(Number.isFinite).map(Math.abs));
    const ulp = largestUlp(got, expected, { ...format, minNormal, least: 0 });
    if (!(ulp <= 16)) failures.push(`[${shape}], axis ${axis}: ${ulp} ULP, expected at most 16`);
    maxUlp = Math.max(maxUlp, ulp);
  }
  return { op, dtype, maxUlp, cases, failures };
}

const SPECIAL = [0, 1, NaN, -Infinity, Infinity];

function numbersOf(result: unknown): number[] {
  if (ArrayBuffer.isView(result)) return [...(result as Float64Array)];
  return typeof result === "number" ? [result] : Object.values(result as object).flatMap(numbersOf);
}

/** Holds a result against exact values, or against the reference's; the largest distance in ULP. */
type Check = (
  what: string,
  values: readonly number[],
  options: SoftmaxOptions,
  limit: number,
  exact?: readonly number[],
) => number;

/** The largest distance in units in the last place; Infinity where lengths, NaN, zeros or signs do not agree. */
function largestUlp(got: ArrayLike<number>, expected: ArrayLike<number>, format: Format): number {
  if (got.length !== expected.length) return Infinity;
  return Math.max(0, ...Array.from(got, (value, i) => ulpBetween(value, expected[i] as number, format)));
}

function ulpBetween(got: number, expected: number, { epsilon, minNormal, least }: Format): number {
  if (Number.isNaN(expected)) return Number.isNaN(got) ? 0 : Infinity;
  if (got === expected) return 0;
  const size = Math.abs(expected);
  if (size < least) return got >= 0 && got <= least ? 0 : Infinity;
  const distance = Math.abs(got - expected) / epsilon / 2 ** Math.floor(Math.log2(Math.max(size, minNormal)));
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
