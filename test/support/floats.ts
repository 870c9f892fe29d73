import { expect } from "vitest";
import type { FloatArray } from "../../src/types.js";
import { CONTRACT, type Dtype } from "./contract.js";
import { random } from "./random.js";

export const DTYPES: readonly Dtype[] = ["float32", "float64"];

export function floats(dtype: Dtype, values: Iterable<number> | number): FloatArray {
  const list = typeof values === "number" ? values : [...values];
  return dtype === "float32" ? new Float32Array(list as number[]) : new Float64Array(list as number[]);
}

/** Seeded logits within ±reach. */
export function logits(dtype: Dtype, count: number, seed: number, reach = 10): FloatArray {
  const source = random(seed);
  const x = floats(dtype, count);
  for (let i = 0; i < count; i++) x[i] = source.uniform(-reach, reach);
  return x;
}

/** The largest relative error; what is expected below the smallest normal number may be anything from 0 to it. */
export function largestError(got: FloatArray, expected: ArrayLike<number>, dtype: Dtype): number {
  const { smallestNormal } = CONTRACT[dtype];
  let most = 0;
  for (let i = 0; i < got.length; i++) {
    const e = expected[i] as number;
    const g = got[i] as number;
    const error = e < smallestNormal ? (g >= 0 && g <= smallestNormal ? 0 : Infinity) : Math.abs(g - e) / e;
    most = Number.isNaN(error) ? Infinity : Math.max(most, error);
  }
  return most;
}

/** The largest error relative to `sizes`; what is expected not to be finite has to be so exactly. */
export function largestErrorIn(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  sizes: ArrayLike<number>,
  dtype: Dtype,
): number {
  const { smallestNormal } = CONTRACT[dtype];
  if (got.length !== expected.length) return Infinity;
  let most = 0;
  for (let i = 0; i < expected.length; i++) {
    const e = expected[i] as number;
    const g = got[i] as number;
    if (Object.is(g, e) || g === e) continue;
    // What is less than a normal number may be 0.
    const error = Math.max(Math.abs(g - e) - smallestNormal, 0) / (sizes[i] as number);
    most = error <= most ? most : Number.isNaN(error) ? Infinity : error;
  }
  return most;
}

/** The numbers of each row of `length`. */
export function rowsOf<A extends Float32Array | Float64Array>(x: A, length: number): A[] {
  return Array.from({ length: x.length / length }, (_, r) => x.subarray(r * length, (r + 1) * length) as A);
}

/** Holds that two arrays have the same type and bits, NaN counted as NaN; toEqual is slow where they are long. */
export function expectSame(got: FloatArray | Int32Array, expected: FloatArray | Int32Array): void {
  const alike = got.constructor === expected.constructor && got.length === expected.length;
  if (alike && (got as Float64Array).every((value, i) => Object.is(value, expected[i]))) return;
  expect(got).toEqual(expected);
  expect.fail("expected the same arrays, got different ones");
}
