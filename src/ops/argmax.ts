import { checkArgmax } from "../check/choice.js";
import { deliverIndices } from "../check.js";
import { kernelFor, type RowsOp } from "../chunks.js";
import type { Memory } from "../memory.js";
import type { Store } from "../store.js";
import { pass } from "../window.js";

/** The index of the maximum along an axis, by the kernels. */
export function argmax(memory: Memory, x: unknown, options: unknown, store: Store): unknown {
  const request = checkArgmax(x, options, store);
  return deliverIndices(request, new Int32Array(pass(memory, request, ARGMAX).numbers));
}

const ARGMAX: RowsOp = {
  fills: () => [],
  numbers: 1,
  run({ memory, double, x, outer, length }) {
    kernelFor(memory, "argmax", double)(x, memory.rows, outer, length);
  },
};
