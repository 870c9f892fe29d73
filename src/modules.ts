// The two modules, inlined by `npm run build:wasm` and decoded when first asked for. In hexadecimal: plain ASCII survives
// any page's charset, and its digits stay aligned to bytes, so that it compresses to half of what base64 does.

import { relaxedSimd, simd } from "./generated/kernels.js";
import type { BuiltIn } from "./wasm.js";

/** Best first. */
export const modules: readonly BuiltIn[] = [
  { backend: "relaxed-simd", code: () => decode(relaxedSimd) },
  { backend: "simd", code: () => decode(simd) },
];

function decode(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = 16 * digit(hex, 2 * i) + digit(hex, 2 * i + 1);
  return bytes;
}

/** The value of a digit 0 to 9 or a to f: letters have bit 6 set, and their low bits start at 1. */
function digit(hex: string, at: number): number {
  const code = hex.charCodeAt(at);
  return (code & 15) + 9 * (code >> 6);
}
