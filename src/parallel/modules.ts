// The two modules built for shared memory, inlined by `npm run build:wasm` and decoded when first asked for.

import { decode } from "../ascii.js";
import { relaxedSimd, simd } from "../generated/parallel-kernels.js";
import type { BuiltIn } from "../wasm.js";

/** Best first. */
export const modules: readonly BuiltIn[] = [
  { backend: "relaxed-simd", code: () => decode(relaxedSimd) },
  { backend: "simd", code: () => decode(simd) },
];

/** How a module says that it imports env.memory (2: a memory), which is shared and has a maximum (3). */
const IMPORT = [3, 101, 110, 118, 6, 109, 101, 109, 111, 114, 121, 2, 3];
const HAS_MAXIMUM = 1;

/**
 * The same for memory that no thread shares, for the calling thread's own calls: V8 copies into shared memory and out of it
 * so much slower that 256x1000 took 303 µs there in place of 207 (Node 24).
 */
export const ownModules: readonly BuiltIn[] = modules.map(({ backend, code }) => ({
  backend,
  code: () => unshared(code() as Uint8Array),
}));

function unshared(bytes: Uint8Array): Uint8Array {
  const at = bytes.findIndex((_, i) => IMPORT.every((byte, j) => bytes[i + j] === byte));
  bytes[at + IMPORT.length - 1] = HAS_MAXIMUM;
  return bytes;
}
