// The k largest elements of each row: selected, then sorted if asked for.

import { selectLargest } from "./places";
import { Cut, SELECTION } from "./selection";
import { bytes } from "./simd";

function topK<T>(
  x: usize, values: usize, indices: usize, rows: i32, columns: i32, k: i32, sorted: i32, work: usize,
): void {
  const sample = work + offsetof<Cut>(), keys = work + SELECTION;
  const places = keys + bytes<f64>(columns) + 16;
  for (; rows > 0; rows--, x += bytes<T>(columns)) {
    selectLargest<T>(x, columns, k, sorted, places, keys, sample, changetype<Cut>(work));
    for (let j = 0; j < k; j++, indices += 4, values += bytes<T>(1)) {
      const place = load<i32>(places + (<usize>j << 2));
      store<i32>(indices, place);
      store<T>(values, load<T>(x + bytes<T>(place)));
    }
  }
}

/**
 * Of each of `rows` contiguous rows of float32 at x its k largest elements, 1 <= k <= columns: k values a row at `values`,
 * and their places, 32-bit integers, at `indices`. A NaN is larger than any number; of equal elements those that come
 * first are taken. Sorted: the largest first, equal ones by place; else all by place. `work`: 12
 * bytes for each column, and 4480; aligned to 8.
 */
export function topKF32(
  x: usize, values: usize, indices: usize, rows: i32, columns: i32, k: i32, sorted: i32, work: usize,
): void {
  topK<f32>(x, values, indices, rows, columns, k, sorted, work);
}

/** The same for float64. */
export function topKF64(
  x: usize, values: usize, indices: usize, rows: i32, columns: i32, k: i32, sorted: i32, work: usize,
): void {
  topK<f64>(x, values, indices, rows, columns, k, sorted, work);
}
