// The kernels' names and signatures, once. A test holds them against the modules' real exports.

/** (x, y, outer, length, inner, beta, scratch) */
export type SoftmaxKernel = (
  x: number,
  y: number,
  outer: number,
  length: number,
  inner: number,
  beta: number,
  scratch: number,
) => void;

/** (x, y, rows, columns, beta, scratch) */
export type LogSoftmaxKernel = (
  x: number,
  y: number,
  rows: number,
  columns: number,
  beta: number,
  scratch: number,
) => void;

/** (x, weights or 0, values, signs or 0, rows, columns, beta, scratch); values and signs are float64 */
export type LogSumExpKernel = (
  x: number,
  weights: number,
  values: number,
  signs: number,
  rows: number,
  columns: number,
  beta: number,
  scratch: number,
) => void;

/**
 * (x, grad or 0, rows, columns, beta, labels or 0, targets or 0, weight or 0, scales or 0, keep, smooth, gradScale, losses,
 * scratch); scales and losses are float64, labels int32
 */
export type CrossEntropyKernel = (
  x: number,
  grad: number,
  rows: number,
  columns: number,
  beta: number,
  labels: number,
  targets: number,
  weight: number,
  scales: number,
  keep: number,
  smooth: number,
  gradScale: number,
  losses: number,
  scratch: number,
) => void;

/** (x, y, mask, count, fill) */
export type SelectKernel = (x: number, y: number, mask: number, count: number, fill: number) => void;

/** (x, y, count) */
export type ConvertKernel = (x: number, y: number, count: number) => void;

/** (x, w, b, z, rows, pitch, classes); of the gradient (x, g, dw, db, rows, pitch, classes) */
export type AffineKernel = (
  x: number,
  w: number,
  b: number,
  z: number,
  rows: number,
  pitch: number,
  classes: number,
) => void;

/** What a module exports. */
export interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  /** The first byte that no static data takes. */
  readonly heapBase: { readonly value: number };
  /** 1 in the module built with relaxed SIMD. */
  readonly relaxed: { readonly value: number };
  readonly softmaxF32: SoftmaxKernel;
  readonly softmaxF64: SoftmaxKernel;
  readonly logSoftmaxF32: LogSoftmaxKernel;
  readonly logSoftmaxF64: LogSoftmaxKernel;
  readonly logSumExpF32: LogSumExpKernel;
  readonly logSumExpF64: LogSumExpKernel;
  readonly crossEntropyF32: CrossEntropyKernel;
  readonly crossEntropyF64: CrossEntropyKernel;
  readonly selectF32: SelectKernel;
  readonly selectF64: SelectKernel;
  readonly widenF16: ConvertKernel;
  readonly narrowF16: ConvertKernel;
  readonly affineF32: AffineKernel;
  readonly affineF64: AffineKernel;
  readonly affineGradF32: AffineKernel;
  readonly affineGradF64: AffineKernel;
}

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
  selectF32: 5,
  selectF64: 5,
  widenF16: 3,
  narrowF16: 3,
  affineF32: 7,
  affineF64: 7,
  affineGradF32: 7,
  affineGradF64: 7,
};

export type KernelName = Exclude<keyof Kernels, "memory" | "heapBase" | "relaxed">;

/** Bytes of scratch memory that a kernel may ask for. */
export const SCRATCH_BYTES = 5120;
