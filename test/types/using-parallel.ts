// A consumer's code where TypeScript is told of `await using`, compiled against the packed package by check.ts and never
// run.

import { createPool, type Pool, type SharedArray } from "softmax-simd/parallel";

export async function best(logits: Float32Array, signal: { readonly aborted: boolean }): Promise<number> {
  await using pool = createPool({ threads: 2 });
  using x = pool.allocate("float32", [1, logits.length]);
  x.set(logits);
  const { data } = await pool.softmax(x, { out: x, signal });
  return Math.max(...data);
}

export function hold(pool: Pool): AsyncDisposable {
  return pool;
}

export function holdArray(array: SharedArray): Disposable {
  return array;
}
