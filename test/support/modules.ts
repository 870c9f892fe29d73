import { readFileSync } from "node:fs";
import type { Kernels } from "../../src/abi.js";

export const TARGETS = ["simd", "relaxed-simd"] as const;

export type Target = (typeof TARGETS)[number];

/** The bytes of a built module. */
export function moduleBytes(target: Target): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`../../build/${target}.wasm`, import.meta.url)));
}

/** The targets that this engine takes. */
export const TAKEN: readonly Target[] = TARGETS.filter((target) => WebAssembly.validate(moduleBytes(target)));

/** A bare instance, for tests of the ABI. */
export function instantiate(target: Target): Kernels {
  return new WebAssembly.Instance(new WebAssembly.Module(moduleBytes(target))).exports as unknown as Kernels;
}
