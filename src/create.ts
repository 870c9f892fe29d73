// The instances that callers make, over the modules that the package brings.

import { surfaceOver } from "./surface.js";
import type { CreateOptions, Softmax } from "./types.js";

// The last import: a bundle that has the modules' text after the code compresses better.

import { modules } from "./modules.js";

/**
 * The same surface over an instance, and a memory, of its own.
 *
 * @returns The functions of {@link "softmax-simd"}.
 * @throws TypeError, RangeError for wrong options. The first call throws an Error where `fallback: false` or
 * `deterministic: true` stand and no kernel can serve.
 * @example
 * const exact = createSoftmax({ deterministic: true });
 * exact.softmax(new Float64Array([1, 2, 3]));
 */
export function createSoftmax(options?: CreateOptions): Softmax {
  return surfaceOver(modules, options);
}
