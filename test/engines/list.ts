import { browsers } from "./browsers.js";
import { edgeRuntime } from "./edge-runtime.js";
import type { Engine } from "./engine.js";
import { fallbacks } from "./fallbacks.js";
import { processes } from "./processes.js";
import { workerd } from "./workerd.js";

/** All engines, in the order in which they run. */
export const engines: readonly Engine[] = [...processes, ...fallbacks, ...workerd, ...edgeRuntime, ...browsers];
