import type { SamplingKernels } from "../abi.js";
import { Engine } from "../engine.js";
import { CEILING_BYTES, type Memory } from "../memory.js";
import { modules } from "./modules.js";

/** What serves sampling. Nothing is compiled before the first call. */
export const engine: Engine = /* @__PURE__ */ new Engine({
  code: undefined,
  candidates: modules,
  deterministic: false,
  fallback: true,
  maxMemory: CEILING_BYTES,
});

/** The kernels of an instance of `engine`'s module. */
export function samplingKernels(memory: Memory): SamplingKernels {
  return memory.kernels as unknown as SamplingKernels;
}
