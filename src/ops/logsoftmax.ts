import { SOFTMAX } from "../check/signatures.js";
import { checkCall, deliver } from "../check.js";
import { kernelFor, type RowsOp } from "../chunks.js";
import type { Memory } from "../memory.js";
import type { Store } from "../store.js";
import { stream } from "../window.js";
import { absent } from "./softmax.js";

/** log softmax(β x) along an axis, by the kernels. */
export function logSoftmax(memory: Memory, x: unknown, options: unknown, store: Store): unknown {
  const request = checkCall(SOFTMAX, x, undefined, options, store);
  return deliver(request, stream(memory, request, LOG_SOFTMAX));
}

const LOG_SOFTMAX: RowsOp = {
  fills: absent,
  masked: -Infinity,
  numbers: 0,
  run({ memory, request, double, x, y, outer, length }) {
    const run = kernelFor(memory, "logSoftmax", double);
    run(x, y, outer, length, request.beta, memory.scratch);
  },
};
