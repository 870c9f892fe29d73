/**
 * {@link "softmax-simd"} over a `.wasm` file that the caller brings, with none inlined.
 *
 * @module softmax-simd/slim
 */

export { createSoftmax } from "./create.slim.js";
export type * from "./exported-types.js";
export { mergePartials } from "./partials.js";
export type { SlimOptions } from "./types.js";
