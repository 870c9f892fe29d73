// Where a row's maximum is.

import { find } from "./rows";
import { bytes, lanes, loadPartial } from "./simd";

/** Elements that are looked at before their maximum is held against the best so far. */
const STRETCH: i32 = 1024;

/** The largest of `count` elements, or a NaN if there is one. */
function largest<T>(x: usize, count: i32): T {
  let m0 = v128.splat<T>(-<T>Infinity), m1 = m0, m2 = m0, m3 = m0;
  let numbers = i32x4.splat(-1);
  for (; count >= 4 * lanes<T>(); count -= 4 * lanes<T>(), x += 64) {
    const a = v128.load(x), b = v128.load(x, 16), c = v128.load(x, 32), d = v128.load(x, 48);
    m0 = v128.pmax<T>(m0, a);
    m1 = v128.pmax<T>(m1, b);
    m2 = v128.pmax<T>(m2, c);
    m3 = v128.pmax<T>(m3, d);
    const ab = v128.and(v128.eq<T>(a, a), v128.eq<T>(b, b)), cd = v128.and(v128.eq<T>(c, c), v128.eq<T>(d, d));
    numbers = v128.and(numbers, v128.and(ab, cd));
  }
  for (; count > 0; count -= lanes<T>(), x += 16) {
    const a = loadPartial<T>(x, min(count, lanes<T>()), -<T>Infinity);
    m0 = v128.pmax<T>(m0, a);
    numbers = v128.and(numbers, v128.eq<T>(a, a));
  }
  if (!v128.all_true<i32>(numbers)) return <T>NaN;
  const m = v128.pmax<T>(v128.pmax<T>(m0, m1), v128.pmax<T>(m2, m3));
  const low = max<T>(v128.extract_lane<T>(m, 0), v128.extract_lane<T>(m, 1));
  return sizeof<T>() == 8 ? low : max<T>(low, max<T>(v128.extract_lane<T>(m, 2), v128.extract_lane<T>(m, 3)));
}

/** The place of the first maximum, or of the first NaN. */
function argmaxRow<T>(x: usize, columns: i32): i32 {
  let best = -<T>Infinity, start = 0;
  for (let e = 0; e < columns; e += STRETCH) {
    const top = largest<T>(x + bytes<T>(e), min(columns - e, STRETCH));
    if (top != top) {
      while (load<T>(x + bytes<T>(e)) == load<T>(x + bytes<T>(e))) e++;
      return e;
    }
    if (top > best) {
      best = top;
      start = e;
    }
  }
  const count = min(columns - start, STRETCH);
  return start + find<T>(x + bytes<T>(start), count / lanes<T>(), count & (lanes<T>() - 1), best);
}

function argmax<T>(x: usize, values: usize, rows: i32, columns: i32): void {
  for (; rows > 0; rows--, x += bytes<T>(columns), values += 8) store<f64>(values, <f64>argmaxRow<T>(x, columns));
}

/**
 * values: for each of `rows` contiguous rows of float32 at x the place of its first maximum, or of its first NaN if it has
 * one, as a float64 number. No dimension is 0.
 */
export function argmaxF32(x: usize, values: usize, rows: i32, columns: i32): void {
  argmax<f32>(x, values, rows, columns);
}

/** The same for float64. */
export function argmaxF64(x: usize, values: usize, rows: i32, columns: i32): void {
  argmax<f64>(x, values, rows, columns);
}
