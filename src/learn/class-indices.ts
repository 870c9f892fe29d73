import { describe, typedArrayName } from "../check/arrays.js";

/** One class a row, as an integer from 0 to `classes` - 1; callbacks of the caller's may run. */
export function readClassIndices(labels: unknown): Float64Array {
  if (!Array.isArray(labels) && typedArrayName(labels) === undefined) {
    throw new TypeError(`labels: expected class indices in an array or a typed array, got ${describe(labels)}`);
  }
  return Float64Array.from(labels as ArrayLike<number | bigint>, (label: unknown, i) => {
    if (typeof label === "number" || typeof label === "bigint") return Number(label);
    throw new TypeError(`labels[${i}]: expected a class index, got ${describe(label)}`);
  });
}

export function checkClassIndices(labels: Float64Array, classes: number): void {
  const wrong = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < classes));
  if (wrong < 0) return;
  throw new RangeError(`labels[${wrong}]: expected a class index from 0 to ${classes - 1}, got ${labels[wrong]}`);
}
