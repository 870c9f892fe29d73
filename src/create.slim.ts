// The instances that callers make of modules that they bring.

import { surfaceOver } from "./surface.js";
import type { SlimOptions, Softmax } from "./types.js";

/**
 * All functions of `softmax-simd`, over the module or the bytes given: nothing is inlined, so that `simd.wasm` or
 * `relaxed-simd.wasm` can be fetched, cached and compiled while it streams in.
 *
 * @throws TypeError, RangeError for wrong options, and where neither `module` nor `bytes` is given. The first call throws
 * a TypeError for a module that is not of this version, and an Error where `fallback: false` or `deterministic: true`
 * stand and no kernel can serve.
 * @example
 * const module = await WebAssembly.compileStreaming(fetch("/simd.wasm"));
 * const { softmax } = createSoftmax({ module });
 * softmax(new Float32Array([1, 2, 3]));
 */
export function createSoftmax(options: SlimOptions): Softmax {
  return surfaceOver([], options);
}
