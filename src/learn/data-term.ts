/** What each sample counts for. */
export interface Samples {
  readonly classes: number;
  /** The class of each sample. */
  readonly indices: Int32Array;
  /** Undefined: 1 each. */
  readonly weights: Float64Array | undefined;
}

/** The loss of a linear model over samples: Σ weight (-log p_class). */
export interface DataTerm {
  /** Columns of a row of weights: X's, perhaps padded with some for which the weights and the gradient are 0. */
  readonly pitch: number;
  /** The loss at (classes x pitch weights, then classes biases); its gradient there is written. */
  evaluate(point: Float64Array, gradient: Float64Array): number;
  /** To be called once, at last. */
  release(): void;
}
