// The types of the ops beside softmax: their options, and what they return for each kind of input.

import type {
  FloatArray,
  FreshArray,
  NestedNumbers,
  NestedResult,
  ResidentArray,
  SoftmaxOptions,
  TensorLike,
  TensorResult,
} from "./types.js";

/** What is taken as an input. */
export type Input = FloatArray | NestedNumbers | TensorLike | ResidentArray;

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
type Into<X> = X extends Float32Array | ResidentArray<"float32">
  ? Float32Array | ResidentArray<"float32">
  : X extends Float64Array | ResidentArray<"float64">
    ? Float64Array | ResidentArray<"float64">
    : X extends NestedNumbers
      ? NestedValues[]
      : X extends TensorLike
        ? TensorLike
        : X;

/** Options with an array to write into, which is returned. */
interface Writing<Out> {
  readonly out: Out;
}

interface Fresher {
  readonly out?: undefined;
}

/** Options where nested arrays lose or gain a level for each axis. */
interface OneAxis {
  readonly axis?: number;
  readonly shape?: undefined;
  readonly keepDims?: false;
}

type Fewer<X> = X extends readonly (infer E)[] ? (E extends number ? number : NestedResult<E>) : never;
type Deeper<X> = X extends readonly number[] ? number[][] : X extends readonly (infer E)[] ? Deeper<E>[] : never;
type Deepest<X> = X extends readonly number[] ? number[][][] : X extends readonly (infer E)[] ? Deepest<E>[] : never;

/** Options of ops along an axis. */
export type AxisOptions = Pick<SoftmaxOptions, "shape" | "axis" | "where">;

/** Options of ops on logits: along an axis, and at most one of `temperature`, `beta` and `base`. */
export type LogitsOptions = Omit<SoftmaxOptions, "out">;

/** Options of {@link Ops.sigmoid}. At most one of `temperature`, `beta` and `base`. */
export type SigmoidOptions = Pick<SoftmaxOptions, "temperature" | "beta" | "base">;

/** Options of reductions. */
export interface ReduceOptions extends AxisOptions {
  /** Leaves the reduced axes as axes of size 1. Default false. */
  readonly keepDims?: boolean;
}

/** Options of {@link Ops.logSumExp}. */
export interface LogSumExpOptions extends LogitsOptions, ReduceOptions {
  /** Factors of the exponentials, of either sign: as many as x, one axis' worth, or in a shape that broadcasts. */
  readonly weights?: FloatArray | NestedNumbers | TensorLike;
}

/** Options of {@link Ops.softmaxJacobian} and the Hessians. */
export interface DerivativeOptions extends LogitsOptions {
  /** Whether x are logits, or softmax's output itself. Default "logits". */
  readonly from?: "logits" | "probabilities";
}

/** Class indices, or probabilities in as many numbers as there are logits. */
export type Targets =
  | number
  | bigint
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Input;

/** Options of {@link Ops.crossEntropy}. `labelSmoothing` and `where` exclude each other. */
export interface LossOptions<Reduction> extends LogitsOptions {
  /** A weight of 0 or more for each class. */
  readonly weight?: FloatArray | readonly number[];
  /** A weight of 0 or more for each row. */
  readonly sampleWeight?: FloatArray | readonly number[];
  /** Rows with this class index count for nothing, whatever stands in them. Default -100. */
  readonly ignoreIndex?: number;
  /** From 0 to 1: this much of each target is shared out evenly among all classes. Default 0. */
  readonly labelSmoothing?: number;
  /**
   * "mean": the sum over the rows, divided by the sum of the weights of their classes (and rows); "sum"; or "none": each
   * row's loss. Default "mean".
   */
  readonly reduction?: Reduction;
}

/** A result of the first input's kind, dtype and shape. */
export interface MapFunction<O> {
  <X extends Input, Out extends Into<X>>(x: X, options: O & Writing<Out>): Out;
  <X extends Input>(x: X, options?: O & Fresher): Fresh<X, NestedResult<X>>;
}

/** The same for two inputs of one kind, dtype and shape. */
export interface ProductFunction {
  <X extends Input, Out extends Into<X>>(y: X, dy: Input, options: LogitsOptions & Writing<Out>): Out;
  <X extends Input>(y: X, dy: Input, options?: LogitsOptions & Fresher): Fresh<X, NestedResult<X>>;
}

/** One number a row, in x's kind and dtype. */
export interface ReduceFunction<O> {
  <X extends Input, Out extends Into<X>>(x: X, options: O & Writing<Out>): Out;
  <X extends Input>(x: X, options?: O & Fresher & OneAxis): Fresh<X, Fewer<X>>;
  <X extends Input>(x: X, options?: O & Fresher): Fresh<X, NestedValues>;
}

/** The same for two inputs. */
export interface CompareFunction<O, Second> {
  <X extends Input, Out extends Into<X>>(x: X, second: Second, options: O & Writing<Out>): Out;
  <X extends Input>(x: X, second: Second, options?: O & Fresher & OneAxis): Fresh<X, Fewer<X>>;
  <X extends Input>(x: X, second: Second, options?: O & Fresher): Fresh<X, NestedValues>;
}

export interface SignedFunction {
  <X extends Input>(
    x: X,
    options?: LogSumExpOptions & OneAxis,
  ): { value: Fresh<X, Fewer<X>>; sign: Fresh<X, Fewer<X>> };
  <X extends Input>(x: X, options?: LogSumExpOptions): { value: Fresh<X, NestedValues>; sign: Fresh<X, NestedValues> };
}

export interface JacobianFunction {
  <X extends Input, Out extends Into<X>>(x: X, options: DerivativeOptions & Writing<Out>): Out;
  <X extends Input>(x: X, options?: DerivativeOptions & Fresher & OneAxis): Fresh<X, Deeper<X>>;
  <X extends Input>(x: X, options?: DerivativeOptions & Fresher): Fresh<X, NestedValues>;
}

export interface HessianFunction {
  <X extends Input, Out extends Into<X>>(x: X, options: DerivativeOptions & Writing<Out>): Out;
  <X extends Input>(x: X, options?: DerivativeOptions & Fresher & OneAxis): Fresh<X, Deepest<X>>;
  <X extends Input>(x: X, options?: DerivativeOptions & Fresher): Fresh<X, NestedValues>;
}

export interface HessianComponentFunction {
  <X extends Input, Out extends Into<X>>(x: X, component: number, options: DerivativeOptions & Writing<Out>): Out;
  <X extends Input>(x: X, component: number, options?: DerivativeOptions & Fresher & OneAxis): Fresh<X, Deeper<X>>;
  <X extends Input>(x: X, component: number, options?: DerivativeOptions & Fresher): Fresh<X, NestedValues>;
}

export interface LossFunction {
  <X extends Input, Out extends Into<X>>(logits: X, targets: Targets, options: LossOptions<"none"> & Writing<Out>): Out;
  <X extends Input>(
    logits: X,
    targets: Targets,
    options: LossOptions<"none"> & { readonly reduction: "none" } & Fresher & OneAxis,
  ): Fresh<X, Fewer<X>>;
  <X extends Input>(
    logits: X,
    targets: Targets,
    options: LossOptions<"none"> & { readonly reduction: "none" } & Fresher,
  ): Fresh<X, NestedValues>;
  (logits: Input, targets: Targets, options?: LossOptions<"mean" | "sum"> & Fresher): number;
}

export interface GradFunction {
  <X extends Input, Out extends Into<X>>(
    logits: X,
    targets: Targets,
    options: LossOptions<"mean" | "sum"> & Writing<Out>,
  ): { loss: number; grad: Out };
  <X extends Input>(
    logits: X,
    targets: Targets,
    options?: LossOptions<"mean" | "sum"> & Fresher,
  ): { loss: number; grad: Fresh<X, NestedResult<X>> };
  <X extends Input, Out extends Into<X>>(
    logits: X,
    targets: Targets,
    options: LossOptions<"none"> & { readonly reduction: "none" } & Writing<Out>,
  ): { loss: Fresh<X, NestedValues>; grad: Out };
  <X extends Input>(
    logits: X,
    targets: Targets,
    options: LossOptions<"none"> & { readonly reduction: "none" } & Fresher,
  ): { loss: Fresh<X, NestedValues>; grad: Fresh<X, NestedResult<X>> };
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
  readonly klDivergence: CompareFunction<ReduceOptions, Input>;
  /** The log-probability of one class a row. */
  readonly logProb: CompareFunction<LogitsOptions, Targets>;
  /** 1 / (1 + exp(-β x)) for each element. */
  readonly sigmoid: MapFunction<SigmoidOptions>;
}
