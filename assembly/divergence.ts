// Relative entropy and entropy, in float64 whatever the dtype.

import { log } from "./log";
import { bytes } from "./simd";

/** `count` (1 or 2) elements at p in float64; a lane without one is 0, which adds nothing. */
// @ts-ignore: decorator
@inline
function loadWide<T>(p: usize, count: i32): v128 {
  if (sizeof<T>() == 8) return count == 2 ? v128.load(p) : v128.load64_zero(p);
  return f64x2.promote_low_f32x4(count == 2 ? v128.load64_zero(p) : v128.load32_zero(p));
}

function divergence<T>(p: usize, q: usize, values: usize, rows: i32, columns: i32): void {
  const zero = i32x4.splat(0);
  for (; rows > 0; rows--, values += 8) {
    let total = zero, lost = zero;
    for (let left = columns; left > 0; left -= 2) {
      const count = min(left, 2);
      const a = loadWide<T>(p, count);
      let ratio = log(a), empty = f64x2.eq(a, zero);
      if (q) {
        const b = loadWide<T>(q, count);
        ratio = f64x2.sub(ratio, log(b));
        empty = v128.and(empty, f64x2.ge(b, zero));
        q += bytes<T>(count);
      }
      const term = f64x2.sub(v128.andnot(f64x2.mul(a, ratio), empty), lost);
      const next = f64x2.add(total, term);
      lost = f64x2.sub(f64x2.sub(next, total), term);
      // What an infinite sum has lost is not a number.
      lost = v128.and(lost, f64x2.eq(lost, lost));
      total = next;
      p += bytes<T>(count);
    }
    const sum = f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1);
    store<f64>(values, q ? sum : 0 - sum);
  }
}

/**
 * values[r] = Σ p (log p - log q) of row r of float32 values, in float64; with 0 for q its entropy, -Σ p log p. Where p
 * is 0 and q is not below 0, nothing is added; where q is 0 and p is not, Infinity. A negative number or NaN gives NaN.
 */
export function klDivergenceF32(p: usize, q: usize, values: usize, rows: i32, columns: i32, scratch: usize): void {
  divergence<f32>(p, q, values, rows, columns);
}

/** The same for float64. */
export function klDivergenceF64(p: usize, q: usize, values: usize, rows: i32, columns: i32, scratch: usize): void {
  divergence<f64>(p, q, values, rows, columns);
}
