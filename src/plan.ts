import type { Request } from "./check.js";
import type { RowsOp } from "./chunks.js";
import type { Memory } from "./memory.js";
import type { Passed } from "./window.js";
export interface Plan { readonly request: Request; readonly op: RowsOp; readonly extraBytes?: number; readonly deliver: (request: Request, passed: Passed) => unknown }
export interface Whole { readonly whole: (memory: Memory) => unknown }
