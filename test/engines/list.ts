import { browsers, threadPages } from "./browsers.js";
import { edgeRuntime } from "./edge-runtime.js";
import type { Engine } from "./engine.js";
import { fallbacks } from "./fallbacks.js";
import { poolsIn } from "./pools.js";
import { processes } from "./processes.js";
import { workerd } from "./workerd.js";

/** In which the conformance suite runs, or a program of an engine's own. */
const single: readonly Engine[] = [...processes, ...fallbacks, ...workerd, ...edgeRuntime, ...browsers];

/** All engines, in the order in which they run. */
export const engines: readonly Engine[] = [...single, ...poolsIn([...single, ...threadPages])];
