// What comes back from ops for each kind of input, and what may stand beside it.

import type { Allocated, Mode } from "./mode.js";
import type { Input } from "./op-options.js";
import type { FloatArray, FreshArray, NestedNumbers, NestedResult, TensorLike, TensorResult } from "./types.js";

/** Numbers in fresh arrays of arrays, or one number. */
export type NestedValues = number | NestedValues[];

/** What comes back for X: typed arrays for typed and allocated ones, tensors for tensors, and Nested for nested arrays. */
export type Fresh<X, Nested> =
  X extends Allocated<Mode>
    ? FreshArray<X["data"]>
    : X extends FloatArray
      ? FreshArray<X>
      : X extends NestedNumbers
        ? Nested
        : X extends TensorLike
          ? TensorResult<X>
          : never;

/** Arrays of one dtype. */
export type Singles<M extends Mode> = Float32Array | Allocated<M, "float32">;
export type Doubles<M extends Mode> = Float64Array | Allocated<M, "float64">;

/** Where a result for X may be written: in arrays of its kind and dtype. */
export type Into<M extends Mode, X, Nested = NestedValues[]> =
  X extends Singles<M>
    ? Singles<M>
    : X extends Doubles<M>
      ? Doubles<M>
      : X extends NestedNumbers
        ? Nested
        : X extends TensorLike
          ? TensorLike
          : X;

/** What may stand beside X: the same, or what else has its dtype, as far as types tell that. */
export type Beside<M extends Mode, X> =
  | NoInfer<X>
  | (X extends Singles<M>
      ? Singles<M> | TensorLike
      : X extends Doubles<M> | NestedNumbers
        ? Doubles<M> | NestedNumbers | TensorLike
        : Input<M>);

/** Options with an array to write into, which is returned. */
export interface Writing<Out> {
  readonly out: Out;
}

export interface Fresher {
  readonly out?: undefined;
}

/** Options where nested arrays keep their levels. */
export interface Keeping {
  readonly keepDims: true;
}

export interface PerRow {
  readonly reduction: "none";
}

export type Fewer<X> = X extends readonly (infer E)[] ? (E extends number ? number : NestedResult<E>) : never;
export type Deeper<X> = X extends readonly number[] ? number[][] : X extends readonly (infer E)[] ? Deeper<E>[] : never;
export type Deepest<X> = X extends readonly number[]
  ? number[][][]
  : X extends readonly (infer E)[]
    ? Deepest<E>[]
    : never;
