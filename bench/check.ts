import type { Case } from "./cases.js";
import type { FloatArray } from "./contender.js";
import { arranged, asRows } from "./data.js";

/** The relative error against float64 that every contender must keep to that has no tolerance of its own. */
export const TOLERANCE = 1e-5;

/** Softmax in float64 throughout, with compensated sums; stored as the case says. */
export function softmaxFloat64(x: FloatArray, given: Case): Float64Array {
  const y = Float64Array.from(asRows(x, given));
  for (let row = 0; row < given.rows; row++) {
    const values = y.subarray(row * given.columns, (row + 1) * given.columns);
    const max = values.reduce((a, b) => Math.max(a, b));
    for (let i = 0; i < values.length; i++) values[i] = Math.exp(values[i]! - max);
    const sum = compensatedSum(values);
    for (let i = 0; i < values.length; i++) values[i] = values[i]! / sum;
  }
  return arranged(y, given);
}

/** Neumaier's sum. */
export function compensatedSum(values: FloatArray): number {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

/** The largest relative error of `actual`; throws when it is beyond the tolerance or when lengths differ. */
export function checkSoftmax(
  name: string,
  actual: FloatArray,
  expected: Float64Array,
  tolerance: number = TOLERANCE,
): number {
  if (actual.length !== expected.length) {
    throw new Error(`${name} gave ${actual.length} values, expected ${expected.length}`);
  }
  let worst = 0;
  for (let i = 0; i < actual.length; i++) {
    const e = expected[i]!;
    worst = Math.max(worst, Math.abs(actual[i]! - e) / e);
  }
  if (!(worst <= tolerance)) throw new Error(`${name} is off by ${worst} (relative), expected at most ${tolerance}`);
  return worst;
}
