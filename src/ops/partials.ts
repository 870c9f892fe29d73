import { checkNormalize, type Normalization } from "../check/partials.js";
import { PARTIALS } from "../check/signatures.js";
import { checkCall, deliver } from "../check.js";
import { kernelFor, type Rows, type RowsOp } from "../chunks.js";
import { type Memory, ROWS } from "../memory.js";
import { partialsOf } from "../partials.js";
import type { Store } from "../store.js";
import { pass, stream } from "../window.js";
import { absent } from "./softmax.js";

/** Each row's maximum and sum of exponentials, by the kernels. */
export function softmaxPartials(memory: Memory, x: unknown, options: unknown, store: Store): unknown {
  const request = checkCall(PARTIALS, x, undefined, options, store);
  const { beta } = request;
  const op: RowsOp = {
    fills: absent,
    numbers: 2,
    empty: absent(beta)[0] as number,
    run({ memory: own, double, x: from, outer, length }) {
      const { rows, scratch } = own;
      kernelFor(own, "partials", double)(from, rows, rows + 8 * ROWS, outer, length, beta, scratch);
    },
  };
  return partialsOf(pass(memory, request, op).numbers, beta);
}

/** softmax or log-softmax of a part of each row, by the kernels. */
export function normalizeWith(memory: Memory, x: unknown, partials: unknown, options: unknown, store: Store): unknown {
  const call = checkNormalize(x, partials, options, store);
  const op: RowsOp = {
    fills: absent,
    masked: call.log ? -Infinity : 0,
    numbers: 0,
    run: (rows) => runRows(call, rows),
  };
  return deliver(call.request, stream(memory, call.request, op));
}

/** Some rows at a time: as many as have room for their maxima and sums. */
function runRows({ request, max, sum, log }: Normalization, rows: Rows): void {
  const { memory, double, first, outer, length } = rows;
  const maxima = memory.rows;
  const sums = maxima + 8 * ROWS;
  const rowBytes = length * (double ? 8 : 4);
  const run = kernelFor(memory, "normalize", double);
  for (let r = 0; r < outer; r += ROWS) {
    const count = Math.min(ROWS, outer - r);
    const view = memory.view("float64");
    view.set(max.subarray(first + r, first + r + count), maxima / 8);
    view.set(sum.subarray(first + r, first + r + count), sums / 8);
    const at = r * rowBytes;
    run(rows.x + at, rows.y + at, count, length, request.beta, maxima, sums, Number(log), memory.scratch);
  }
}
