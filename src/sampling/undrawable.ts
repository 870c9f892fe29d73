// What an error says of a row that nothing can be drawn from.

import { firstOf } from "../check/shape.js";
import type { Call } from "./call.js";
import { editedRow } from "./rows.js";

/** `numbers`: all of the logits. */
export function cannotDraw(call: Call, numbers: Float64Array, r: number): RangeError {
  return new RangeError(`logits: expected classes to draw from in each row, got row ${r}, ${reason(call, numbers, r)}`);
}

function reason(call: Call, numbers: Float64Array, r: number): string {
  const { mask, beta, extent } = call.request;
  const first = firstOf(extent, r);
  const row = editedRow(call, numbers, r);
  if (mask !== undefined && row.every((_, l) => mask[first + l * extent.inner] === 0)) return "which is all masked";
  const which = call.edit === undefined ? "which" : "which with its biases and penalties";
  if (row.some(Number.isNaN)) return `${which} has NaN`;
  const most = beta < 0 ? -Infinity : Infinity;
  if (row.includes(most)) return `${which} has ${most}${beta < 0 ? " with a negative beta" : ""}`;
  if (row.every((v) => v === -most)) return `${which} is all ${-most}`;
  return "which without replacement has fewer classes of probability above 0 than numSamples";
}
