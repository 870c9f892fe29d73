// The ABI of softmax-simd/learn's own modules, so that the main entry's carry nothing that it does not call.
export { relaxed } from "./module";
export { softmaxF32, softmaxF64 } from "./softmax";
export { crossEntropyF32, crossEntropyF64 } from "./crossentropy";
export { logSoftmaxF32, logSoftmaxF64 } from "./logsoftmax";
export { affineF32, affineF64, affineGradF32, affineGradF64 } from "./affine";
export { __heap_base as heapBase };
