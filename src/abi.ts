// The kernels' names, how many parameters they take and how much memory they want, once. A test holds the names and
// parameters against the modules' real exports.

import type { Kernels, LearnKernels, ParallelKernels, SamplingKernels, Shared } from "./kernel-types.js";

export type { Kernels, LearnKernels, ParallelKernels, SamplingKernels } from "./kernel-types.js";

/** How many parameters the kernels take that move and convert elements, of this entry and of others. */
const MOVES = { selectF32: 5, selectF64: 5, turn32: 5, turn64: 5, widenF16: 3, narrowF16: 3 };

/** How many parameters each kernel takes. */
export const KERNELS: Readonly<Record<KernelName, number>> = {
  softmaxF32: 7,
  softmaxF64: 7,
  logSoftmaxF32: 6,
  logSoftmaxF64: 6,
  logSumExpF32: 8,
  logSumExpF64: 8,
  crossEntropyF32: 14,
  crossEntropyF64: 14,
  softmaxVjpF32: 7,
  softmaxVjpF64: 7,
  logSoftmaxVjpF32: 7,
  logSoftmaxVjpF64: 7,
  jacobianF32: 6,
  jacobianF64: 6,
  hessianF32: 6,
  hessianF64: 6,
  klDivergenceF32: 6,
  klDivergenceF64: 6,
  sigmoidF32: 5,
  sigmoidF64: 5,
  partialsF32: 7,
  partialsF64: 7,
  normalizeF32: 9,
  normalizeF64: 9,
  argmaxF32: 4,
  argmaxF64: 4,
  topKF32: 8,
  topKF64: 8,
  ...MOVES,
};

export type KernelName = Exclude<keyof Kernels, Shared>;

/** The same of softmax-simd/learn's modules. */
export const LEARN_KERNELS: Readonly<Record<Exclude<keyof LearnKernels, Shared>, number>> = {
  softmaxF32: 7,
  softmaxF64: 7,
  logSoftmaxF32: 6,
  logSoftmaxF64: 6,
  crossEntropyF32: 14,
  crossEntropyF64: 14,
  affineF32: 7,
  affineF64: 7,
  affineGradF32: 7,
  affineGradF64: 7,
};

/** The same of softmax-simd/sampling's module. */
export const SAMPLING_KERNELS: Readonly<Record<Exclude<keyof SamplingKernels, Shared>, number>> = {
  uniforms: 8,
  drawF32: 14,
  drawF64: 14,
  probabilitiesF32: 9,
  probabilitiesF64: 9,
  normalizersF32: 6,
  normalizersF64: 6,
  ...MOVES,
};

/** The same of softmax-simd/parallel's modules. */
export const PARALLEL_KERNELS: Readonly<Record<Exclude<keyof ParallelKernels, Shared>, number>> = {
  ...KERNELS,
  longMaximumF32: 6,
  longMaximumF64: 6,
  longExponentialsF32: 7,
  longExponentialsF64: 7,
  longFactorF32: 3,
  longFactorF64: 3,
  longScaleF32: 3,
  longScaleF64: 3,
};

/** Bytes of work memory that topK wants for rows of so many columns; aligned to 8. */
export function selectionBytes(columns: number): number {
  return SELECTION_BYTES + columns * 12;
}

/** … and the kernels of softmax-simd/sampling. */
export function samplingWorkBytes(columns: number): number {
  return selectionBytes(columns) + Math.ceil(columns / 256) * 8;
}

/** For the sample from which a kernel that selects takes its pivots. */
const SELECTION_BYTES = 4480;

/** Bytes of scratch memory that a kernel may ask for. */
export const SCRATCH_BYTES = 5120;
