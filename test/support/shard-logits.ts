// The logits of a shard, which its process makes for itself.

import type { Dtype } from "./contract.js";

/** What a process is told first. */
export interface Shard {
  readonly dtype: Dtype;
  readonly rows: number;
  /** Its columns. */
  readonly first: number;
  readonly end: number;
  readonly beta: number;
}

export function logitsIn({ dtype, rows, first, end }: Shard): Float32Array | Float64Array {
  const width = end - first;
  const x = dtype === "float32" ? new Float32Array(rows * width) : new Float64Array(rows * width);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < width; c++) x[r * width + c] = Math.fround(8 * Math.sin(r + (first + c) ** 2));
  }
  return x;
}
