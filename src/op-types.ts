// The types of the ops beside softmax: what they return for each kind of input.

import type { Extra, Mode, Returned } from "./mode.js";
import type {
  ArgmaxOptions,
  AxisOptions,
  DerivativeOptions,
  Input,
  LogitsOptions,
  LogSumExpOptions,
  LossOptions,
  ReduceOptions,
  SigmoidOptions,
  Targets,
  TopKOptions,
} from "./op-options.js";
import type {
  Beside,
  Deeper,
  Deepest,
  Fewer,
  Fresh,
  Fresher,
  Into,
  Keeping,
  NestedValues,
  PerRow,
  Writing,
} from "./op-results.js";
import type { NormalizeFunction, PartialsFunction } from "./partials-types.js";
import type { Indices, NestedResult, OneAxis, Shaped, WholeArray } from "./types.js";

export type * from "./op-options.js";
export type { NestedValues } from "./op-results.js";
export type * from "./partials-types.js";

/** A result of the first input's kind, dtype and shape. */
export interface MapFunction<O, M extends Mode = "value"> {
  <X extends Input<M>, Out extends Into<M, X, NestedResult<X>>>(
    x: X,
    options: O & Extra<M> & Writing<Out>,
  ): Returned<M, Out>;
  <X extends Input<M>>(x: X, options?: O & Extra<M> & Fresher): Returned<M, Fresh<X, NestedResult<X>>>;
}

/** The same for two inputs of one dtype and shape. */
export interface ProductFunction<M extends Mode = "value"> {
  <X extends Input<M>, Out extends Into<M, X, NestedResult<X>>>(
    y: X,
    dy: Beside<M, X>,
    options: LogitsOptions & Extra<M> & Writing<Out>,
  ): Returned<M, Out>;
  <X extends Input<M>>(
    y: X,
    dy: Beside<M, X>,
    options?: LogitsOptions & Extra<M> & Fresher,
  ): Returned<M, Fresh<X, NestedResult<X>>>;
}

/** One number a row, in x's kind and dtype. */
export interface ReduceFunction<O, M extends Mode = "value"> {
  <X extends Input<M>, Out extends Into<M, X>>(x: X, options: O & Extra<M> & Writing<Out>): Returned<M, Out>;
  <X extends Input<M>>(x: X, options?: O & Extra<M> & Fresher & OneAxis): Returned<M, Fresh<X, Fewer<X>>>;
  <X extends Input<M>>(x: X, options: O & Extra<M> & Fresher & WholeArray): Returned<M, Fresh<X, number>>;
  <X extends Input<M>>(x: X, options: O & Extra<M> & Fresher & Keeping): Returned<M, Fresh<X, NestedResult<X>>>;
  (x: readonly number[], options: O & Extra<M> & Fresher & Shaped): Returned<M, number[]>;
  <X extends Input<M>>(x: X, options?: O & Extra<M> & Fresher): Returned<M, Fresh<X, NestedValues>>;
}

/** The same for probabilities beside others of one dtype and shape. */
export interface CompareFunction<O, M extends Mode = "value"> {
  <X extends Input<M>, Out extends Into<M, X>>(
    p: X,
    q: Beside<M, X>,
    options: O & Extra<M> & Writing<Out>,
  ): Returned<M, Out>;
  <X extends Input<M>>(
    p: X,
    q: Beside<M, X>,
    options?: O & Extra<M> & Fresher & OneAxis,
  ): Returned<M, Fresh<X, Fewer<X>>>;
  <X extends Input<M>>(
    p: X,
    q: Beside<M, X>,
    options: O & Extra<M> & Fresher & WholeArray,
  ): Returned<M, Fresh<X, number>>;
  <X extends Input<M>>(
    p: X,
    q: Beside<M, X>,
    options: O & Extra<M> & Fresher & Keeping,
  ): Returned<M, Fresh<X, NestedResult<X>>>;
  (p: readonly number[], q: Beside<M, number[]>, options: O & Extra<M> & Fresher & Shaped): Returned<M, number[]>;
  <X extends Input<M>>(p: X, q: Beside<M, X>, options?: O & Extra<M> & Fresher): Returned<M, Fresh<X, NestedValues>>;
}

/** The same for logits and a class a row. */
export interface ClassFunction<O, M extends Mode = "value"> {
  <X extends Input<M>, Out extends Into<M, X>>(
    logits: X,
    actions: Targets<M>,
    options: O & Extra<M> & Writing<Out>,
  ): Returned<M, Out>;
  <X extends Input<M>>(
    logits: X,
    actions: Targets<M>,
    options?: O & Extra<M> & Fresher & OneAxis,
  ): Returned<M, Fresh<X, Fewer<X>>>;
  <X extends Input<M>>(
    logits: X,
    actions: Targets<M>,
    options: O & Extra<M> & Fresher & WholeArray,
  ): Returned<M, Fresh<X, number>>;
  (logits: readonly number[], actions: Targets<M>, options: O & Extra<M> & Fresher & Shaped): Returned<M, number[]>;
  <X extends Input<M>>(
    logits: X,
    actions: Targets<M>,
    options?: O & Extra<M> & Fresher,
  ): Returned<M, Fresh<X, NestedValues>>;
}

/** What a sum is, and whether it is negative, 0 or positive. */
export interface Signed<V> {
  /** The logarithm of its size. */
  value: V;
  /** -1, 0 or 1; NaN where `value` is. */
  sign: V;
}

/** A logarithm and a sign a row, in x's kind and dtype. */
export interface SignedFunction<M extends Mode = "value"> {
  <X extends Input<M>>(
    x: X,
    options?: LogSumExpOptions<M> & Extra<M> & OneAxis,
  ): Returned<M, Signed<Fresh<X, Fewer<X>>>>;
  <X extends Input<M>>(
    x: X,
    options: LogSumExpOptions<M> & Extra<M> & WholeArray,
  ): Returned<M, Signed<Fresh<X, number>>>;
  <X extends Input<M>>(
    x: X,
    options: LogSumExpOptions<M> & Extra<M> & Keeping,
  ): Returned<M, Signed<Fresh<X, NestedResult<X>>>>;
  (x: readonly number[], options: LogSumExpOptions<M> & Extra<M> & Shaped): Returned<M, Signed<number[]>>;
  <X extends Input<M>>(x: X, options?: LogSumExpOptions<M> & Extra<M>): Returned<M, Signed<Fresh<X, NestedValues>>>;
}

/** A matrix a row: from shape […, K] to […, K, K], in x's kind and dtype. */
export interface JacobianFunction<M extends Mode = "value"> {
  <X extends Input<M>, Out extends Into<M, X>>(
    x: X,
    options: DerivativeOptions & Extra<M> & Writing<Out>,
  ): Returned<M, Out>;
  <X extends Input<M>>(
    x: X,
    options?: DerivativeOptions & Extra<M> & Fresher & OneAxis,
  ): Returned<M, Fresh<X, Deeper<X>>>;
  (x: readonly number[], options: DerivativeOptions & Extra<M> & Fresher & Shaped): Returned<M, number[]>;
  <X extends Input<M>>(x: X, options?: DerivativeOptions & Extra<M> & Fresher): Returned<M, Fresh<X, NestedValues>>;
}

/** K matrices a row: from shape […, K] to […, K, K, K], in x's kind and dtype. */
export interface HessianFunction<M extends Mode = "value"> {
  <X extends Input<M>, Out extends Into<M, X>>(
    x: X,
    options: DerivativeOptions & Extra<M> & Writing<Out>,
  ): Returned<M, Out>;
  <X extends Input<M>>(
    x: X,
    options?: DerivativeOptions & Extra<M> & Fresher & OneAxis,
  ): Returned<M, Fresh<X, Deepest<X>>>;
  (x: readonly number[], options: DerivativeOptions & Extra<M> & Fresher & Shaped): Returned<M, number[]>;
  <X extends Input<M>>(x: X, options?: DerivativeOptions & Extra<M> & Fresher): Returned<M, Fresh<X, NestedValues>>;
}

/** A matrix a row, that of one component: from shape […, K] to […, K, K], in x's kind and dtype. */
export interface HessianComponentFunction<M extends Mode = "value"> {
  <X extends Input<M>, Out extends Into<M, X>>(
    x: X,
    component: number,
    options: DerivativeOptions & Extra<M> & Writing<Out>,
  ): Returned<M, Out>;
  <X extends Input<M>>(
    x: X,
    component: number,
    options?: DerivativeOptions & Extra<M> & Fresher & OneAxis,
  ): Returned<M, Fresh<X, Deeper<X>>>;
  (
    x: readonly number[],
    component: number,
    options: DerivativeOptions & Extra<M> & Fresher & Shaped,
  ): Returned<M, number[]>;
  <X extends Input<M>>(
    x: X,
    component: number,
    options?: DerivativeOptions & Extra<M> & Fresher,
  ): Returned<M, Fresh<X, NestedValues>>;
}

type Whole<M extends Mode> = LossOptions<"mean" | "sum", M>;
type Rows<M extends Mode> = LossOptions<"none", M> & PerRow;

/** A loss: a number, or with `reduction: "none"` one a row, in the logits' kind and dtype. */
export interface LossFunction<M extends Mode = "value"> extends ClassFunction<Rows<M>, M> {
  (logits: Input<M>, targets: Targets<M>, options?: Whole<M> & Extra<M> & Fresher): Returned<M, number>;
}

/** A loss and its gradient with respect to the logits. */
export interface LossAndGrad<L, G> {
  /** In nats: a number, or with `reduction: "none"` one a row. */
  loss: L;
  /** Of the logits' kind, dtype and shape. */
  grad: G;
}

/** A loss and its gradient, for each kind of logits. */
export interface GradFunction<M extends Mode = "value"> {
  <X extends Input<M>, Out extends Into<M, X, NestedResult<X>>>(
    logits: X,
    targets: Targets<M>,
    options: Whole<M> & Extra<M> & Writing<Out>,
  ): Returned<M, LossAndGrad<number, Out>>;
  <X extends Input<M>>(
    logits: X,
    targets: Targets<M>,
    options?: Whole<M> & Extra<M> & Fresher,
  ): Returned<M, LossAndGrad<number, Fresh<X, NestedResult<X>>>>;
  <X extends Input<M>, Out extends Into<M, X, NestedResult<X>>>(
    logits: X,
    targets: Targets<M>,
    options: Rows<M> & Extra<M> & Writing<Out>,
  ): Returned<M, LossAndGrad<Fresh<X, NestedValues>, Out>>;
  <X extends Input<M>>(
    logits: X,
    targets: Targets<M>,
    options: Rows<M> & Extra<M> & Fresher & OneAxis,
  ): Returned<M, LossAndGrad<Fresh<X, Fewer<X>>, Fresh<X, NestedResult<X>>>>;
  <X extends Input<M>>(
    logits: X,
    targets: Targets<M>,
    options: Rows<M> & Extra<M> & Fresher,
  ): Returned<M, LossAndGrad<Fresh<X, NestedValues>, Fresh<X, NestedResult<X>>>>;
}

/** One index a row. */
export interface ArgmaxFunction<M extends Mode = "value"> {
  <X extends Input<M>>(x: X, options?: ArgmaxOptions & Extra<M> & OneAxis): Returned<M, Indices<X, Fewer<X>>>;
  <X extends Input<M>>(x: X, options: ArgmaxOptions & Extra<M> & WholeArray): Returned<M, Indices<X, number>>;
  <X extends Input<M>>(x: X, options: ArgmaxOptions & Extra<M> & Keeping): Returned<M, Indices<X, NestedResult<X>>>;
  (x: readonly number[], options: ArgmaxOptions & Extra<M> & Shaped): Returned<M, number[]>;
  <X extends Input<M>>(x: X, options?: ArgmaxOptions & Extra<M>): Returned<M, Indices<X, NestedValues>>;
}

/** Elements of rows, and where in its row each stands. */
export interface TopK<V, I> {
  /** Of shape […, k], in x's kind and dtype. */
  values: V;
  /** Of the same shape, from 0 on. */
  indices: I;
}

type TopKOf<X, Nested> = TopK<Fresh<X, Nested>, Indices<X, Nested>>;

/** Elements and indices, for each kind of input. */
export interface TopKFunction<M extends Mode = "value"> {
  <X extends Input<M>>(
    x: X,
    k: number,
    options?: TopKOptions & Extra<M> & OneAxis,
  ): Returned<M, TopKOf<X, NestedResult<X>>>;
  <X extends Input<M>>(x: X, k: number, options: TopKOptions & Extra<M> & WholeArray): Returned<M, TopKOf<X, number[]>>;
  (x: readonly number[], k: number, options: TopKOptions & Extra<M> & Shaped): Returned<M, TopK<number[], number[]>>;
  <X extends Input<M>>(x: X, k: number, options?: TopKOptions & Extra<M>): Returned<M, TopKOf<X, NestedValues[]>>;
}

/** The ops beside softmax. */
export interface Ops<M extends Mode = "value"> {
  /** log softmax(β x) along an axis. */
  readonly logSoftmax: MapFunction<LogitsOptions, M>;
  /** (1/β) log Σ w exp(β x) along an axis. */
  readonly logSumExp: ReduceFunction<LogSumExpOptions<M>, M>;
  /** The same for sums that may be negative: (1/β) log of the sum's size, and its sign. */
  readonly logSumExpSigned: SignedFunction<M>;
  /** β (diag(s) - s sᵀ) for every row. */
  readonly softmaxJacobian: JacobianFunction<M>;
  /** The gradient with respect to x, from softmax's output y and the gradient dy with respect to it. */
  readonly softmaxVjp: ProductFunction<M>;
  /** The change of softmax's output y with a change dx of x. */
  readonly softmaxJvp: ProductFunction<M>;
  /** The gradient with respect to x, from log-softmax's output y and the gradient dy with respect to it. */
  readonly logSoftmaxVjp: ProductFunction<M>;
  /** The second derivatives of every component, for every row. */
  readonly softmaxHessian: HessianFunction<M>;
  /** Those of one component. */
  readonly softmaxHessianComponent: HessianComponentFunction<M>;
  /** The cross-entropy of softmax(β logits) and targets. */
  readonly crossEntropy: LossFunction<M>;
  /** The same with its gradient with respect to the logits. */
  readonly crossEntropyWithGrad: GradFunction<M>;
  /** -Σ p log p along an axis. */
  readonly entropy: ReduceFunction<ReduceOptions, M>;
  /** Σ p log(p / q) along an axis. */
  readonly klDivergence: CompareFunction<ReduceOptions, M>;
  /** The log-probability of one class a row. */
  readonly logProb: ClassFunction<LogitsOptions, M>;
  /** The maximum and Σ exp(β (x - maximum)) along an axis, of rows that are parts of longer ones. */
  readonly softmaxPartials: PartialsFunction<M>;
  /** softmax or log-softmax of a part of each row, from the partials of the whole. */
  readonly normalizeWith: NormalizeFunction<M>;
  /** The index of the maximum along an axis. */
  readonly argmax: ArgmaxFunction<M>;
  /** softmax at temperature 0: maxima share 1, the rest is 0. */
  readonly hardmax: MapFunction<AxisOptions, M>;
  /** The k largest along an axis, and their indices. */
  readonly topK: TopKFunction<M>;
  /** 1 / (1 + exp(-β x)) for each element. */
  readonly sigmoid: MapFunction<SigmoidOptions, M>;
}
