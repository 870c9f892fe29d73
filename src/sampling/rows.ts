// Single rows of a call as float64 numbers: for the fallback, and for what errors say. `numbers`: all of the logits.

import { firstOf } from "../check/shape.js";
import type { Row } from "../reference/rows.js";
import type { Call, Source } from "./call.js";
import { type Floats, nothingOf } from "./edits.js";

/** Row r of the logits, edited, in the precision of their dtype. */
export function editedRow(call: Call, numbers: Float64Array, r: number): Row {
  const { dtype, beta } = call.request;
  const row = maskedRow(call.request, numbers, r, beta);
  const edited: Floats = dtype === "float64" ? row : new Float32Array(row);
  call.edit?.(edited, 0, r);
  return new Float64Array(edited);
}

/** Row r of the logits; what is masked has no mass. */
export function maskedRow(request: Source, numbers: Float64Array, r: number, beta: number): Row {
  const { mask, extent } = request;
  const first = firstOf(extent, r);
  return Float64Array.from({ length: extent.length }, (_, l) => {
    const at = first + l * extent.inner;
    return mask?.[at] === 0 ? nothingOf(beta) : numbers[at]!;
  });
}
