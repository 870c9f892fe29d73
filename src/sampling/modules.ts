// softmax-simd/sampling's one module, inlined by `npm run build:wasm` and decoded when first asked for.

import { decode } from "../ascii.js";
import { simd } from "../generated/sampling-kernels.js";
import type { BuiltIn } from "../wasm.js";

/** Without relaxed SIMD, whose results may differ between processors: a seed gives the same draws everywhere. */
export const modules: readonly BuiltIn[] = [{ backend: "simd", code: () => decode(simd) }];
