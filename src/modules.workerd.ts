// Cloudflare's workerd refuses to compile bytes: it compiles imported .wasm files itself, and hands over Modules.

// @ts-expect-error: workerd resolves it, to a WebAssembly.Module
import relaxedSimd from "./relaxed-simd.wasm";
// @ts-expect-error: workerd resolves it, to a WebAssembly.Module
import simd from "./simd.wasm";
import type { BuiltIn } from "./wasm.js";

/** Best first. */
export const modules: readonly BuiltIn[] = [
  { backend: "relaxed-simd", code: () => relaxedSimd },
  { backend: "simd", code: () => simd },
];
