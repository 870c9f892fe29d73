// The ABI of softmax-simd/sampling's own module, which is built without relaxed SIMD alone.
export { relaxed } from "./module";
export { drawF32, drawF64, probabilitiesF32, probabilitiesF64, normalizersF32, normalizersF64 } from "./draw";
export { uniforms } from "./philox";
export { selectF32, selectF64 } from "./select";
export { turn32, turn64 } from "./turn";
export { widenF16, narrowF16 } from "./float16";
export { __heap_base as heapBase };
