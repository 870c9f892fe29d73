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
