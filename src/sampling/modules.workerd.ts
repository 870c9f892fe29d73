// As src/modules.workerd.ts, for softmax-simd/sampling's module.

// @ts-expect-error: workerd resolves it, to a WebAssembly.Module
import simd from "../sampling.simd.wasm";
import type { BuiltIn } from "../wasm.js";

/** The only one. */
export const modules: readonly BuiltIn[] = [{ backend: "simd", code: () => simd }];
