// The types of softmax-simd/sampling's functions.

import type {
  Float16,
  FloatArray,
  FreshArray,
  Indices,
  IntegerArray,
  NestedNumbers,
  NestedResult,
  OneAxis,
  Shaped,
  SoftmaxOptions,
  TensorLike,
  TensorResult,
  WholeArray,
} from "../types.js";

/** What is taken as logits. */
export type Logits = FloatArray | NestedNumbers | TensorLike;

/**
 * What is added to logits, finite or -Infinity: a number for each of some classes, by index, in a Map or an object; or for
 * every class, or every logit, as many numbers, or in a shape that broadcasts.
 */
export type LogitBias = ReadonlyMap<number, number> | Readonly<Record<number, number>> | Logits;

/** Class indices. */
export type ClassHistory = readonly (number | bigint)[] | IntegerArray;

interface FilterOptions extends Pick<SoftmaxOptions, "where" | "temperature" | "beta" | "base"> {
  /** Keeps the classes of the k largest logits; with a negative beta those of the smallest. 1 or more. */
  readonly topK?: number;
  /** Keeps the fewest classes whose probabilities add up to this. From 0, the most probable alone, to 1, all. */
  readonly topP?: number;
  /** Keeps the classes with at least this share of the largest probability. From 0, all, to 1, the most probable. */
  readonly minP?: number;
  /** Added to the logits. -Infinity forbids a class, whatever its logit. */
  readonly logitBias?: LogitBias;
  /** Logits of classes in `history` are divided by it if positive, else multiplied. More than 0; 1 does nothing. */
  readonly repetitionPenalty?: number;
  /** Subtracted from logits as many times as their class is in `history`. */
  readonly frequencyPenalty?: number;
  /** Subtracted from logits whose class is in `history`. */
  readonly presencePenalty?: number;
}

interface StreamOptions {
  /** An integer from 0 to 2^53 - 1, or a bigint from 0 to 2^64 - 1. Default: another each time. */
  readonly seed?: number | bigint;
  /** Which draw of the seed's: another step gives other draws. From 0 to 2^53 - 1; default 0. */
  readonly step?: number;
  /** Uniform numbers from 0 to below 1, in place of `seed` and `step`; called once a draw. */
  readonly rng?: () => number;
}

/** Options of {@link logitsToProbs}, but for `out`. At most one of `temperature`, `beta` and `base`. */
export interface ProbabilityOptions extends FilterOptions, Pick<SoftmaxOptions, "shape" | "axis"> {
  /** Classes drawn before, for the penalties: for one row an array of indices, for more an array of these. */
  readonly history?: ClassHistory | readonly ClassHistory[];
}

/** Options of {@link sample} and {@link sampleWithLogProbs}. */
export interface SampleOptions extends ProbabilityOptions, StreamOptions {
  /** Draws a row, 0 or more. Default 1. */
  readonly numSamples?: number;
  /** false: no class twice in a row's draws. Default true. */
  readonly replacement?: boolean;
}

/** Options of {@link Sampler}. */
export interface SamplerOptions extends FilterOptions, StreamOptions {
  /** Classes drawn before, as those of a prompt; `accept` adds to them. */
  readonly history?: ClassHistory;
}

/** Class indices of draws, in a last axis of their own. */
export interface SampleFunction {
  <X extends Logits>(logits: X, options?: SampleOptions & Omit<OneAxis, "keepDims">): Indices<X, NestedResult<X>>;
  <X extends Logits>(logits: X, options: SampleOptions & Omit<WholeArray, "keepDims">): Indices<X, number[]>;
  (logits: readonly number[], options: SampleOptions & Shaped): number[];
  <X extends Logits>(logits: X, options?: SampleOptions): Indices<X, NestedDraws>;
}

/** Draws, or their numbers, in fresh arrays of arrays. */
export type NestedDraws = (number | NestedDraws)[];

/** Draws with their log-probabilities, in arrays of one shape. */
export interface SamplesWithLogProbs<Samples, LogProbs> {
  /** The classes drawn, as {@link sample} gives them. */
  samples: Samples;
  /** Under the distribution that they were drawn from, as {@link logitsToProbs} gives it. */
  logProbs: LogProbs;
  /** Under softmax of the logits as they were given, with `where` alone. */
  rawLogProbs: LogProbs;
}

type Drawn<X, Nested> = SamplesWithLogProbs<Indices<X, Nested>, LogProbsOf<X, Nested>>;

type LogProbsOf<X, Nested> = X extends FloatArray
  ? FreshArray<X>
  : X extends NestedNumbers
    ? Nested
    : X extends TensorLike
      ? TensorResult<X>
      : never;

/** Class indices of draws, and their log-probabilities. */
export interface SampleWithLogProbsFunction {
  <X extends Logits>(logits: X, options?: SampleOptions & Omit<OneAxis, "keepDims">): Drawn<X, NestedResult<X>>;
  <X extends Logits>(logits: X, options: SampleOptions & Omit<WholeArray, "keepDims">): Drawn<X, number[]>;
  (logits: readonly number[], options: SampleOptions & Shaped): SamplesWithLogProbs<number[], number[]>;
  <X extends Logits>(logits: X, options?: SampleOptions): Drawn<X, NestedDraws>;
}

interface Writing<Out> extends ProbabilityOptions {
  /** Where the result is written; it is returned. Of the logits' kind, dtype and size; themselves, or no part of them. */
  readonly out?: Out;
}

/** Probabilities, of the logits' kind, dtype and shape. */
export interface ProbabilitiesFunction {
  (logits: Float32Array, options?: Writing<Float32Array>): FreshArray<Float32Array>;
  (logits: Float64Array, options?: Writing<Float64Array>): FreshArray<Float64Array>;
  (logits: Float16, options?: Writing<Float16>): FreshArray<Float16>;
  <X extends FloatArray>(logits: X, options?: Writing<NoInfer<X>>): FreshArray<X>;
  <X extends NestedNumbers>(logits: X, options?: Writing<NestedResult<X>>): NestedResult<X>;
  <X extends TensorLike>(logits: X, options?: Writing<TensorLike>): TensorResult<X>;
}
