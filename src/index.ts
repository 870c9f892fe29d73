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
  ready,
  sigmoid,
  softmax,
  softmaxHessian,
  softmaxHessianComponent,
  softmaxJacobian,
  softmaxJvp,
  softmaxVjp,
  topK,
  verify,
} from "./default.js";
export type * from "./exported-types.js";
