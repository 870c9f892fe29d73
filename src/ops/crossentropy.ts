import { checkActions, checkLoss, deliverLoss, type Loss } from "../check/loss.js";
import { CROSS_ENTROPY, CROSS_ENTROPY_GRAD, LOG_PROB } from "../check/signatures.js";
import { deliver, deliverNumbers, reformed } from "../check.js";
import { kernelFor, type Rows, type RowsOp } from "../chunks.js";
import { type Memory, ROWS } from "../memory.js";
import type { Store } from "../store.js";
import { type Passed, pass } from "../window.js";
import { absent } from "./softmax.js";

/** The cross-entropy of softmax(β logits) and targets, by the kernels. */
export function crossEntropy(
  memory: Memory,
  logits: unknown,
  targets: unknown,
  options: unknown,
  store: Store,
): unknown {
  const loss = checkLoss(CROSS_ENTROPY, logits, targets, options, store);
  return deliverLoss(loss, loss.request, run(memory, loss, false).numbers);
}

/** The same with its gradient. */
export function crossEntropyWithGrad(
  memory: Memory,
  logits: unknown,
  targets: unknown,
  options: unknown,
  store: Store,
): unknown {
  const loss = checkLoss(CROSS_ENTROPY_GRAD, logits, targets, options, store);
  const { elements, numbers } = run(memory, loss, true);
  return { loss: deliverLoss(loss, reformed(loss.request, "reduced"), numbers), grad: deliver(loss.request, elements) };
}

/** The log-probability of one class a row, by the kernels. */
export function logProb(memory: Memory, logits: unknown, actions: unknown, options: unknown, store: Store): unknown {
  const loss = checkActions(LOG_PROB, logits, actions, options, store);
  const { numbers } = run(memory, loss, false);
  return deliverNumbers(
    loss.request,
    numbers.map((value) => 0 - value),
  );
}

function run(memory: Memory, loss: Loss, withGrad: boolean): Passed {
  const { request, weight } = loss;
  const op: RowsOp = {
    fills: (beta) => [...absent(beta), 0],
    numbers: 1,
    ...(withGrad ? { masked: 0 } : {}),
    run: (rows) => runRows(loss, rows, withGrad),
  };
  return pass(memory, request, op, weight?.byteLength);
}

/** One chunk: what it needs a row goes beside the window, the class weights after the rows. */
function runRows({ labels, weight, scales, keep, smooth, divisor }: Loss, rows: Rows, withGrad: boolean): void {
  const { memory, request, double, x, other, y, extra, first, outer, length } = rows;
  const scalesAt = memory.rows + 8 * ROWS;
  const labelsAt = memory.rows + 16 * ROWS;
  if (labels !== undefined) {
    memory.bytes().set(new Uint8Array(labels.buffer, 4 * first, 4 * outer), labelsAt);
  }
  if (scales !== undefined) memory.view("float64").set(scales.subarray(first, first + outer), scalesAt / 8);
  if (weight !== undefined) memory.view(double ? "float64" : "float32").set(weight, extra / weight.BYTES_PER_ELEMENT);
  kernelFor(memory, "crossEntropy", double)(
    x,
    withGrad ? y : 0,
    outer,
    length,
    request.beta,
    labels === undefined ? 0 : labelsAt,
    other,
    weight === undefined ? 0 : extra,
    scales === undefined ? 0 : scalesAt,
    keep,
    smooth,
    1 / (divisor ?? 1),
    memory.rows,
    memory.scratch,
  );
}
