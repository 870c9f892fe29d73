import { createSoftmax } from "../../src/index.js";
import type { Partials } from "../../src/partials-types.js";
import * as reference from "../../src/reference.js";
import type { CreateOptions, FloatArray, Softmax, SoftmaxFunction, SoftmaxOptions } from "../../src/types.js";

/** softmax over either dtype, for tests that run over both. */
export type Run = (x: FloatArray, options?: SoftmaxOptions<FloatArray>) => FloatArray;

export type Options = Readonly<Record<string, unknown>>;

/** The other ops, over either dtype. */
export interface Ops {
  readonly logSoftmax: (x: FloatArray, options?: Options) => FloatArray;
  readonly sigmoid: (x: FloatArray, options?: Options) => FloatArray;
  readonly logSumExp: (x: FloatArray, options?: Options) => FloatArray;
  readonly logSumExpSigned: (x: FloatArray, options?: Options) => { value: FloatArray; sign: FloatArray };
  readonly softmaxJacobian: (x: FloatArray, options?: Options) => FloatArray;
  readonly softmaxHessian: (x: FloatArray, options?: Options) => FloatArray;
  readonly softmaxHessianComponent: (x: FloatArray, i: number, options?: Options) => FloatArray;
  readonly softmaxVjp: (y: FloatArray, dy: FloatArray, options?: Options) => FloatArray;
  readonly softmaxJvp: (y: FloatArray, dx: FloatArray, options?: Options) => FloatArray;
  readonly logSoftmaxVjp: (y: FloatArray, dy: FloatArray, options?: Options) => FloatArray;
  readonly softmaxPartials: (x: FloatArray, options?: Options) => Partials;
  readonly normalizeWith: (x: FloatArray, partials: unknown, options?: Options) => FloatArray;
  readonly crossEntropy: Loss<number, FloatArray>;
  readonly crossEntropyWithGrad: Loss<{ loss: number; grad: FloatArray }, { loss: FloatArray; grad: FloatArray }>;
  readonly entropy: (p: FloatArray, options?: Options) => FloatArray;
  readonly klDivergence: (p: FloatArray, q: FloatArray, options?: Options) => FloatArray;
  readonly argmax: (x: FloatArray, options?: Options) => Int32Array;
  readonly hardmax: (x: FloatArray, options?: Options) => FloatArray;
  readonly topK: (x: FloatArray, k: number, options?: Options) => { values: FloatArray; indices: Int32Array };
  readonly logProb: (logits: FloatArray, actions: unknown, options?: Options) => FloatArray;
}

interface Loss<Whole, Rows> {
  (logits: FloatArray, targets: unknown, options: Options & { reduction: "none" }): Rows;
  (logits: FloatArray, targets: unknown, options?: Options): Whole;
}

/** Something that claims to be the library. */
export interface Implementation extends Ops {
  readonly name: string;
  readonly softmax: SoftmaxFunction;
  /** Kernels have it. */
  readonly allocate?: Softmax["allocate"];
}

const best = createSoftmax({ fallback: false });
const baseline = createSoftmax({ deterministic: true });

/** An instance that no kernel serves. */
export function createFallback(options?: CreateOptions): Softmax {
  const real = globalThis.WebAssembly;
  try {
    Object.assign(globalThis, { WebAssembly: undefined });
    const library = createSoftmax(options);
    library.backend();
    return library;
  } finally {
    globalThis.WebAssembly = real;
  }
}

/** Makes instances of each kind: of the best module, of the baseline module, and of none. */
export const MAKERS: readonly (readonly [name: string, make: (options?: CreateOptions) => Softmax])[] = [
  ["the best kernels", (options) => createSoftmax({ fallback: false, ...options })],
  ["the baseline kernels", (options) => createSoftmax({ deterministic: true, ...options })],
  ["the fallback", createFallback],
];

/** The best module that this engine takes, and the baseline module. */
export const KERNELS: readonly Implementation[] = [
  implementation(`kernels (${best.backend().backend})`, best),
  implementation("kernels (deterministic)", baseline),
];

/** Everything that a suite has to hold for. */
export const IMPLEMENTATIONS: readonly Implementation[] = [...KERNELS, implementation("reference", reference)];

function implementation(name: string, library: { readonly softmax: SoftmaxFunction }): Implementation {
  return { ...(library as unknown as Implementation), name };
}
