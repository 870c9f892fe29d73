import type { LearnKernels } from "../abi.js";
import { type Engine, engineOver } from "../engine.js";
import type { Memory } from "../memory.js";
import { modules } from "./modules.js";

/** What serves training and prediction. Nothing is compiled before the first call. */
export const engine: Engine = /* @__PURE__ */ engineOver(modules);

/** The kernels of an instance of `engine`'s modules. */
export function learnKernels(memory: Memory): LearnKernels {
  return memory.kernels as unknown as LearnKernels;
}
