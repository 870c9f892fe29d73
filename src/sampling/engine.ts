import type { SamplingKernels } from "../abi.js";
import { type Engine, engineOver } from "../engine.js";
import type { Linear } from "../memory.js";
import { modules } from "./modules.js";

/** What serves sampling. Nothing is compiled before the first call. */
export const engine: Engine = /* @__PURE__ */ engineOver(modules);

/** The kernels of an instance of `engine`'s module. */
export function samplingKernels(memory: Linear): SamplingKernels {
  return memory.kernels as unknown as SamplingKernels;
}
