import { SIGMOID } from "../check/signatures.js";
import { checkCall, deliver } from "../check.js";
import { kernelFor, type RowsOp } from "../chunks.js";
import type { Plan } from "../plan.js";
import type { Store } from "../store.js";

/** 1 / (1 + exp(-β x)) for each element. */
export function sigmoid(x: unknown, options: unknown, store: Store): Plan {
  const request = checkCall(SIGMOID, x, undefined, options, store);
  const { outer, length } = request.extent;
  const extent = { ...request.extent, outer: outer * length, length: 1 };
  return { request: { ...request, extent }, op: ELEMENTS, deliver };
}

const ELEMENTS: RowsOp = {
  fills: () => [],
  masked: 0,
  numbers: 0,
  run({ memory, request, double, x, y, outer }) {
    kernelFor(memory, "sigmoid", double)(x, y, outer, request.beta, memory.scratch);
  },
};
