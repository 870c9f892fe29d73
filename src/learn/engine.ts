import type { LearnKernels } from "../abi.js";
import { Engine } from "../engine.js";
import { CEILING_BYTES, type Memory } from "../memory.js";
import { modules } from "./modules.js";

/** What serves training and prediction. Nothing is compiled before the first call. */
export const engine: Engine = /* @__PURE__ */ new Engine({
  code: undefined,
  candidates: modules,
  deterministic: false,
  fallback: true,
  maxMemory: CEILING_BYTES,
});

/** The kernels of an instance of `engine`'s modules. */
export function learnKernels(memory: Memory): LearnKernels {
  return memory.kernels as unknown as LearnKernels;
}
