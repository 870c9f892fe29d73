// What a consumer of the .wasm files writes, compiled by test/types/check.ts without and with the types of WebAssembly.

import { createSoftmax } from "softmax-simd";
import learnRelaxed, { type LearnKernels } from "softmax-simd/learn.relaxed-simd.wasm";
import learn from "softmax-simd/learn.simd.wasm";
import relaxed from "softmax-simd/relaxed-simd.wasm";
import sampling, { type SamplingKernels } from "softmax-simd/sampling.simd.wasm";
import simd, { type Kernels } from "softmax-simd/simd.wasm";

export const modules: readonly object[] = [simd, relaxed, learn, learnRelaxed, sampling];
export const { softmax } = createSoftmax({ module: simd });

// @ts-expect-error: a module is no number, so it is not `any`
export const none: number = simd;

export function run({ memory, heapBase, softmaxF32, topKF64 }: Kernels): number {
  const scratch = Math.ceil(heapBase.value / 64) * 64;
  const x = scratch + 5120;
  new Float32Array(memory.buffer, x, 3).set([1, 2, 3]);
  softmaxF32(x, x, 1, 3, 1, 1, scratch);
  topKF64(x, x, x, 1, 3, 1, 1, x);
  // @ts-expect-error: a parameter is missing
  softmaxF32(x, x, 1, 3, 1, 1);
  return memory.grow(1);
}

export function others(learn: LearnKernels, { drawF32 }: SamplingKernels): number {
  learn.affineGradF32(0, 0, 0, 0, 1, 4, 2);
  // @ts-expect-error: of the main modules alone
  learn.topKF32;
  return drawF32(0, 1, 3, 1, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0);
}
