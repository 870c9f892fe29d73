// The ABI: kernels over pointers into linear memory. A host passes byte offsets from __heap_base on.
export { relaxed } from "./module";
export { softmaxF32, softmaxF64 } from "./softmax";
export { crossEntropyF32, crossEntropyF64 } from "./crossentropy";
export { logSoftmaxF32, logSoftmaxF64 } from "./logsoftmax";
export { logSumExpF32, logSumExpF64 } from "./logsumexp";
export { partialsF32, partialsF64, normalizeF32, normalizeF64 } from "./partials";
export { argmaxF32, argmaxF64 } from "./argmax";
export { topKF32, topKF64 } from "./topk";
export { selectF32, selectF64 } from "./select";
export { widenF16, narrowF16 } from "./float16";
export { jacobianF32, jacobianF64, hessianF32, hessianF64 } from "./jacobian";
export { softmaxVjpF32, softmaxVjpF64, logSoftmaxVjpF32, logSoftmaxVjpF64 } from "./vjp";
export { klDivergenceF32, klDivergenceF64 } from "./divergence";
export { sigmoidF32, sigmoidF64 } from "./sigmoid";
export { turn32, turn64 } from "./turn";
export { __heap_base as heapBase };
