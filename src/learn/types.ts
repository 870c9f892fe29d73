import type { Float16, FloatArray, FreshArray, IntegerArray, NestedNumbers, ShapeOf, TensorLike } from "../types.js";

/** What a class may be called. */
export type ClassLabel = number | string | boolean | bigint;

/** Labels, all of one kind. */
export type LabelArray = readonly ClassLabel[] | IntegerArray | Float16 | Float32Array | Float64Array;

/** A fresh array of labels as those that the model was fitted to. */
export type Predicted<Y extends LabelArray> = Y extends readonly (infer L)[] ? L[] : Y;

/** A number a sample. */
export type Weights = readonly number[] | Exclude<LabelArray, readonly ClassLabel[] | BigInt64Array | BigUint64Array>;

/**
 * Samples, one a row: nested arrays (computed in float64), a tensor of two axes, or a flat array, row-major. float16 is
 * computed in float32, and its results are float32.
 */
export type Features = FloatArray | NestedNumbers | TensorLike;

/** Numbers a sample, as the samples came: flat, nested, or a tensor. */
export type PerSample<X extends Features> = X extends Float32Array | Float64Array
  ? FreshArray<X>
  : X extends Float16
    ? FreshArray<Float32Array>
    : X extends readonly number[]
      ? number[]
      : X extends readonly unknown[]
        ? number[][]
        : {
            /** [samples, classes], row-major. */
            data: Float32Array | Float64Array;
          } & ShapeOf<X>;

/** Options of methods that take samples. */
export interface ShapeOption {
  /** [samples, features] of a flat X. Default: as many samples as y has labels, as many features as were fitted. */
  readonly shape?: readonly number[];
}

/** Options of {@link SoftmaxRegression.fit} and {@link SoftmaxRegression.score}. */
export interface SampleOptions extends ShapeOption {
  /** What each sample counts for: 0 or more. Default 1 each. */
  readonly sampleWeight?: Weights;
}

/** What `onIteration` is told. */
export interface Iteration {
  /** From 1 on. */
  readonly iteration: number;
  /** What is minimised: the samples' mean loss and the penalty. */
  readonly loss: number;
  /** The largest absolute entry of its gradient, which is held against `tol`. */
  readonly gradientNorm: number;
}

/** Options of {@link SoftmaxRegression}. */
export interface SoftmaxRegressionOptions {
  /** The inverse of the penalty's strength, more than 0; Infinity for no penalty. Default 1. */
  readonly C?: number;
  /** Training stops when no entry of the gradient of the mean loss is larger. Default 1e-4. */
  readonly tol?: number;
  /** The most iterations. Default 100. */
  readonly maxIter?: number;
  /** Whether there is an intercept. Default true. */
  readonly fitIntercept?: boolean;
  /**
   * Starts from small random weights, the same for the same integer, in place of zeros. The loss is convex: within `tol`
   * the model is the same.
   */
  readonly seed?: number;
  /** Called after each iteration. What it throws ends the fit, and leaves the model as it was. */
  readonly onIteration?: (iteration: Iteration) => void;
}

/** A class a row, as an integer from 0 on. */
export type ClassIndices = readonly (number | bigint)[] | Exclude<LabelArray, readonly ClassLabel[]>;

/** What {@link fitTemperature} found. */
export interface FittedTemperature {
  /** T of softmax(logits / T), more than 0. */
  readonly temperature: number;
  /** The mean of -log p_label at it, in nats. */
  readonly loss: number;
  /** … and at temperature 1. */
  readonly lossBefore: number;
}

/** Options of {@link reliability} and {@link expectedCalibrationError}. */
export interface CalibrationOptions {
  /** [rows, classes] of flat probabilities. Default: as many rows as there are labels. */
  readonly shape?: readonly number[];
  /** How many. Default 15. */
  readonly bins?: number;
}

/** The rows whose confidence is above `lower` and up to `upper`. */
export interface ReliabilityBin {
  /** From 0 on. */
  readonly lower: number;
  /** Up to 1. */
  readonly upper: number;
  /** How many rows. */
  readonly count: number;
  /** Their mean largest probability; NaN without rows. */
  readonly confidence: number;
  /** The share of them that is right; NaN without rows. */
  readonly accuracy: number;
}

/** What `toJSON` gives: numbers, strings and booleans in arrays and objects. */
export interface SoftmaxRegressionJSON {
  /** What it is of. */
  readonly model: "SoftmaxRegression";
  /** {@link SoftmaxRegressionOptions.C}; null: Infinity. */
  readonly C: number | null;
  /** {@link SoftmaxRegressionOptions.tol}. */
  readonly tol: number;
  /** {@link SoftmaxRegressionOptions.maxIter}. */
  readonly maxIter: number;
  /** {@link SoftmaxRegressionOptions.fitIntercept}. */
  readonly fitIntercept: boolean;
  /** {@link SoftmaxRegressionOptions.seed}. */
  readonly seed?: number;
  /** What was learned; not there before `fit`. */
  readonly fitted?: {
    /** The kind of the labels: "number", "string", "boolean", "bigint", or the type of a typed array. */
    readonly labels: string;
    /** bigints as strings. */
    readonly classes: readonly (number | string | boolean)[];
    /** {@link SoftmaxRegression.coef}: [classes, features]. */
    readonly coef: readonly (readonly number[])[];
    /** {@link SoftmaxRegression.intercept}: one a class. */
    readonly intercept: readonly number[];
    /** {@link SoftmaxRegression.nIter}. */
    readonly nIter: number;
    /** {@link SoftmaxRegression.converged}. */
    readonly converged: boolean;
  };
}
