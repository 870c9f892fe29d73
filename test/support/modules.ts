import { readFileSync } from "node:fs";
import type { Kernels, LearnKernels } from "../../src/abi.js";

export const TARGETS = ["simd", "relaxed-simd"] as const;

export type Target = (typeof TARGETS)[number];

/** The bytes of a built module; `prefix`: "learn." for softmax-simd/learn's. */
export function moduleBytes(target: Target, prefix = ""): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`../../build/${prefix}${target}.wasm`, import.meta.url)));
}

/** The targets that this engine takes. */
export const TAKEN: readonly Target[] = TARGETS.filter((target) => WebAssembly.validate(moduleBytes(target)));

/** A bare instance, for tests of the ABI. */
export function instantiate(target: Target): Kernels {
  return exportsOf(target, "") as Kernels;
}

/** The same of softmax-simd/learn's modules. */
export function instantiateLearn(target: Target): LearnKernels {
  return exportsOf(target, "learn.") as LearnKernels;
}

function exportsOf(target: Target, prefix: string): unknown {
  return new WebAssembly.Instance(new WebAssembly.Module(moduleBytes(target, prefix))).exports;
}
