// Numbers to compute with, by integer arithmetic alone, so that they are the same on every engine; and comparing results.

import { CONTRACT, type Dtype } from "../support/contract.js";
import type { Floats } from "./entries.js";

export const DTYPES: readonly Dtype[] = ["float32", "float64"];

/** The distance of 1 and the next larger number. */
export const EPSILON: Readonly<Record<Dtype, number>> = { float32: 2 ** -23, float64: 2 ** -52 };

/** Rounding in the float64 reference itself, for rows of up to some thousand elements. */
export const REFERENCE_ERROR = 3e-15;

export function floats(dtype: Dtype, values: ArrayLike<number> | number): Floats {
  return dtype === "float32" ? new Float32Array(values as number[]) : new Float64Array(values as number[]);
}

/** An endless row of integers from 0 to below - 1. */
export function integers(seed: number, below: number): () => number {
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Logits within ±reach, a power of 2, in steps so coarse that differences are exact in float32. */
export function logits(dtype: Dtype, count: number, seed: number, reach = 8): Floats {
  const next = integers(seed, 2 ** 14);
  return floats(
    dtype,
    Array.from({ length: count }, () => (next() / 2 ** 13 - 1) * reach),
  );
}

/** Positive numbers up to 2 / length, of which rows look like probabilities; exact in float32. */
export function shares(dtype: Dtype, count: number, length: number, seed: number): Floats {
  const next = integers(seed, 2 ** 12);
  const step = 2 ** -(43 - Math.clz32(length - 1));
  return floats(
    dtype,
    Array.from({ length: count }, () => (next() + 1) * step),
  );
}

function same(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

/** Whether two results have the same numbers, NaN counted as NaN and -0 as 0. */
export function alike(got: ArrayLike<number>, expected: ArrayLike<number>): boolean {
  if (got.length !== expected.length) return false;
  for (let i = 0; i < got.length; i++) {
    const a = got[i] as number;
    const b = expected[i] as number;
    if (!same(a, b)) return false;
  }
  return true;
}

/** The same, where finite numbers that are no powers of 2 may be some ULP off. */
export function almost(got: ArrayLike<number>, expected: ArrayLike<number>, dtype: Dtype, ulps = 1): boolean {
  if (got.length !== expected.length) return false;
  return Array.from(expected).every((e, i) => {
    const g = got[i] as number;
    if (e === 0 || Math.abs(e) === 1 || Math.abs(e) === 0.5 || !Number.isFinite(e)) return same(g, e);
    return Math.abs(g - e) <= ulps * EPSILON[dtype] * Math.abs(e);
  });
}

/**
 * The largest error relative to what is expected, or to `sizes`; Infinity where lengths, or what is not finite, differ. An
 * error below the smallest normal number is none.
 */
export function largestError(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  dtype: Dtype,
  sizes: ArrayLike<number> = expected,
): number {
  if (got.length !== expected.length) return Infinity;
  const { smallestNormal } = CONTRACT[dtype];
  let most = 0;
  for (let i = 0; i < expected.length; i++) {
    const g = got[i] as number;
    const e = expected[i] as number;
    if (same(g, e)) continue;
    const excess = Math.abs(g - e) - smallestNormal;
    if (excess <= 0) continue;
    const error = excess / Math.abs(sizes[i] as number);
    if (!(error <= most)) most = Number.isNaN(error) ? Infinity : error;
  }
  return most;
}

/** The columns of a batch as rows: [rows, columns] to [columns, rows]. */
export function turned<A extends Floats | Int32Array>(x: A, rows: number, columns: number): A {
  const result = x.slice() as A;
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) result[c * rows + r] = x[r * columns + c] as number;
  return result;
}

/** Row r of rows of a length. */
export function rowOf<A extends Floats>(x: A, r: number, length: number): A {
  return x.subarray(r * length, (r + 1) * length) as A;
}

/** The numbers in a result of any kind, in order. */
export function valuesOf(result: unknown): number[] {
  if (typeof result === "number") return [result];
  if (Array.isArray(result)) return result.flat(Infinity) as number[];
  if (ArrayBuffer.isView(result)) return Array.from(result as Float64Array);
  return typeof result === "object" && result !== null ? Object.values(result).flatMap(valuesOf) : [];
}
