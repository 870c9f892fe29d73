import { LOG_SUM_EXP, LOG_SUM_EXP_SIGNED } from "../check/signatures.js";
import { checkCall, deliverNumbers, type Request } from "../check.js";
import { kernelFor, type RowsOp } from "../chunks.js";
import { type Memory, ROWS } from "../memory.js";
import type { Store } from "../store.js";
import { pass } from "../window.js";
import { absent } from "./softmax.js";

/** (1/β) log Σ w exp(β x) along an axis, by the kernels. */
export function logSumExp(memory: Memory, x: unknown, options: unknown, store: Store): unknown {
  const request = checkCall(LOG_SUM_EXP, x, undefined, options, store);
  return deliverNumbers(request, pass(memory, request, sumExp(request, false)).numbers);
}

/** The same for sums that may be negative, with their signs. */
export function logSumExpSigned(memory: Memory, x: unknown, options: unknown, store: Store): unknown {
  const request = checkCall(LOG_SUM_EXP_SIGNED, x, undefined, options, store);
  const { numbers } = pass(memory, request, sumExp(request, true));
  const batch = numbers.length / 2;
  return {
    value: deliverNumbers(request, numbers.subarray(0, batch)),
    sign: deliverNumbers(request, numbers.subarray(batch)),
  };
}

function sumExp({ beta }: Request, signed: boolean): RowsOp {
  return {
    fills: (b) => [...absent(b), 0],
    numbers: signed ? 2 : 1,
    empty: beta < 0 ? Infinity : -Infinity,
    run({ memory, double, x, other: weights, outer, length }) {
      const run = kernelFor(memory, "logSumExp", double);
      const signs = signed ? memory.rows + 8 * ROWS : 0;
      run(x, weights, memory.rows, signs, outer, length, beta, memory.scratch);
    },
  };
}
