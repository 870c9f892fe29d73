// The k largest elements of each row: selected, then sorted if asked for.

import { Cut, SELECTION, keyAt, selectLargest } from "./order";
import { bytes } from "./simd";

/** Whether the element at place i of the row at x comes before that at j. */
// @ts-ignore: decorator
@inline
function precedes<T>(x: usize, i: i32, j: i32): bool {
  const a = keyAt<T>(x + bytes<T>(i)), b = keyAt<T>(x + bytes<T>(j));
  return a > b || (a == b && i < j);
}

/** Sinks the place at `at` of a heap of `count` places whose last in order is at the top. */
function sink<T>(x: usize, heap: usize, at: i32, count: i32): void {
  const place = load<i32>(heap + (<usize>at << 2));
  for (;;) {
    let child = 2 * at + 1;
    if (child >= count) break;
    let below = load<i32>(heap + (<usize>child << 2));
    if (child + 1 < count) {
      const other = load<i32>(heap + (<usize>child << 2), 4);
      if (precedes<T>(x, below, other)) {
        below = other;
        child++;
      }
    }
    if (!precedes<T>(x, place, below)) break;
    store<i32>(heap + (<usize>at << 2), below);
    at = child;
  }
  store<i32>(heap + (<usize>at << 2), place);
}

/** Sorts places by their elements, the largest first, equal ones by place: a heap sort. */
function sortPlaces<T>(x: usize, places: usize, count: i32): void {
  for (let at = count / 2 - 1; at >= 0; at--) sink<T>(x, places, at, count);
  for (let last = count - 1; last > 0; last--) {
    const p = places + (<usize>last << 2), place = load<i32>(p);
    store<i32>(p, load<i32>(places));
    store<i32>(places, place);
    sink<T>(x, places, 0, last);
  }
}

function topK<T>(
  x: usize, values: usize, indices: usize, rows: i32, columns: i32, k: i32, sorted: i32, work: usize,
): void {
  const sample = work + offsetof<Cut>(), keys = work + SELECTION;
  const places = keys + bytes<T>(columns) + 16;
  for (; rows > 0; rows--, x += bytes<T>(columns)) {
    selectLargest<T>(x, columns, k, places, keys, sample, changetype<Cut>(work));
    if (sorted) sortPlaces<T>(x, places, k);
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
 * first are taken. Sorted: the largest first, equal ones by place; else all by place. `work`: for each
 * column an element and an integer, and 4096 bytes; aligned to 8.
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
