import { checkNormalize, type Normalization } from "../check/partials.js";
import { PARTIALS } from "../check/signatures.js";
import { checkCall, deliver } from "../check.js";
import { kernelFor, type Rows } from "../chunks.js";
import { ROWS } from "../memory.js";
import { partialsOf } from "../partials.js";
import type { Plan } from "../plan.js";
import type { Store } from "../store.js";
import { absent } from "./softmax.js";

/** Each row's maximum, and its sum of exponentials over that of the maximum. */
export function softmaxPartials(x: unknown, options: unknown, store: Store): Plan {
  const request = checkCall(PARTIALS, x, undefined, options, store);
  const op: Plan["op"] = {
    fills: absent,
    numbers: 2,
    empty: absent(request.beta)[0] as number,
    run({ memory, request: { beta }, double, x: from, outer, length }) {
      const { rows, scratch } = memory;
      kernelFor(memory, "partials", double)(from, rows, rows + 8 * ROWS, outer, length, beta, scratch);
    },
  };
  return { request, op, deliver: delivered };
}

const delivered: Plan["deliver"] = ({ beta }, _elements, numbers) => partialsOf(numbers, beta);

/** softmax or log-softmax of a part of each row. */
export function normalizeWith(x: unknown, partials: unknown, options: unknown, store: Store): Plan {
  const call = checkNormalize(x, partials, options, store);
  const op: Plan["op"] = {
    fills: absent,
    masked: call.log ? -Infinity : 0,
    numbers: 0,
    extra: { bytes: 0, rowBytes: 16 },
    run: (rows) => runRows(call, rows),
  };
  return { request: call.request, op, deliver };
}

/** The rows' maxima and sums go beside them. */
function runRows({ max, sum, log }: Normalization, rows: Rows): void {
  const { memory, request, double, x, y, extra, first, outer, length } = rows;
  const view = memory.view("float64");
  const sums = extra + 8 * outer;
  view.set(max.subarray(first, first + outer), extra / 8);
  view.set(sum.subarray(first, first + outer), sums / 8);
  const run = kernelFor(memory, "normalize", double);
  run(x, y, outer, length, request.beta, extra, sums, Number(log), memory.scratch);
}
