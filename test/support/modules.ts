import { readFileSync } from "node:fs";
import type { Kernels, LearnKernels, SamplingKernels } from "../../src/abi.js";

export const TARGETS = ["simd", "relaxed-simd"] as const;

export type Target = (typeof TARGETS)[number];

/** The bytes of a built module; `prefix`: "learn." and "sampling." for those of the entries of that name. */
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

/** The same of softmax-simd/sampling's module. */
export function instantiateSampling(): SamplingKernels {
  return exportsOf("simd", "sampling.") as SamplingKernels;
}

function exportsOf(target: Target, prefix: string): unknown {
  return new WebAssembly.Instance(new WebAssembly.Module(moduleBytes(target, prefix))).exports;
}
