export { crossEntropy, crossEntropyWithGrad, logProb } from "./crossentropy.js";
export { entropy, klDivergence } from "./entropy.js";
export { softmaxHessian, softmaxHessianComponent, softmaxJacobian } from "./jacobian.js";
export { logSoftmax } from "./logsoftmax.js";
export { logSumExp, logSumExpSigned } from "./logsumexp.js";
export { sigmoid } from "./sigmoid.js";
export { softmax } from "./softmax.js";
export { logSoftmaxVjp, softmaxJvp, softmaxVjp } from "./vjp.js";
