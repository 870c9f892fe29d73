// What the modules export, as their users type it: docs/abi.md says what each parameter means. Tests hold names and parameters
// against the kernels' sources and the binaries.

/** A compiled WebAssembly.Module, where the global types have it. */
export type CompiledModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } }
  ? Module
  : object;

type AlongAxis = (
  x: number,
  y: number,
  outer: number,
  length: number,
  inner: number,
  beta: number,
  scratch: number,
) => void;
type Rowwise = (x: number, y: number, rows: number, columns: number, beta: number, scratch: number) => void;
type LogSumExp = (
  x: number,
  weights: number,
  values: number,
  signs: number,
  rows: number,
  columns: number,
  beta: number,
  scratch: number,
) => void;
type CrossEntropy = (
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
type Product = (
  y: number,
  dy: number,
  dx: number,
  rows: number,
  columns: number,
  beta: number,
  scratch: number,
) => void;
type Derivative = (s: number, to: number, columns: number, first: number, count: number, beta: number) => void;
type Divergence = (p: number, q: number, values: number, rows: number, columns: number, scratch: number) => void;
type Sigmoid = (x: number, y: number, count: number, beta: number, scratch: number) => void;
type Partials = (
  x: number,
  values: number,
  sums: number,
  rows: number,
  columns: number,
  beta: number,
  scratch: number,
) => void;
type Normalize = (
  x: number,
  y: number,
  rows: number,
  columns: number,
  beta: number,
  maxima: number,
  sums: number,
  log: number,
  scratch: number,
) => void;
type Argmax = (x: number, values: number, rows: number, columns: number) => void;
type TopK = (
  x: number,
  values: number,
  indices: number,
  rows: number,
  columns: number,
  k: number,
  sorted: number,
  work: number,
) => void;
type Select = (x: number, y: number, mask: number, count: number, fill: number) => void;
type Turn = (x: number, y: number, outer: number, length: number, inner: number) => void;
type Convert = (x: number, y: number, count: number) => void;
type Affine = (x: number, w: number, b: number, z: number, rows: number, pitch: number, classes: number) => void;
type AffineGrad = (x: number, g: number, dw: number, db: number, rows: number, pitch: number, classes: number) => void;
type Uniforms = (
  values: number,
  rows: number,
  draws: number,
  first: number,
  seedLow: number,
  seedHigh: number,
  stepLow: number,
  stepHigh: number,
) => void;
type Draw = (
  x: number,
  rows: number,
  columns: number,
  beta: number,
  topK: number,
  topP: number,
  minP: number,
  draws: number,
  replacement: number,
  uniforms: number,
  tokens: number,
  logProbs: number,
  work: number,
  scratch: number,
) => number;
type Probabilities = (
  x: number,
  rows: number,
  columns: number,
  beta: number,
  topK: number,
  topP: number,
  minP: number,
  work: number,
  scratch: number,
) => void;
type Normalizers = (x: number, rows: number, columns: number, values: number, work: number, scratch: number) => void;
type LongMaximum = (x: number, y: number, count: number, beta: number, value: number, scratch: number) => void;
type LongExponentials = (
  x: number,
  y: number,
  count: number,
  beta: number,
  max: number,
  sums: number,
  scratch: number,
) => void;
type LongFactor = (sums: number, blocks: number, value: number) => void;
type LongScale = (y: number, count: number, factor: number) => void;

/** What simd.wasm and relaxed-simd.wasm export. F64: the same over float64. */
export interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  /** The first byte that no static data takes. */
  readonly heapBase: { readonly value: number };
  /** 1 in the module built with relaxed SIMD. */
  readonly relaxed: { readonly value: number };
  /** softmax of beta x, along the middle of (outer, length, inner). */
  readonly softmaxF32: AlongAxis;
  /** The same; inner has to be 1. */
  readonly softmaxF64: AlongAxis;
  /** log softmax of beta x, of rows. */
  readonly logSoftmaxF32: Rowwise;
  readonly logSoftmaxF64: Rowwise;
  /** (1 / beta) log of the sum of weights exp(beta x), of rows, in float64. */
  readonly logSumExpF32: LogSumExp;
  readonly logSumExpF64: LogSumExp;
  /** Losses of rows, in float64, and where grad is not 0 their gradient. */
  readonly crossEntropyF32: CrossEntropy;
  readonly crossEntropyF64: CrossEntropy;
  /** From a gradient with respect to softmax's output y to one with respect to the logits. */
  readonly softmaxVjpF32: Product;
  readonly softmaxVjpF64: Product;
  /** The same from log-softmax's output. */
  readonly logSoftmaxVjpF32: Product;
  readonly logSoftmaxVjpF64: Product;
  /** Rows of the Jacobians of softmax, from its output. */
  readonly jacobianF32: Derivative;
  readonly jacobianF64: Derivative;
  /** Rows of its second derivatives. */
  readonly hessianF32: Derivative;
  readonly hessianF64: Derivative;
  /** Relative entropy of rows, in float64; with 0 for q their entropy. */
  readonly klDivergenceF32: Divergence;
  readonly klDivergenceF64: Divergence;
  /** 1 / (1 + exp(-beta x)). */
  readonly sigmoidF32: Sigmoid;
  readonly sigmoidF64: Sigmoid;
  /** Of rows that are parts of longer ones the maxima, and the sums of exp(beta (x - maximum)), in float64. */
  readonly partialsF32: Partials;
  readonly partialsF64: Partials;
  /** exp(beta (x - maximum)) / sum of rows, or its logarithm. */
  readonly normalizeF32: Normalize;
  readonly normalizeF64: Normalize;
  /** Where the maxima of rows are, as float64 numbers. */
  readonly argmaxF32: Argmax;
  readonly argmaxF64: Argmax;
  /** The k largest elements of rows, and where they stand. */
  readonly topKF32: TopK;
  readonly topKF64: TopK;
  /** mask ? x : fill. */
  readonly selectF32: Select;
  readonly selectF64: Select;
  /** The last two axes of (outer, length, inner) changed over: elements of 4 bytes. */
  readonly turn32: Turn;
  /** Elements of 8 bytes. */
  readonly turn64: Turn;
  /** float16 to float32. */
  readonly widenF16: Convert;
  /** float32 to float16, rounded. */
  readonly narrowF16: Convert;
}

/** What a module exports beside its kernels. */
export type Shared = "memory" | "heapBase" | "relaxed";

/** What learn.simd.wasm and learn.relaxed-simd.wasm export. */
export interface LearnKernels
  extends Pick<Kernels, Shared | `softmax${Suffix}` | `crossEntropy${Suffix}` | `logSoftmax${Suffix}`> {
  /** z = x wᵀ + b. */
  readonly affineF32: Affine;
  readonly affineF64: Affine;
  /** What a gradient g of z adds to the float64 gradients dw and db. */
  readonly affineGradF32: AffineGrad;
  readonly affineGradF64: AffineGrad;
}

/** What sampling.simd.wasm exports. */
export interface SamplingKernels
  extends Pick<Kernels, Shared | `select${Suffix}` | "turn32" | "turn64" | "widenF16" | "narrowF16"> {
  /** Random numbers in [0, 1) of Philox4x32-10. */
  readonly uniforms: Uniforms;
  /** Classes drawn from rows of logits. Gives the first row that it could not draw from, or -1. */
  readonly drawF32: Draw;
  readonly drawF64: Draw;
  /** The distributions that are drawn from, in place of logits. */
  readonly probabilitiesF32: Probabilities;
  readonly probabilitiesF64: Probabilities;
  /** The maximum and the log of the sum of exp(x - maximum), of rows, in float64. */
  readonly normalizersF32: Normalizers;
  readonly normalizersF64: Normalizers;
}

/** What softmax-simd/parallel's modules export: their memory is the one that they are given, which is shared. */
export interface ParallelKernels extends Kernels {
  /** A row's segment: its largest logit, in float64, and where beta wants other logits than x, those to y. */
  readonly longMaximumF32: LongMaximum;
  readonly longMaximumF64: LongMaximum;
  /** … the exponentials, and the sum of each block of them, in float64. */
  readonly longExponentialsF32: LongExponentials;
  readonly longExponentialsF64: LongExponentials;
  /** What those of the row are to be multiplied by, from the sums of all its blocks, in float64. */
  readonly longFactorF32: LongFactor;
  readonly longFactorF64: LongFactor;
  /** … and multiplied by it. */
  readonly longScaleF32: LongScale;
  readonly longScaleF64: LongScale;
}

type Suffix = "F32" | "F64";
