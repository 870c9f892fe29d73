// As src/modules.workerd.ts, for softmax-simd/learn's two modules.

// @ts-expect-error: workerd resolves it, to a WebAssembly.Module
import relaxedSimd from "../learn.relaxed-simd.wasm";
// @ts-expect-error: workerd resolves it, to a WebAssembly.Module
import simd from "../learn.simd.wasm";
import type { BuiltIn } from "../wasm.js";

/** Best first. */
export const modules: readonly BuiltIn[] = [
  { backend: "relaxed-simd", code: () => relaxedSimd },
  { backend: "simd", code: () => simd },
];
