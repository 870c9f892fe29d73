import { LOG_SUM_EXP, LOG_SUM_EXP_SIGNED } from "../check/signatures.js";
import { checkCall, deliverNumbers, type Request } from "../check.js";
import { kernelFor, type RowsOp } from "../chunks.js";
import { ROWS } from "../memory.js";
import { type Plan, rowNumbers } from "../plan.js";
import type { Store } from "../store.js";
import { absent } from "./softmax.js";

/** (1/β) log Σ w exp(β x) along an axis. */
export function logSumExp(x: unknown, options: unknown, store: Store): Plan {
  const request = checkCall(LOG_SUM_EXP, x, undefined, options, store);
  return { request, op: sumExp(request, false), deliver: rowNumbers };
}

/** The same for sums that may be negative, with their signs. */
export function logSumExpSigned(x: unknown, options: unknown, store: Store): Plan {
  const request = checkCall(LOG_SUM_EXP_SIGNED, x, undefined, options, store);
  return { request, op: sumExp(request, true), deliver: signed };
}

const signed: Plan["deliver"] = (request, _elements, numbers) => {
  const batch = numbers.length / 2;
  return {
    value: deliverNumbers(request, numbers.subarray(0, batch)),
    sign: deliverNumbers(request, numbers.subarray(batch)),
  };
};

function sumExp({ beta }: Request, withSigns: boolean): RowsOp {
  return {
    fills: (b) => [...absent(b), 0],
    numbers: withSigns ? 2 : 1,
    empty: beta < 0 ? Infinity : -Infinity,
    run({ memory, double, x, other: weights, outer, length }) {
      const run = kernelFor(memory, "logSumExp", double);
      const signs = withSigns ? memory.rows + 8 * ROWS : 0;
      run(x, weights, memory.rows, signs, outer, length, beta, memory.scratch);
    },
  };
}
