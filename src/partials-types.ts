// The types of rows whose columns stand in several places.

import type { Extra, Mode, Returned } from "./mode.js";
import type { AxisOptions, Input, LogitsOptions } from "./op-options.js";
import type { Fresh, Fresher, Into, Writing } from "./op-results.js";
import type { FreshArray, NestedResult } from "./types.js";

/** What is known of rows, or of the part of each that stands in one place. Of row-major order, a number a row. */
export interface Partials {
  /** The logit with the largest β x, in float64; -Infinity (for β < 0, Infinity) where there is none. */
  readonly max: FreshArray<Float64Array>;
  /** Σ exp(β (x - max)); 0 where there is nothing. */
  readonly sum: FreshArray<Float64Array>;
  /** What logits are multiplied by: one over the temperature. */
  readonly beta: number;
}

/** {@link Partials} as they may come from elsewhere. */
export interface PartialsLike {
  /** A number a row: the logit with the largest β x. */
  readonly max: Float64Array | readonly number[];
  /** As many: Σ exp(β (x - max)). */
  readonly sum: Float64Array | readonly number[];
  /** What logits are multiplied by. */
  readonly beta: number;
}

/** Options of {@link normalizeWith}. */
export interface NormalizeOptions extends AxisOptions {
  /** Logarithms, as log-softmax gives them. Default false. */
  readonly log?: boolean;
}

/** What is known of rows, one number a row. */
export type PartialsFunction<M extends Mode = "value"> = (
  x: Input<M>,
  options?: LogitsOptions & Extra<M>,
) => Returned<M, Partials>;

/** The same for a part of each row, under what is known of the whole. */
export interface NormalizeFunction<M extends Mode = "value"> {
  <X extends Input<M>, Out extends Into<M, X, NestedResult<X>>>(
    x: X,
    partials: PartialsLike,
    options: NormalizeOptions & Extra<M> & Writing<Out>,
  ): Returned<M, Out>;
  <X extends Input<M>>(
    x: X,
    partials: PartialsLike,
    options?: NormalizeOptions & Extra<M> & Fresher,
  ): Returned<M, Fresh<X, NestedResult<X>>>;
}
