/**
 * The functions over one instance of the kernels that all callers share: nothing is compiled before the first call, and
 * where no kernel can serve, {@link "softmax-simd/reference"} does.
 *
 * @module softmax-simd
 */

export { createSoftmax } from "./create.js";
export {
  allocate,
  argmax,
  backend,
  crossEntropy,
  crossEntropyWithGrad,
  entropy,
  hardmax,
  klDivergence,
  logProb,
  logSoftmax,
  logSoftmaxVjp,
  logSumExp,
  logSumExpSigned,
  normalizeWith,
  ready,
  sigmoid,
  softmax,
  softmaxHessian,
  softmaxHessianComponent,
  softmaxJacobian,
  softmaxJvp,
  softmaxPartials,
  softmaxVjp,
  topK,
  verify,
} from "./default.js";
export type * from "./exported-types.js";
export { mergePartials } from "./partials.js";
