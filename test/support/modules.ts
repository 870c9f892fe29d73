import { readFileSync } from "node:fs";
import type { Kernels, LearnKernels, ParallelKernels, SamplingKernels } from "../../src/abi.js";

export const TARGETS = ["simd", "relaxed-simd"] as const;

export type Target = (typeof TARGETS)[number];

/** The bytes of a built module; `prefix`: "learn.", "sampling." and "parallel." for those of the entries of that name. */
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

/** The same of softmax-simd/parallel's modules, whose instances may have one memory. */
export function instantiateParallel(target: Target, memory: WebAssembly.Memory = sharedMemory()): ParallelKernels {
  return exportsOf(target, "parallel.", { env: { memory } }) as ParallelKernels;
}

/** A memory for them, of so many pages. */
export function sharedMemory(pages = 17): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: pages, maximum: 65_536, shared: true });
}

function exportsOf(target: Target, prefix: string, imports?: WebAssembly.Imports): unknown {
  const name = `${prefix}${target}`;
  const module = compiled.get(name) ?? new WebAssembly.Module(moduleBytes(target, prefix));
  compiled.set(name, module);
  return new WebAssembly.Instance(module, imports).exports;
}

const compiled = new Map<string, WebAssembly.Module>();
