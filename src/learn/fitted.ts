import { nest } from "../check/nested.js";
import type { LabelKind } from "./labels.js";
import type { ClassLabel } from "./types.js";

/** What was learned. */
export interface Learned {
  /** The kind of array that labels are predicted in. */
  readonly kind: LabelKind;
  readonly classes: readonly ClassLabel[];
  /** classes x features, row-major. */
  readonly weights: Float64Array;
  readonly biases: Float64Array;
  readonly nIter: number;
  readonly converged: boolean;
}

/** The same, with what a user reads of it: frozen, since predictions would not follow a change. */
export interface Fitted extends Learned {
  readonly coef: readonly (readonly number[])[];
  readonly intercept: readonly number[];
}

export function fittedOf(learned: Learned): Fitted {
  const { weights, biases, classes } = learned;
  const coef = nest(weights, [classes.length, weights.length / classes.length]) as number[][];
  return {
    ...learned,
    coef: Object.freeze(coef.map((row) => Object.freeze(row))),
    intercept: Object.freeze([...biases]),
  };
}
