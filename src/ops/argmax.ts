import { checkArgmax } from "../check/choice.js";
import { deliverIndices } from "../check.js";
import { kernelFor, type RowsOp } from "../chunks.js";
import type { Plan } from "../plan.js";
import type { Store } from "../store.js";

/** The index of the maximum along an axis. */
export function argmax(x: unknown, options: unknown, store: Store): Plan {
  return { request: checkArgmax(x, options, store), op: ARGMAX, deliver: indices };
}

const ARGMAX: RowsOp = {
  fills: () => [],
  numbers: 1,
  run({ memory, double, x, outer, length }) {
    kernelFor(memory, "argmax", double)(x, memory.rows, outer, length);
  },
};

const indices: Plan["deliver"] = (request, _elements, numbers) => deliverIndices(request, new Int32Array(numbers));
