import { ENTROPY, KL_DIVERGENCE } from "../check/signatures.js";
import { checkCall } from "../check.js";
import { kernelFor, type RowsOp } from "../chunks.js";
import { type Plan, rowNumbers } from "../plan.js";
import type { Store } from "../store.js";

/** -Σ p log p along an axis. */
export function entropy(p: unknown, options: unknown, store: Store): Plan {
  return { request: checkCall(ENTROPY, p, undefined, options, store), op: DIVERGENCE, deliver: rowNumbers };
}

/** Σ p (log p - log q) along an axis. */
export function klDivergence(p: unknown, q: unknown, options: unknown, store: Store): Plan {
  return { request: checkCall(KL_DIVERGENCE, p, q, options, store), op: DIVERGENCE, deliver: rowNumbers };
}

const DIVERGENCE: RowsOp = {
  fills: () => [0, 0],
  numbers: 1,
  run({ memory, double, x: p, other: q, outer, length }) {
    kernelFor(memory, "klDivergence", double)(p, q, memory.rows, outer, length, memory.scratch);
  },
};
