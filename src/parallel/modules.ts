// The two modules built for shared memory, inlined by `npm run build:wasm` and decoded when first asked for.

import { decode } from "../ascii.js";
import { relaxedSimd, simd } from "../generated/parallel-kernels.js";
import type { BuiltIn } from "../wasm.js";

/** Best first. */
export const modules: readonly BuiltIn[] = [
  { backend: "relaxed-simd", code: () => decode(relaxedSimd) },
  { backend: "simd", code: () => decode(simd) },
];
