import { SOFTMAX } from "../check/signatures.js";
import { checkCall, checkPlain, deliver } from "../check.js";
import type { RowsOp } from "../chunks.js";
import type { Plan } from "../plan.js";
import type { Store } from "../store.js";

/** softmax(β x) along an axis. */
export function softmax(x: unknown, options: unknown, store: Store): Plan {
  const request = options === undefined ? checkPlain("x", x, store) : checkCall(SOFTMAX, x, undefined, options, store);
  return { request, op: ROWS_SOFTMAX, deliver };
}

/** What masked logits count as: no mass at all, which is -Infinity after scaling. */
export const absent = (beta: number): readonly number[] => (beta < 0 ? [Infinity] : [-Infinity]);

export const ROWS_SOFTMAX: RowsOp = {
  fills: absent,
  masked: 0,
  numbers: 0,
  anyAxis: true,
  run({ memory: { kernels, scratch }, request, double, x, y, outer, length, inner }) {
    const run = double ? kernels.softmaxF64 : kernels.softmaxF32;
    run(x, y, outer, length, inner, request.beta, scratch);
  },
};
