// As modules.workerd.ts, for Vercel's edge, which compiles what is imported as `.wasm?module`. The baseline module
// alone: where Node 20 runs edge functions, as for development, importing the other would fail.

// @ts-expect-error: the build hands over a WebAssembly.Module
import simd from "./simd.wasm?module";
import type { BuiltIn } from "./wasm.js";

export const modules: readonly BuiltIn[] = [
  { backend: "simd", code: () => simd, reason: "the edge-light build brings the baseline module alone" },
];
