import { ENTROPY, KL_DIVERGENCE } from "../check/signatures.js";
import { checkCall, deliverNumbers } from "../check.js";
import { kernelFor, type RowsOp } from "../chunks.js";
import type { Memory } from "../memory.js";
import type { Store } from "../store.js";
import { pass } from "../window.js";

/** -Σ p log p along an axis, by the kernels. */
export function entropy(memory: Memory, p: unknown, options: unknown, store: Store): unknown {
  const request = checkCall(ENTROPY, p, undefined, options, store);
  return deliverNumbers(request, pass(memory, request, DIVERGENCE).numbers);
}

/** Σ p (log p - log q) along an axis, by the kernels. */
export function klDivergence(memory: Memory, p: unknown, q: unknown, options: unknown, store: Store): unknown {
  const request = checkCall(KL_DIVERGENCE, p, q, options, store);
  return deliverNumbers(request, pass(memory, request, DIVERGENCE).numbers);
}

const DIVERGENCE: RowsOp = {
  fills: () => [0, 0],
  numbers: 1,
  run({ memory, double, x: p, other: q, outer, length }) {
    kernelFor(memory, "klDivergence", double)(p, q, memory.rows, outer, length, memory.scratch);
  },
};
