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
