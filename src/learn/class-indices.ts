import { describe, typedArrayName } from "../check/arrays.js";
import { checkClass, toClassIndices } from "../check/class-indices.js";

/** One class a row, as a number; callbacks of the caller's may run. */
export function readClassIndices(labels: unknown): Float64Array {
  if (!Array.isArray(labels) && typedArrayName(labels) === undefined) {
    throw new TypeError(`labels: expected class indices in an array or a typed array, got ${describe(labels)}`);
  }
  return toClassIndices(labels as ArrayLike<unknown>, "labels");
}

export function checkClassIndices(labels: Float64Array, classes: number): void {
  for (const [i, label] of labels.entries()) checkClass(label, "labels", classes, i);
}
