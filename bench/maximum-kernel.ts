// AssemblyScript: the row maximum alone, a pass of the package's own kernels, for maximum.ts.

import { maximum } from "../assembly/rows";
import { maxAcross } from "../assembly/simd";

/** values: one float32 a row. `scratch`: 64 bytes, aligned to 16. Whole vectors a row. */
export function maxima(x: usize, values: usize, rows: i32, columns: i32, scratch: usize): void {
  for (let row = 0; row < rows; row++, x += <usize>columns << 2, values += 4) {
    v128.store(scratch, maximum<f32>(x, columns >> 2, 0));
    store<f32>(values, f32x4.extract_lane(maxAcross<f32>(scratch), 0));
  }
}
