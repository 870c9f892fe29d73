// The kernels' names and signatures, once. A test holds them against the modules' real exports.

/** Its parameters: pointers, counts, and float64 numbers where they are called beta, fill, keep, smooth or …Scale. */
type Kernel<P extends readonly string[]> = (...parameters: { [K in keyof P]: number }) => void;

/** One that gives a number. */
type Asking<P extends readonly string[]> = (...parameters: { [K in keyof P]: number }) => number;

type AlongAxis = Kernel<["x", "y", "outer", "length", "inner", "beta", "scratch"]>;
type Select = Kernel<["x", "y", "mask", "count", "fill"]>;
type Convert = Kernel<["x", "y", "count"]>;
type Map = Kernel<["x", "y", "rows", "columns", "beta", "scratch"]>;
type LogSumExp = Kernel<["x", "weights", "values", "signs", "rows", "columns", "beta", "scratch"]>;
type CrossEntropy = Kernel<
  [
    ...["x", "grad", "rows", "columns", "beta", "labels", "targets", "weight", "scales"],
    ...["keep", "smooth", "gradScale", "losses", "scratch"],
  ]
>;
type Product = Kernel<["y", "dy", "dx", "rows", "columns", "beta", "scratch"]>;
type Derivative = Kernel<["s", "result", "columns", "first", "count", "beta"]>;
type Divergence = Kernel<["p", "q", "values", "rows", "columns", "scratch"]>;
type Sigmoid = Kernel<["x", "y", "count", "beta", "scratch"]>;
/** Of the gradient: x, g, dw, db. */
type Affine = Kernel<["x", "w", "b", "z", "rows", "pitch", "classes"]>;
type Turn = Kernel<["x", "y", "outer", "length", "inner"]>;

type Argmax = Kernel<["x", "values", "rows", "columns"]>;
type TopK = Kernel<["x", "values", "indices", "rows", "columns", "k", "sorted", "work"]>;
type Uniforms = Kernel<["values", "rows", "draws", "first", "seedLow", "seedHigh", "stepLow", "stepHigh"]>;
/** The first row that it could not draw from; -1 if there is none. */
type Draw = Asking<
  [
    ...["x", "rows", "columns", "beta", "topK", "topP", "minP", "draws", "replacement"],
    ...["uniforms", "tokens", "logProbs", "work", "scratch"],
  ]
>;
type Probabilities = Kernel<["x", "rows", "columns", "beta", "topK", "topP", "minP", "work", "scratch"]>;
type Normalizers = Kernel<["x", "rows", "columns", "values", "work", "scratch"]>;

/** What a module exports. */
export interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  /** The first byte that no static data takes. */
  readonly heapBase: { readonly value: number };
  /** 1 in the module built with relaxed SIMD. */
  readonly relaxed: { readonly value: number };
  readonly softmaxF32: AlongAxis;
  readonly softmaxF64: AlongAxis;
  readonly logSoftmaxF32: Map;
  readonly logSoftmaxF64: Map;
  readonly logSumExpF32: LogSumExp;
  readonly logSumExpF64: LogSumExp;
  readonly crossEntropyF32: CrossEntropy;
  readonly crossEntropyF64: CrossEntropy;
  readonly softmaxVjpF32: Product;
  readonly softmaxVjpF64: Product;
  readonly logSoftmaxVjpF32: Product;
  readonly logSoftmaxVjpF64: Product;
  readonly jacobianF32: Derivative;
  readonly jacobianF64: Derivative;
  readonly hessianF32: Derivative;
  readonly hessianF64: Derivative;
  readonly klDivergenceF32: Divergence;
  readonly klDivergenceF64: Divergence;
  readonly sigmoidF32: Sigmoid;
  readonly sigmoidF64: Sigmoid;
  readonly argmaxF32: Argmax;
  readonly argmaxF64: Argmax;
  readonly topKF32: TopK;
  readonly topKF64: TopK;
  readonly selectF32: Select;
  readonly selectF64: Select;
  readonly turn32: Turn;
  readonly turn64: Turn;
  readonly widenF16: Convert;
  readonly narrowF16: Convert;
}

type Shared = "memory" | "heapBase" | "relaxed";

/** What a module of softmax-simd/learn exports. */
export interface LearnKernels
  extends Pick<Kernels, Shared | `softmax${Suffix}` | `crossEntropy${Suffix}` | `logSoftmax${Suffix}`> {
  readonly affineF32: Affine;
  readonly affineF64: Affine;
  readonly affineGradF32: Affine;
  readonly affineGradF64: Affine;
}

/** What the module of softmax-simd/sampling exports. */
export interface SamplingKernels
  extends Pick<Kernels, Shared | `select${Suffix}` | "turn32" | "turn64" | "widenF16" | "narrowF16"> {
  readonly uniforms: Uniforms;
  readonly drawF32: Draw;
  readonly drawF64: Draw;
  readonly probabilitiesF32: Probabilities;
  readonly probabilitiesF64: Probabilities;
  readonly normalizersF32: Normalizers;
  readonly normalizersF64: Normalizers;
}

type Suffix = "F32" | "F64";

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
