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

/** (s, to, columns, first, count, beta) */
export type JacobianKernel = (
  s: number,
  to: number,
  columns: number,
  first: number,
  count: number,
  beta: number,
) => void;

/** (y, dy, dx, rows, columns, beta, scratch) */
export type VjpKernel = (
  y: number,
  dy: number,
  dx: number,
  rows: number,
  columns: number,
  beta: number,
  scratch: number,
) => void;

/** (x, y, count, beta, scratch) */
export type SigmoidKernel = (x: number, y: number, count: number, beta: number, scratch: number) => void;

/** (p, q, values, rows, columns, scratch) */
export type DivergenceKernel = (
  p: number,
  q: number,
  values: number,
  rows: number,
  columns: number,
  scratch: number,
) => void;

/** (x, y, outer, length, inner) */
export type TurnKernel = (x: number, y: number, outer: number, length: number, inner: number) => void;

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
  readonly jacobianF32: JacobianKernel;
  readonly jacobianF64: JacobianKernel;
  readonly hessianF32: JacobianKernel;
  readonly hessianF64: JacobianKernel;
  readonly softmaxVjpF32: VjpKernel;
  readonly softmaxVjpF64: VjpKernel;
  readonly logSoftmaxVjpF32: VjpKernel;
  readonly logSoftmaxVjpF64: VjpKernel;
  readonly sigmoidF32: SigmoidKernel;
  readonly sigmoidF64: SigmoidKernel;
  readonly klDivergenceF32: DivergenceKernel;
  readonly klDivergenceF64: DivergenceKernel;
  readonly turn32: TurnKernel;
  readonly turn64: TurnKernel;
}

/** How many parameters each kernel takes. */
export const KERNELS: Readonly<Record<KernelName, number>> = {
  softmaxF32: 7,
  softmaxF64: 7,
  selectF32: 5,
  selectF64: 5,
  widenF16: 3,
  narrowF16: 3,
  jacobianF32: 6,
  jacobianF64: 6,
  hessianF32: 6,
  hessianF64: 6,
  softmaxVjpF32: 7,
  softmaxVjpF64: 7,
  logSoftmaxVjpF32: 7,
  logSoftmaxVjpF64: 7,
  sigmoidF32: 5,
  sigmoidF64: 5,
  klDivergenceF32: 6,
  klDivergenceF64: 6,
  turn32: 5,
  turn64: 5,
};

export type KernelName = Exclude<keyof Kernels, "memory" | "heapBase" | "relaxed">;

/** Bytes of scratch memory that a kernel may ask for. */
export const SCRATCH_BYTES = 5120;
