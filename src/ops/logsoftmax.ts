import { SOFTMAX } from "../check/signatures.js";
import { checkCall, deliver } from "../check.js";
import { kernelFor, type RowsOp } from "../chunks.js";
import type { Plan } from "../plan.js";
import type { Store } from "../store.js";
import { absent } from "./softmax.js";

/** log softmax(β x) along an axis. */
export function logSoftmax(x: unknown, options: unknown, store: Store): Plan {
  return { request: checkCall(SOFTMAX, x, undefined, options, store), op: LOG_SOFTMAX, deliver };
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
