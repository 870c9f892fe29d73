// The plain JavaScript reference: textbook formulas in float64, never optimised, rounded once to the input's dtype. It
// says what the kernels must compute, serves where no kernel can run, and is the entry `softmax-simd/reference`, with no
// WebAssembly in it. Its functions take the same arguments as the kernels'.

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

/** softmax(β x) along an axis. */
export const softmax: SoftmaxFunction = /* @__PURE__ */ mapping(SOFTMAX, 0, ([x], beta) =>
  softmaxRow(x as Row, beta),
) as SoftmaxFunction;

/** log softmax(β x) along an axis. */
export const logSoftmax: Ops["logSoftmax"] = /* @__PURE__ */ mapping(SOFTMAX, -Infinity, ([x], beta) =>
  logSoftmaxRow(x as Row, beta),
) as Ops["logSoftmax"];

/** 1 / (1 + exp(-β x)) for each element. */
export const sigmoid: Ops["sigmoid"] = /* @__PURE__ */ mapping(SIGMOID, 0, ([x], beta) =>
  (x as Row).map((value) => sigmoidOf(value, beta)),
) as Ops["sigmoid"];

/** β y (dy - <y, dy>) along an axis. */
export const softmaxVjp: Ops["softmaxVjp"] = /* @__PURE__ */ product(SOFTMAX_VJP, ([y, dy], beta) =>
  vjpRow(y as Row, dy as Row, beta),
) as Ops["softmaxVjp"];

/** The same: the Jacobian is symmetric. */
export const softmaxJvp: Ops["softmaxJvp"] = /* @__PURE__ */ product(SOFTMAX_JVP, ([y, dx], beta) =>
  vjpRow(y as Row, dx as Row, beta),
) as Ops["softmaxJvp"];

/** β (dy - exp(y) Σ dy) along an axis. */
export const logSoftmaxVjp: Ops["logSoftmaxVjp"] = /* @__PURE__ */ product(SOFTMAX_VJP, ([y, dy], beta) =>
  logSoftmaxVjpRow(y as Row, dy as Row, beta),
) as Ops["logSoftmaxVjp"];

/** (1/β) log Σ w exp(β x) along an axis. */
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

/** The same for sums that may be negative. */
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

/** β (diag(s) - s sᵀ) for every row. */
export const softmaxJacobian: Ops["softmaxJacobian"] = ((x: unknown, options: unknown, store?: Store) => {
  const call = checkDerivative(JACOBIAN, x, options, store);
  return expanded(call, 2, jacobianRow);
}) as Ops["softmaxJacobian"];

/** The second derivatives of all components, for every row. */
export const softmaxHessian: Ops["softmaxHessian"] = ((x: unknown, options: unknown, store?: Store) => {
  const call = checkDerivative(HESSIAN, x, options, store);
  return expanded(call, 3, hessianRow);
}) as Ops["softmaxHessian"];

/** Those of one component. */
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

/** The cross-entropy of softmax(β logits) and targets. */
export const crossEntropy: Ops["crossEntropy"] = ((
  logits: unknown,
  targets: unknown,
  options: unknown,
  store?: Store,
) => {
  const loss = checkLoss(CROSS_ENTROPY, logits, targets, options, store);
  return deliverLoss(loss, loss.request, lossOf(loss).losses);
}) as Ops["crossEntropy"];

/** The same with its gradient. */
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

/** The log-probability of one class a row. */
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

/** -Σ p log p along an axis. */
export const entropy: Ops["entropy"] = ((p: unknown, options: unknown, store?: Store) => {
  const request = checkCall(ENTROPY, p, undefined, options, store);
  return deliverNumbers(
    request,
    reduceRows(request, ([row]) => entropyRow(row as Row)),
  );
}) as Ops["entropy"];

/** Σ p log(p / q) along an axis. */
export const klDivergence: Ops["klDivergence"] = ((p: unknown, q: unknown, options: unknown, store?: Store) => {
  const request = checkCall(KL_DIVERGENCE, p, q, options, store);
  return deliverNumbers(
    request,
    reduceRows(request, ([a, b]) => klDivergenceRow(a as Row, b as Row)),
  );
}) as Ops["klDivergence"];

/** The maximum and Σ exp(β (x - maximum)) along an axis. */
export const softmaxPartials: Ops["softmaxPartials"] = ((x: unknown, options: unknown, store?: Store) => {
  const request = checkCall(PARTIALS, x, undefined, options, store);
  const { beta } = request;
  const part = (name: "max" | "sum"): Float64Array =>
    reduceRows(request, ([row]) => partialsRow(row as Row, beta)[name]);
  return partialsOf(new Float64Array([...part("max"), ...part("sum")]), beta);
}) as Ops["softmaxPartials"];

/** softmax or log-softmax of a part of each row, from the partials of the whole. */
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

/** softmax(x / 0) along an axis. */
export const hardmax: Ops["hardmax"] = /* @__PURE__ */ mapping(HARDMAX, 0, ([x]) =>
  softmaxRow(x as Row, Infinity),
) as Ops["hardmax"];

/** The index of the maximum along an axis. */
export const argmax: Ops["argmax"] = ((x: unknown, options: unknown, store?: Store) => {
  const request = checkArgmax(x, options, store);
  const indices = reduceRows(request, ([row]) => argmaxRow(row as Row));
  return deliverIndices(request, new Int32Array(indices));
}) as Ops["argmax"];

/** The k largest along an axis, and their indices. */
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
