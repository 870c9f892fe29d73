import { checkActions, checkLoss, deliverLoss, type Loss } from "../check/loss.js";
import { CROSS_ENTROPY, CROSS_ENTROPY_GRAD, LOG_PROB } from "../check/signatures.js";
import { deliver, deliverNumbers, reformed } from "../check.js";
import { kernelFor, type Rows, type RowsOp } from "../chunks.js";
import { ROWS } from "../memory.js";
import type { Plan } from "../plan.js";
import type { Store } from "../store.js";
import { absent } from "./softmax.js";

/** The cross-entropy of softmax(β logits) and targets. */
export function crossEntropy(logits: unknown, targets: unknown, options: unknown, store: Store): Plan {
  const loss = checkLoss(CROSS_ENTROPY, logits, targets, options, store);
  return {
    request: loss.request,
    op: losses(loss, false),
    deliver: (request, _elements, numbers) => deliverLoss(loss, request, numbers),
  };
}

/** The same with its gradient. */
export function crossEntropyWithGrad(logits: unknown, targets: unknown, options: unknown, store: Store): Plan {
  const loss = checkLoss(CROSS_ENTROPY_GRAD, logits, targets, options, store);
  return {
    request: loss.request,
    op: losses(loss, true),
    deliver: (request, elements, numbers) => ({
      loss: deliverLoss(loss, reformed(request, "reduced"), numbers),
      grad: deliver(request, elements),
    }),
  };
}

/** The log-probability of one class a row. */
export function logProb(logits: unknown, actions: unknown, options: unknown, store: Store): Plan {
  const loss = checkActions(LOG_PROB, logits, actions, options, store);
  return { request: loss.request, op: losses(loss, false), deliver: negated };
}

const negated: Plan["deliver"] = (request, _elements, numbers) =>
  deliverNumbers(
    request,
    numbers.map((value) => 0 - value),
  );

function losses(loss: Loss, withGrad: boolean): RowsOp {
  return {
    fills: (beta) => [...absent(beta), 0],
    masked: withGrad ? 0 : undefined,
    numbers: 1,
    extra: loss.weight && { bytes: loss.weight.byteLength },
    run: (rows) => runRows(loss, rows, withGrad),
  };
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
