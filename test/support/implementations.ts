import { createSoftmax } from "../../src/index.js";
import * as reference from "../../src/reference.js";
import type { CreateOptions, FloatArray, Softmax, SoftmaxFunction, SoftmaxOptions } from "../../src/types.js";

/** softmax over either dtype, for tests that run over both. */
export type Run = (x: FloatArray, options?: SoftmaxOptions<FloatArray>) => FloatArray;

/** Something that claims to be softmax. */
export interface Implementation {
  readonly name: string;
  readonly softmax: SoftmaxFunction;
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
  { name: `kernels (${best.backend().backend})`, softmax: best.softmax },
  { name: "kernels (deterministic)", softmax: baseline.softmax },
];

/** Everything that a suite has to hold for. */
export const IMPLEMENTATIONS: readonly Implementation[] = [
  ...KERNELS,
  { name: "reference", softmax: reference.softmax },
];
