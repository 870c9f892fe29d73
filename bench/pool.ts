// The package's pool of threads, as a contender.

import { createPool } from "softmax-simd/parallel";
import { type Case, labelOf } from "./cases.js";
import { type Contender, THREADS } from "./contender.js";
import { type Functions, ops } from "./ops.js";
import { calls } from "./ours.js";

export type PoolBackend = ReturnType<ReturnType<typeof createPool>["backend"]>;

/** The calling thread does a share, but in pages. */
const WORKERS = typeof setImmediate === "function" ? THREADS - 1 : THREADS;

export const pool: Contender = {
  name: "softmax-simd, pool",
  takes: () => true,
  async load({ op }, mode) {
    const threads = createPool({ threads: WORKERS });
    await threads.ready();
    // Its functions are those of one thread, but for promises.
    return calls(threads as unknown as Functions, ops[op], mode);
  },
};

/** What serves in a pool. */
export async function poolBackend(): Promise<PoolBackend> {
  const threads = createPool({ threads: WORKERS });
  await threads.ready();
  const backend = threads.backend();
  await threads.close();
  return backend;
}

const COMPARED = ["256x1000", "4096x1000", "64x131072"];

/** Where the pool is compared with rivals. */
export function isCompared(given: Case): boolean {
  return given.op === "softmax" && COMPARED.includes(labelOf(given));
}

/** A rival, for those cases alone. */
export function compared(rival: Contender): Contender {
  return { ...rival, takes: (given, mode) => isCompared(given) && rival.takes(given, mode) };
}
