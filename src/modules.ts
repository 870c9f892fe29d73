// The two modules, inlined by `npm run build:wasm`: a character a byte, which compresses far better than base64 (and the
// second module, so like the first, to almost nothing). Decoded when first asked for.

import { relaxedSimd, simd } from "./generated/kernels.js";
import type { BuiltIn } from "./wasm.js";

/** Best first. */
export const modules: readonly BuiltIn[] = [
  { backend: "relaxed-simd", code: () => decode(relaxedSimd) },
  { backend: "simd", code: () => decode(simd) },
];

function decode(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
