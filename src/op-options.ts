// The options of the ops beside softmax.

import type { Allocated, Mode } from "./mode.js";
import type { FloatArray, IntegerArray, NestedNumbers, SoftmaxOptions, TensorLike } from "./types.js";

/** What is taken as an input. */
export type Input<M extends Mode = "value"> = FloatArray | NestedNumbers | TensorLike | Allocated<M>;

/** Options of ops along an axis. */
export type AxisOptions = Pick<SoftmaxOptions, "shape" | "axis" | "where">;

/** Options of ops on logits: along an axis, and at most one of `temperature`, `beta` and `base`. */
export type LogitsOptions = Omit<SoftmaxOptions, "out">;

/** Options of {@link sigmoid}. At most one of `temperature`, `beta` and `base`. */
export type SigmoidOptions = Pick<SoftmaxOptions, "temperature" | "beta" | "base">;

/** Options of reductions. */
export interface ReduceOptions extends AxisOptions {
  /** Leaves the reduced axes as axes of size 1. Default false. */
  readonly keepDims?: boolean;
}

/** Options of {@link logSumExp}. */
export interface LogSumExpOptions<M extends Mode = "value"> extends LogitsOptions, ReduceOptions {
  /** Factors of the exponentials, of either sign: as many as x, one axis' worth, or in a shape that broadcasts. */
  readonly weights?: Input<M>;
}

/** Options of {@link softmaxJacobian} and the Hessians. */
export interface DerivativeOptions extends LogitsOptions {
  /** Whether x are logits, or softmax's output itself. Default "logits". */
  readonly from?: "logits" | "probabilities";
}

/** Options of {@link argmax}. */
export type ArgmaxOptions = Omit<ReduceOptions, "where">;

/** Options of {@link topK}. */
export interface TopKOptions extends Omit<AxisOptions, "where"> {
  /** The largest first; else in order of index. Default true. */
  readonly sorted?: boolean;
}

/** Class indices, or probabilities in as many numbers as there are logits. */
export type Targets<M extends Mode = "value"> = number | bigint | IntegerArray | Input<M>;

/** Options of {@link crossEntropy}. `labelSmoothing` and `where` exclude each other. */
export interface LossOptions<Reduction, M extends Mode = "value"> extends LogitsOptions {
  /** A weight of 0 or more for each class. */
  readonly weight?: Input<M>;
  /** A weight of 0 or more for each row. */
  readonly sampleWeight?: Input<M>;
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
