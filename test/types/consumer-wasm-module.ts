// Where the global types have WebAssembly, the default export of a .wasm file is its Module.

import sampling, { type SamplingKernels } from "softmax-simd/sampling.simd.wasm";
import simd, { type Kernels } from "softmax-simd/simd.wasm";

export const module: WebAssembly.Module = simd;
export const kernels = new WebAssembly.Instance(simd).exports as unknown as Kernels;
export const drawing = new WebAssembly.Instance(sampling).exports as unknown as SamplingKernels;
