// The types of the ops beside softmax: what they return for each kind of input.

import type {
  ArgmaxOptions,
  AxisOptions,
  DerivativeOptions,
  Input,
  LogitsOptions,
  LogSumExpOptions,
  LossOptions,
  NormalizeOptions,
  Partials,
  PartialsLike,
  ReduceOptions,
  SigmoidOptions,
  Targets,
  TopKOptions,
} from "./op-options.js";
import type {
  FloatArray,
  FreshArray,
  Indices,
  NestedNumbers,
  NestedResult,
  OneAxis,
  ResidentArray,
  Shaped,
  TensorLike,
  TensorResult,
  WholeArray,
} from "./types.js";

export type * from "./op-options.js";

/** Numbers in fresh arrays of arrays, or one number. */
export type NestedValues = number | NestedValues[];

/** What comes back for X: typed arrays for typed and allocated ones, tensors for tensors, and Nested for nested arrays. */
type Fresh<X, Nested> =
  X extends ResidentArray<infer D>
    ? FreshArray<D extends "float32" ? Float32Array : Float64Array>
    : X extends FloatArray
      ? FreshArray<X>
      : X extends NestedNumbers
        ? Nested
        : X extends TensorLike
          ? TensorResult<X>
          : never;

/** Where a result for X may be written: in arrays of its kind and dtype. */
type Into<X, Nested = NestedValues[]> = X extends Float32Array | ResidentArray<"float32">
  ? Float32Array | ResidentArray<"float32">
  : X extends Float64Array | ResidentArray<"float64">
    ? Float64Array | ResidentArray<"float64">
    : X extends NestedNumbers
      ? Nested
      : X extends TensorLike
        ? TensorLike
        : X;

/** What may stand beside X: the same, or what else has its dtype, as far as types tell that. */
type Beside<X> =
  | NoInfer<X>
  | (X extends Float32Array | ResidentArray<"float32">
      ? Float32Array | ResidentArray<"float32"> | TensorLike
      : X extends Float64Array | ResidentArray<"float64"> | NestedNumbers
        ? Float64Array | ResidentArray<"float64"> | NestedNumbers | TensorLike
        : Input);

/** Options with an array to write into, which is returned. */
interface Writing<Out> {
  readonly out: Out;
}

interface Fresher {
  readonly out?: undefined;
}

/** Options where nested arrays keep their levels. */
interface Keeping {
  readonly keepDims: true;
}

interface PerRow {
  readonly reduction: "none";
}

type Fewer<X> = X extends readonly (infer E)[] ? (E extends number ? number : NestedResult<E>) : never;
type Deeper<X> = X extends readonly number[] ? number[][] : X extends readonly (infer E)[] ? Deeper<E>[] : never;
type Deepest<X> = X extends readonly number[] ? number[][][] : X extends readonly (infer E)[] ? Deepest<E>[] : never;

/** What is known of rows, one number a row. */
export type PartialsFunction = (x: Input, options?: LogitsOptions) => Partials;

/** A result of the first input's kind, dtype and shape. */
export interface MapFunction<O> {
  <X extends Input, Out extends Into<X, NestedResult<X>>>(x: X, options: O & Writing<Out>): Out;
  <X extends Input>(x: X, options?: O & Fresher): Fresh<X, NestedResult<X>>;
}

/** The same for two inputs of one dtype and shape. */
export interface ProductFunction {
  <X extends Input, Out extends Into<X, NestedResult<X>>>(
    y: X,
    dy: Beside<X>,
    options: LogitsOptions & Writing<Out>,
  ): Out;
  <X extends Input>(y: X, dy: Beside<X>, options?: LogitsOptions & Fresher): Fresh<X, NestedResult<X>>;
}

/** The same for a part of each row, under what is known of the whole. */
export interface NormalizeFunction {
  <X extends Input, Out extends Into<X, NestedResult<X>>>(
    x: X,
    partials: PartialsLike,
    options: NormalizeOptions & Writing<Out>,
  ): Out;
  <X extends Input>(x: X, partials: PartialsLike, options?: NormalizeOptions & Fresher): Fresh<X, NestedResult<X>>;
}

/** One number a row, in x's kind and dtype. */
export interface ReduceFunction<O> {
  <X extends Input, Out extends Into<X>>(x: X, options: O & Writing<Out>): Out;
  <X extends Input>(x: X, options?: O & Fresher & OneAxis): Fresh<X, Fewer<X>>;
  <X extends Input>(x: X, options: O & Fresher & WholeArray): Fresh<X, number>;
  <X extends Input>(x: X, options: O & Fresher & Keeping): Fresh<X, NestedResult<X>>;
  (x: readonly number[], options: O & Fresher & Shaped): number[];
  <X extends Input>(x: X, options?: O & Fresher): Fresh<X, NestedValues>;
}

/** The same for probabilities beside others of one dtype and shape. */
export interface CompareFunction<O> {
  <X extends Input, Out extends Into<X>>(p: X, q: Beside<X>, options: O & Writing<Out>): Out;
  <X extends Input>(p: X, q: Beside<X>, options?: O & Fresher & OneAxis): Fresh<X, Fewer<X>>;
  <X extends Input>(p: X, q: Beside<X>, options: O & Fresher & WholeArray): Fresh<X, number>;
  <X extends Input>(p: X, q: Beside<X>, options: O & Fresher & Keeping): Fresh<X, NestedResult<X>>;
  (p: readonly number[], q: Beside<number[]>, options: O & Fresher & Shaped): number[];
  <X extends Input>(p: X, q: Beside<X>, options?: O & Fresher): Fresh<X, NestedValues>;
}

/** The same for logits and a class a row. */
export interface ClassFunction<O> {
  <X extends Input, Out extends Into<X>>(logits: X, actions: Targets, options: O & Writing<Out>): Out;
  <X extends Input>(logits: X, actions: Targets, options?: O & Fresher & OneAxis): Fresh<X, Fewer<X>>;
  <X extends Input>(logits: X, actions: Targets, options: O & Fresher & WholeArray): Fresh<X, number>;
  (logits: readonly number[], actions: Targets, options: O & Fresher & Shaped): number[];
  <X extends Input>(logits: X, actions: Targets, options?: O & Fresher): Fresh<X, NestedValues>;
}

/** What a sum is, and whether it is negative, 0 or positive. */
export interface Signed<V> {
  value: V;
  sign: V;
}

export interface SignedFunction {
  <X extends Input>(x: X, options?: LogSumExpOptions & OneAxis): Signed<Fresh<X, Fewer<X>>>;
  <X extends Input>(x: X, options: LogSumExpOptions & WholeArray): Signed<Fresh<X, number>>;
  <X extends Input>(x: X, options: LogSumExpOptions & Keeping): Signed<Fresh<X, NestedResult<X>>>;
  (x: readonly number[], options: LogSumExpOptions & Shaped): Signed<number[]>;
  <X extends Input>(x: X, options?: LogSumExpOptions): Signed<Fresh<X, NestedValues>>;
}

export interface JacobianFunction {
  <X extends Input, Out extends Into<X>>(x: X, options: DerivativeOptions & Writing<Out>): Out;
  <X extends Input>(x: X, options?: DerivativeOptions & Fresher & OneAxis): Fresh<X, Deeper<X>>;
  (x: readonly number[], options: DerivativeOptions & Fresher & Shaped): number[];
  <X extends Input>(x: X, options?: DerivativeOptions & Fresher): Fresh<X, NestedValues>;
}

export interface HessianFunction {
  <X extends Input, Out extends Into<X>>(x: X, options: DerivativeOptions & Writing<Out>): Out;
  <X extends Input>(x: X, options?: DerivativeOptions & Fresher & OneAxis): Fresh<X, Deepest<X>>;
  (x: readonly number[], options: DerivativeOptions & Fresher & Shaped): number[];
  <X extends Input>(x: X, options?: DerivativeOptions & Fresher): Fresh<X, NestedValues>;
}

export interface HessianComponentFunction {
  <X extends Input, Out extends Into<X>>(x: X, component: number, options: DerivativeOptions & Writing<Out>): Out;
  <X extends Input>(x: X, component: number, options?: DerivativeOptions & Fresher & OneAxis): Fresh<X, Deeper<X>>;
  (x: readonly number[], component: number, options: DerivativeOptions & Fresher & Shaped): number[];
  <X extends Input>(x: X, component: number, options?: DerivativeOptions & Fresher): Fresh<X, NestedValues>;
}

type Whole = LossOptions<"mean" | "sum">;
type Rows = LossOptions<"none"> & PerRow;

export interface LossFunction extends ClassFunction<Rows> {
  (logits: Input, targets: Targets, options?: Whole & Fresher): number;
}

/** A loss and its gradient with respect to the logits. */
export interface LossAndGrad<L, G> {
  loss: L;
  grad: G;
}

export interface GradFunction {
  <X extends Input, Out extends Into<X, NestedResult<X>>>(
    logits: X,
    targets: Targets,
    options: Whole & Writing<Out>,
  ): LossAndGrad<number, Out>;
  <X extends Input>(
    logits: X,
    targets: Targets,
    options?: Whole & Fresher,
  ): LossAndGrad<number, Fresh<X, NestedResult<X>>>;
  <X extends Input, Out extends Into<X, NestedResult<X>>>(
    logits: X,
    targets: Targets,
    options: Rows & Writing<Out>,
  ): LossAndGrad<Fresh<X, NestedValues>, Out>;
  <X extends Input>(
    logits: X,
    targets: Targets,
    options: Rows & Fresher & OneAxis,
  ): LossAndGrad<Fresh<X, Fewer<X>>, Fresh<X, NestedResult<X>>>;
  <X extends Input>(
    logits: X,
    targets: Targets,
    options: Rows & Fresher,
  ): LossAndGrad<Fresh<X, NestedValues>, Fresh<X, NestedResult<X>>>;
}

/** One index a row. */
export interface ArgmaxFunction {
  <X extends Input>(x: X, options?: ArgmaxOptions & OneAxis): Indices<X, Fewer<X>>;
  <X extends Input>(x: X, options: ArgmaxOptions & WholeArray): Indices<X, number>;
  <X extends Input>(x: X, options: ArgmaxOptions & Keeping): Indices<X, NestedResult<X>>;
  (x: readonly number[], options: ArgmaxOptions & Shaped): number[];
  <X extends Input>(x: X, options?: ArgmaxOptions): Indices<X, NestedValues>;
}

/** Elements of rows, and where in its row each stands. */
export interface TopK<V, I> {
  values: V;
  indices: I;
}

type TopKOf<X, Nested> = TopK<Fresh<X, Nested>, Indices<X, Nested>>;

export interface TopKFunction {
  <X extends Input>(x: X, k: number, options?: TopKOptions & OneAxis): TopKOf<X, NestedResult<X>>;
  <X extends Input>(x: X, k: number, options: TopKOptions & WholeArray): TopKOf<X, number[]>;
  (x: readonly number[], k: number, options: TopKOptions & Shaped): TopK<number[], number[]>;
  <X extends Input>(x: X, k: number, options?: TopKOptions): TopKOf<X, NestedValues[]>;
}

/** The ops beside softmax. */
export interface Ops {
  /** log softmax(β x) along an axis. */
  readonly logSoftmax: MapFunction<LogitsOptions>;
  /** (1/β) log Σ w exp(β x) along an axis. */
  readonly logSumExp: ReduceFunction<LogSumExpOptions>;
  /** The same for sums that may be negative: (1/β) log of the sum's size, and its sign. */
  readonly logSumExpSigned: SignedFunction;
  /** β (diag(s) - s sᵀ) for every row. */
  readonly softmaxJacobian: JacobianFunction;
  /** The gradient with respect to x, from softmax's output y and the gradient dy with respect to it. */
  readonly softmaxVjp: ProductFunction;
  /** The change of softmax's output y with a change dx of x. */
  readonly softmaxJvp: ProductFunction;
  /** The gradient with respect to x, from log-softmax's output y and the gradient dy with respect to it. */
  readonly logSoftmaxVjp: ProductFunction;
  /** The second derivatives of every component, for every row. */
  readonly softmaxHessian: HessianFunction;
  /** Those of one component. */
  readonly softmaxHessianComponent: HessianComponentFunction;
  /** The cross-entropy of softmax(β logits) and targets. */
  readonly crossEntropy: LossFunction;
  /** The same with its gradient with respect to the logits. */
  readonly crossEntropyWithGrad: GradFunction;
  /** -Σ p log p along an axis. */
  readonly entropy: ReduceFunction<ReduceOptions>;
  /** Σ p log(p / q) along an axis. */
  readonly klDivergence: CompareFunction<ReduceOptions>;
  /** The log-probability of one class a row. */
  readonly logProb: ClassFunction<LogitsOptions>;
  /** The maximum and Σ exp(β (x - maximum)) along an axis, of rows that are parts of longer ones. */
  readonly softmaxPartials: PartialsFunction;
  /** softmax or log-softmax of a part of each row, from the partials of the whole. */
  readonly normalizeWith: NormalizeFunction;
  /** The index of the maximum along an axis. */
  readonly argmax: ArgmaxFunction;
  /** softmax at temperature 0: maxima share 1, the rest is 0. */
  readonly hardmax: MapFunction<AxisOptions>;
  /** The k largest along an axis, and their indices. */
  readonly topK: TopKFunction;
  /** 1 / (1 + exp(-β x)) for each element. */
  readonly sigmoid: MapFunction<SigmoidOptions>;
}
