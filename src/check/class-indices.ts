// Class indices: read, while callbacks of the caller's may run; held against the number of classes after that.

import { describe } from "./arrays.js";

/** Integers of either kind, as numbers. */
export function toClassIndices(values: ArrayLike<unknown>, name: string): Float64Array {
  return Float64Array.from(values, (value, i) => {
    if (typeof value === "number" || typeof value === "bigint") return Number(value);
    throw new TypeError(`${name}[${i}]: expected a class index, got ${describe(value)}`);
  });
}

/** An integer from 0 to `classes` - 1; `at`: where in `name` it stands. */
export function checkClass(index: number, name: string, classes: number, at?: number): number {
  if (Number.isInteger(index) && index >= 0 && index < classes) return index;
  const place = at === undefined ? name : `${name}[${at}]`;
  throw new RangeError(`${place}: expected a class index from 0 to ${classes - 1}, got ${index}`);
}
