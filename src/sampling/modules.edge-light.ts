// As src/modules.edge-light.ts, for softmax-simd/sampling's module.

// @ts-expect-error: the build hands over a WebAssembly.Module
import simd from "../sampling.simd.wasm?module";
import type { BuiltIn } from "../wasm.js";

/** The only one. */
export const modules: readonly BuiltIn[] = [{ backend: "simd", code: () => simd }];
