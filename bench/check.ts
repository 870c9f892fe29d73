import type { FloatArray } from "./contender.js";

/** The relative error against float64 that every contender must keep to that has no tolerance of its own. */
export const TOLERANCE = 1e-5;

/**
 * The largest error of `actual`, relative to each value, or to `floor` where the value is smaller; throws when it is
 * beyond the tolerance or when lengths differ.
 */
export function checkValues(
  name: string,
  actual: FloatArray,
  expected: Float64Array,
  tolerance: number = TOLERANCE,
  floor = 0,
): number {
  if (actual.length !== expected.length) {
    throw new Error(`${name} gave ${actual.length} values, expected ${expected.length}`);
  }
  let worst = 0;
  for (let i = 0; i < actual.length; i++) {
    const e = expected[i]!;
    const error = Math.abs(actual[i]! - e);
    if (error !== 0) worst = Math.max(worst, error / Math.max(Math.abs(e), floor));
  }
  if (!(worst <= tolerance)) throw new Error(`${name} is off by ${worst} (relative), expected at most ${tolerance}`);
  return worst;
}
