// The bounds that the package promises, and that its tests hold it to.

export type Dtype = "float32" | "float64";

export interface Bounds {
  /** Significand bits. */
  readonly bits: 24 | 53;
  /** The smallest normal number: what is below may be flushed to 0. */
  readonly smallestNormal: number;
  /** Most ULP by which the exp kernel errs, for results from the smallest normal number up. */
  readonly expUlp: number;
  /** Most ULP by which exp(a) may fall short of exp(b) where a > b. */
  readonly expOrderUlp: number;
  /** Largest relative error of softmax for logits within ±`logits`. */
  readonly softmax: number;
  readonly logits: number;
  /** Largest relative error of softmax for logits within ±256, whatever |x - max| is. */
  readonly anyLogits: number;
  /** A row of probabilities, added in float64, is this near to 1. */
  readonly sum: number;
  /** Largest relative error of log-softmax for logits within ±256, at the maximum too. */
  readonly logSoftmax: number;
  /** Largest error of log-sum-exp, relative to the larger of |max| and log K. */
  readonly logSumExp: number;
  /** Largest error of derivatives and losses, relative to the sizes of the terms that are added. */
  readonly terms: number;
  /** Largest error of entropies, relative to the sizes of the terms that are added. */
  readonly entropy: number;
  /** Largest relative error of sigmoid, for results from the smallest normal number up. */
  readonly sigmoid: number;
}

export const CONTRACT: Readonly<Record<Dtype, Bounds>> = {
  float32: {
    bits: 24,
    smallestNormal: 2 ** -126,
    expUlp: 2,
    expOrderUlp: 2,
    softmax: 1.5e-6,
    logits: 10,
    anyLogits: 6e-7,
    sum: 4e-7,
    logSoftmax: 6e-7,
    logSumExp: 1.2e-7,
    terms: 6e-7,
    entropy: 1.2e-7,
    sigmoid: 4e-7,
  },
  float64: {
    bits: 53,
    smallestNormal: 2 ** -1022,
    expUlp: 1,
    expOrderUlp: 1,
    softmax: 4e-15,
    logits: 10,
    anyLogits: 2e-15,
    sum: 4e-15,
    logSoftmax: 2e-15,
    logSumExp: 1e-15,
    terms: 4e-15,
    entropy: 1e-15,
    sigmoid: 1e-15,
  },
};
