// What the surface runs: a call that an op has checked and described. The op itself touches no linear memory, so that a call
// can be carried out elsewhere too.

import { deliverNumbers, type Request } from "./check.js";
import type { RowsOp } from "./chunks.js";
import type { Memory } from "./memory.js";
import type { Elements } from "./types.js";
import { numbersFor, stream } from "./window.js";

/** A checked call that works row by row: what passes through linear memory, and what is made of what comes out. */
export interface Plan {
  readonly request: Request;
  readonly op: RowsOp;
  /** The result in the caller's kind, of its elements and of the numbers that rows gave. */
  readonly deliver: (request: Request, elements: Elements, numbers: Float64Array) => unknown;
}

/** A checked call that does not, and does it all. */
export interface Whole {
  readonly whole: (memory: Memory) => unknown;
}

export function carryOut(memory: Memory, plan: Plan | Whole): unknown {
  if ("whole" in plan) return plan.whole(memory);
  const { request, op, deliver } = plan;
  const numbers = numbersFor(request, op);
  return deliver(request, stream(memory, request, op, numbers), numbers);
}

/** Delivers a number a row. */
export const rowNumbers: Plan["deliver"] = (request, _elements, numbers) => deliverNumbers(request, numbers);
