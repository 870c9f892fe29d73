/**
 * The functions of {@link "softmax-simd"} in plain JavaScript, with no WebAssembly in them: textbook formulas in float64,
 * never optimised, rounded once to the input's dtype. They say what the kernels must compute, and serve where none can run.
 * Arguments, results, errors and bounds are the same, but that an array from `allocate` is taken for a tensor.
 *
 * @module softmax-simd/reference
 */

import { checkArgmax, checkTopK, deliverChosen } from "./check/choice.js";
import { checkComponent, checkDerivative, type Derivative } from "./check/derivative.js";
import { checkActions, checkLoss, deliverLoss, type Loss } from "./check/loss.js";
import { checkNormalize } from "./check/partials.js";
import {
  CROSS_ENTROPY,
  CROSS_ENTROPY_GRAD,
  ENTROPY,
  HARDMAX,
  HESSIAN,
  JACOBIAN,
  KL_DIVERGENCE,
  LOG_PROB,
  LOG_SUM_EXP,
  LOG_SUM_EXP_SIGNED,
  PARTIALS,
  SIGMOID,
  type Signature,
  SOFTMAX,
  SOFTMAX_JVP,
  SOFTMAX_VJP,
} from "./check/signatures.js";
import { checkCall, deliver, deliverIndices, deliverNumbers, type Request, reformed } from "./check.js";
import type { Ops } from "./op-types.js";
import { partialsOf } from "./partials.js";
import { argmaxRow, topKRow } from "./reference/choice.js";
import { hessianComponentRow, hessianRow, jacobianRow, logSoftmaxVjpRow, vjpRow } from "./reference/derivatives.js";
import { crossEntropyRow, entropyRow, klDivergenceRow } from "./reference/losses.js";
import {
  logSoftmaxRow,
  logSumExpRow,
  normalizeRow,
  partialsRow,
  type Row,
  sigmoid as sigmoidOf,
  softmaxRow,
} from "./reference/rows.js";
import { chooseRows, expandRows, mapRows, numbersOf, reduceRows } from "./reference/walk.js";
import type { Store } from "./store.js";
import type { SoftmaxFunction } from "./types.js";

type Formula = (rows: readonly Row[], beta: number) => Row;
type Unary = (x: unknown, options?: unknown, store?: Store) => unknown;
type Binary = (x: unknown, second: unknown, options?: unknown, store?: Store) => unknown;

/** An op whose result has its input's shape. */
function mapping(op: Signature, masked: number, formula: Formula): Unary {
  const run = product(op, formula, masked);
  return (x, options, store) => run(x, undefined, options, store);
}

/** … with two inputs. */
function product(op: Signature, formula: Formula, masked = 0): Binary {
  return (x, second, options, store) => {
    const request = checkCall(op, x, second, options, store);
    const numbers = mapRows(request, masked, (rows) => formula(rows, request.beta));
    return deliverNumbers(request, numbers);
  };
}

/**
 * softmax(β x) along an axis. Accuracy and errors as {@link "softmax-simd".softmax | with kernels}.
 *
 * @function
 * @example
 * softmax([0, Math.log(3)]); // [0.25, 0.75]
 */
export const softmax: SoftmaxFunction = /* @__PURE__ */ mapping(SOFTMAX, 0, ([x], beta) =>
  softmaxRow(x as Row, beta),
) as SoftmaxFunction;

/**
 * log softmax(β x) along an axis. Accuracy and errors as {@link "softmax-simd".logSoftmax | with kernels}.
 *
 * @function
 * @example
 * logSoftmax([1000, 1]); // [0, -999]
 */
export const logSoftmax: Ops["logSoftmax"] = /* @__PURE__ */ mapping(SOFTMAX, -Infinity, ([x], beta) =>
  logSoftmaxRow(x as Row, beta),
) as Ops["logSoftmax"];

/**
 * 1 / (1 + exp(-β x)) for each element. Accuracy and errors as {@link "softmax-simd".sigmoid | with kernels}.
 *
 * @function
 * @example
 * sigmoid([0, 2]); // [0.5, 0.8807970779778823]
 */
export const sigmoid: Ops["sigmoid"] = /* @__PURE__ */ mapping(SIGMOID, 0, ([x], beta) =>
  (x as Row).map((value) => sigmoidOf(value, beta)),
) as Ops["sigmoid"];

/**
 * β y (dy - Σ y dy) along an axis. Accuracy and errors as {@link "softmax-simd".softmaxVjp | with kernels}.
 *
 * @function
 * @example
 * softmaxVjp([0.25, 0.75], [0, 1]); // [-0.1875, 0.1875]
 */
export const softmaxVjp: Ops["softmaxVjp"] = /* @__PURE__ */ product(SOFTMAX_VJP, ([y, dy], beta) =>
  vjpRow(y as Row, dy as Row, beta),
) as Ops["softmaxVjp"];

/**
 * β y (dx - Σ y dx) along an axis: the Jacobian is symmetric.
 * Accuracy and errors as {@link "softmax-simd".softmaxJvp | with kernels}.
 *
 * @function
 * @example
 * softmaxJvp([0.25, 0.75], [0, 1]); // [-0.1875, 0.1875]
 */
export const softmaxJvp: Ops["softmaxJvp"] = /* @__PURE__ */ product(SOFTMAX_JVP, ([y, dx], beta) =>
  vjpRow(y as Row, dx as Row, beta),
) as Ops["softmaxJvp"];

/**
 * β (dy - exp(y) Σ dy) along an axis. Accuracy and errors as {@link "softmax-simd".logSoftmaxVjp | with kernels}.
 *
 * @function
 * @example
 * logSoftmaxVjp(logSoftmax([0, 0]), [1, 0]); // [0.5, -0.5]
 */
export const logSoftmaxVjp: Ops["logSoftmaxVjp"] = /* @__PURE__ */ product(SOFTMAX_VJP, ([y, dy], beta) =>
  logSoftmaxVjpRow(y as Row, dy as Row, beta),
) as Ops["logSoftmaxVjp"];

/**
 * (1/β) log Σ w exp(β x) along an axis. Accuracy and errors as {@link "softmax-simd".logSumExp | with kernels}.
 *
 * @function
 * @example
 * logSumExp([3, 3], { base: 2 }); // 4
 */
export const logSumExp: Ops["logSumExp"] = ((x: unknown, options: unknown, store?: Store) => {
  const request = checkCall(LOG_SUM_EXP, x, undefined, options, store);
  return deliverNumbers(
    request,
    reduceRows(request, (rows) => {
      const { value, sign } = sumExp(rows, request);
      return sign < 0 ? NaN : value;
    }),
  );
}) as Ops["logSumExp"];

/**
 * (1/β) log |Σ w exp(β x)| along an axis, and the sum's sign.
 * Accuracy and errors as {@link "softmax-simd".logSumExpSigned | with kernels}.
 *
 * @function
 * @example
 * logSumExpSigned([2, 1], { weights: [-1, 1] }); // { value: 1.541324854612918, sign: -1 }
 */
export const logSumExpSigned: Ops["logSumExpSigned"] = ((x: unknown, options: unknown, store?: Store) => {
  const request = checkCall(LOG_SUM_EXP_SIGNED, x, undefined, options, store);
  const part = (name: "value" | "sign"): unknown =>
    deliverNumbers(
      request,
      reduceRows(request, (rows) => sumExp(rows, request)[name]),
    );
  return { value: part("value"), sign: part("sign") };
}) as Ops["logSumExpSigned"];

function sumExp([x, weights]: readonly Row[], { beta }: Request): { value: number; sign: number } {
  return logSumExpRow(x as Row, beta, weights);
}

/**
 * β (diag(s) - s sᵀ) for every row. Accuracy and errors as {@link "softmax-simd".softmaxJacobian | with kernels}.
 *
 * @function
 * @example
 * softmaxJacobian([0, Math.log(3)]); // [[0.1875, -0.1875], [-0.1875, 0.1875]]
 */
export const softmaxJacobian: Ops["softmaxJacobian"] = ((x: unknown, options: unknown, store?: Store) => {
  const call = checkDerivative(JACOBIAN, x, options, store);
  return expanded(call, 2, jacobianRow);
}) as Ops["softmaxJacobian"];

/**
 * The second derivatives of all components, for every row.
 * Accuracy and errors as {@link "softmax-simd".softmaxHessian | with kernels}.
 *
 * @function
 * @example
 * softmaxHessian([0, 0]); // [[[0, 0], [0, 0]], [[0, 0], [0, 0]]]
 */
export const softmaxHessian: Ops["softmaxHessian"] = ((x: unknown, options: unknown, store?: Store) => {
  const call = checkDerivative(HESSIAN, x, options, store);
  return expanded(call, 3, hessianRow);
}) as Ops["softmaxHessian"];

/**
 * The second derivatives of one component, for every row.
 * Accuracy and errors as {@link "softmax-simd".softmaxHessianComponent | with kernels}.
 *
 * @function
 * @example
 * softmaxHessianComponent([0, Math.log(3)], 1); // [[-0.09375, 0.09375], [0.09375, -0.09375]]
 */
export const softmaxHessianComponent: Ops["softmaxHessianComponent"] = ((
  x: unknown,
  component: unknown,
  options: unknown,
  store?: Store,
) => {
  const call = checkDerivative(JACOBIAN, x, options, store);
  const i = checkComponent(component, call.request);
  return expanded(call, 2, (s, beta) => hessianComponentRow(s, i, beta));
}) as Ops["softmaxHessianComponent"];

function expanded({ request, from }: Derivative, power: number, formula: (s: Row, beta: number) => Row): unknown {
  const { beta, extent } = request;
  const s = mapRows(request, 0, ([x]) => (from === "logits" ? softmaxRow(x as Row, beta) : (x as Row)));
  return deliver(
    request,
    expandRows(request, s, extent.length ** power, (row) => formula(row, beta)),
  );
}

/**
 * The cross-entropy of softmax(β logits) and targets.
 * Accuracy and errors as {@link "softmax-simd".crossEntropy | with kernels}.
 *
 * @function
 * @example
 * crossEntropy([[0, Math.log(3)], [0, 0]], [1, 0]); // 0.490414626…
 */
export const crossEntropy: Ops["crossEntropy"] = ((
  logits: unknown,
  targets: unknown,
  options: unknown,
  store?: Store,
) => {
  const loss = checkLoss(CROSS_ENTROPY, logits, targets, options, store);
  return deliverLoss(loss, loss.request, lossOf(loss).losses);
}) as Ops["crossEntropy"];

/**
 * The cross-entropy and its gradient with respect to the logits.
 * Accuracy and errors as {@link "softmax-simd".crossEntropyWithGrad | with kernels}.
 *
 * @function
 * @example
 * crossEntropyWithGrad([0, Math.log(3)], 1); // { loss: 0.2876820724517809, grad: [0.25, -0.25] }
 */
export const crossEntropyWithGrad: Ops["crossEntropyWithGrad"] = ((
  logits: unknown,
  targets: unknown,
  options: unknown,
  store?: Store,
) => {
  const loss = checkLoss(CROSS_ENTROPY_GRAD, logits, targets, options, store);
  const { losses, grad } = lossOf(loss);
  const { request } = loss;
  return { loss: deliverLoss(loss, reformed(request, "reduced"), losses), grad: deliverNumbers(request, grad) };
}) as Ops["crossEntropyWithGrad"];

/**
 * The log-probability of one class a row. Accuracy and errors as {@link "softmax-simd".logProb | with kernels}.
 *
 * @function
 * @example
 * logProb([[0, Math.log(3)], [0, 0]], [1, 0]); // [-0.2876820724517809, -0.6931471805599453]
 */
export const logProb: Ops["logProb"] = ((logits: unknown, actions: unknown, options: unknown, store?: Store) => {
  const loss = checkActions(LOG_PROB, logits, actions, options, store);
  const { request } = loss;
  return deliverNumbers(
    request,
    lossOf(loss).losses.map((value) => 0 - value),
  );
}) as Ops["logProb"];

function lossOf(loss: Loss): { losses: Float64Array; grad: Float64Array } {
  const { request, labels, divisor } = loss;
  const { beta, extent, mask } = request;
  const losses = new Float64Array(extent.outer * extent.inner);
  const nothing = beta < 0 ? Infinity : -Infinity;
  // A masked class stays in its row, as one of no probability: it may be the target.
  const numbers = numbersOf(request).map((values, i) =>
    values.map((value, at) => (mask?.[at] === 0 ? (i === 0 ? nothing : 0) : value)),
  );
  const formula = ([x, targets]: readonly Row[], r: number): Row => {
    if (labels?.[r] === -1) return (x as Row).map(() => 0);
    const { loss: value, grad } = crossEntropyRow(x as Row, coefficients(loss, targets, r), beta);
    losses[r] = value;
    return grad.map((g) => (g === 0 ? 0 : g / (divisor ?? 1)));
  };
  const grad = mapRows({ ...request, mask: undefined }, 0, formula, numbers);
  return { losses, grad: grad.map((g, at) => (mask?.[at] === 0 ? 0 : g)) };
}

/** What -log p of each class counts for in the loss of row r. */
function coefficients(
  { request, labels, weight, scales, keep, smooth }: Loss,
  targets: Row | undefined,
  r: number,
): Row {
  return Float64Array.from({ length: request.extent.length }, (_, c) => {
    const target = targets === undefined ? Number(labels?.[r] === c) : (targets[c] as number);
    return (scales?.[r] ?? 1) * (weight?.[c] ?? 1) * (keep * target + smooth);
  });
}

/**
 * -Σ p log p along an axis. Accuracy and errors as {@link "softmax-simd".entropy | with kernels}.
 *
 * @function
 * @example
 * entropy([0.5, 0.5]); // 0.6931471805599453
 */
export const entropy: Ops["entropy"] = ((p: unknown, options: unknown, store?: Store) => {
  const request = checkCall(ENTROPY, p, undefined, options, store);
  return deliverNumbers(
    request,
    reduceRows(request, ([row]) => entropyRow(row as Row)),
  );
}) as Ops["entropy"];

/**
 * Σ p log(p / q) along an axis. Accuracy and errors as {@link "softmax-simd".klDivergence | with kernels}.
 *
 * @function
 * @example
 * klDivergence([0.5, 0.5], [0.25, 0.75]); // 0.14384103622589045
 */
export const klDivergence: Ops["klDivergence"] = ((p: unknown, q: unknown, options: unknown, store?: Store) => {
  const request = checkCall(KL_DIVERGENCE, p, q, options, store);
  return deliverNumbers(
    request,
    reduceRows(request, ([a, b]) => klDivergenceRow(a as Row, b as Row)),
  );
}) as Ops["klDivergence"];

/**
 * The maximum and Σ exp(β (x - maximum)) along an axis. Accuracy and errors as {@link "softmax-simd".softmaxPartials | with
 * kernels}.
 *
 * @function
 * @example
 * softmaxPartials([1, 2, 3]).sum; // Float64Array [1.5032147244080551]
 */
export const softmaxPartials: Ops["softmaxPartials"] = ((x: unknown, options: unknown, store?: Store) => {
  const request = checkCall(PARTIALS, x, undefined, options, store);
  const { beta } = request;
  const part = (name: "max" | "sum"): Float64Array =>
    reduceRows(request, ([row]) => partialsRow(row as Row, beta)[name]);
  return partialsOf(new Float64Array([...part("max"), ...part("sum")]), beta);
}) as Ops["softmaxPartials"];

/**
 * softmax or log-softmax of a part of each row, from the partials of the whole. Accuracy and errors as {@link
 * "softmax-simd".normalizeWith | with kernels}.
 *
 * @function
 * @example
 * normalizeWith([3], { max: [3], sum: [2], beta: 1 }); // [0.5]
 */
export const normalizeWith: Ops["normalizeWith"] = ((
  x: unknown,
  partials: unknown,
  options: unknown,
  store?: Store,
) => {
  const { request, max, sum, log } = checkNormalize(x, partials, options, store);
  const formula = ([row]: readonly Row[], r: number): Row =>
    normalizeRow(row as Row, request.beta, max[r] as number, sum[r] as number, log);
  return deliverNumbers(request, mapRows(request, log ? -Infinity : 0, formula));
}) as Ops["normalizeWith"];

export { mergePartials } from "./partials.js";

/**
 * softmax(x / 0) along an axis. Accuracy and errors as {@link "softmax-simd".hardmax | with kernels}.
 *
 * @function
 * @example
 * hardmax([1, 3, 3]); // [0, 0.5, 0.5]
 */
export const hardmax: Ops["hardmax"] = /* @__PURE__ */ mapping(HARDMAX, 0, ([x]) =>
  softmaxRow(x as Row, Infinity),
) as Ops["hardmax"];

/**
 * The index of the maximum along an axis. Accuracy and errors as {@link "softmax-simd".argmax | with kernels}.
 *
 * @function
 * @example
 * argmax([[1, 3, 2], [5, 4, 5]]); // [1, 0]
 */
export const argmax: Ops["argmax"] = ((x: unknown, options: unknown, store?: Store) => {
  const request = checkArgmax(x, options, store);
  const indices = reduceRows(request, ([row]) => argmaxRow(row as Row));
  return deliverIndices(request, new Int32Array(indices));
}) as Ops["argmax"];

/**
 * The k largest along an axis, and their indices. Accuracy and errors as {@link "softmax-simd".topK | with kernels}.
 *
 * @function
 * @example
 * topK([0.1, 0.4, 0.2, 0.3], 2); // { values: [0.4, 0.3], indices: [1, 3] }
 */
export const topK: Ops["topK"] = ((x: unknown, k: unknown, options: unknown, store?: Store) => {
  const call = checkTopK(x, k, options, store);
  return deliverChosen(
    call,
    chooseRows(call.request, call.k, (row) => topKRow(row, call.k, call.sorted)),
  );
}) as Ops["topK"];

export type * from "./op-types.js";
export type {
  Mask,
  NestedNumbers,
  NestedResult,
  SoftmaxFunction,
  SoftmaxOptions,
  TensorLike,
  TensorResult,
} from "./types.js";
