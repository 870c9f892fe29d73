import type { Engine } from "./engine.js";
import { processes } from "./processes.js";

/** All engines, in the order in which they run. */
export const engines: readonly Engine[] = [...processes];
