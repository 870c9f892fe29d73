// Philox4x32-10, a counter-based generator: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers:
// as easy as 1, 2, 3", SC11. A number is a function of its key and its counter alone, so any of them can be had in any
// order, by anybody. Eight counters at a time, a counter a lane, two vectors of them side by side: a round waits for the
// last, and one vector alone took almost twice as long.

import { storePartial } from "./simd";

const ROUNDS: i32 = 10;

/** The upper halves of the products of 32-bit lanes, from those of the lower two lanes and of the upper two. */
// @ts-ignore: decorator
@inline
function upper(low: v128, high: v128): v128 {
  return v128.shuffle<u32>(low, high, 1, 3, 5, 7);
}

/** … and the lower halves. */
// @ts-ignore: decorator
@inline
function lower(low: v128, high: v128): v128 {
  return v128.shuffle<u32>(low, high, 0, 2, 4, 6);
}

/** Two numbers in [0, 1) of lanes 0 and 1: the leading 27 bits of a and 26 of b, over 2^53. */
// @ts-ignore: decorator
@inline
function fraction(a: v128, b: v128): v128 {
  const high = f64x2.convert_low_i32x4_u(i32x4.shr_u(a, 5)), low = f64x2.convert_low_i32x4_u(i32x4.shr_u(b, 6));
  const sum = f64x2.add(f64x2.mul(high, f64x2.splat(67108864.0)), low);
  return f64x2.mul(sum, f64x2.splat(1.1102230246251565e-16));
}

/** Four of them, or `count` if that is less, to p; p for the next. */
function storeFractions(p: usize, count: i32, a: v128, b: v128): usize {
  if (count > 0) storePartial<f64>(p, fraction(a, b), min(count, 2));
  if (count > 2) storePartial<f64>(p + 16, fraction(v128.shuffle<u64>(a, a, 1, 0), v128.shuffle<u64>(b, b, 1, 0)), min(count - 2, 2));
  return p + 32;
}

/**
 * values: `draws` float64 numbers in [0, 1) for each of `rows` rows, from row `first` on. The number at counter (draw, row,
 * step) is made of the first two words there.
 */
export function uniforms(
  values: usize, rows: i32, draws: i32, first: u32, seedLow: u32, seedHigh: u32, stepLow: u32, stepHigh: u32,
): void {
  const m0 = i32x4.splat(0xd2511f53), m1 = i32x4.splat(0xcd9e8d57);
  let draw: u32 = 0, row = first, x0 = i32x4.splat(0), x1 = x0, y0 = x0, y1 = x0;
  for (let left = rows * draws; left > 0; left -= 8) {
    for (let lane = 0; lane < 8; lane++) {
      // The lanes go round, from y to x: the first in is the first after eight.
      x0 = v128.shuffle<u32>(x0, y0, 1, 2, 3, 4);
      x1 = v128.shuffle<u32>(x1, y1, 1, 2, 3, 4);
      y0 = i32x4.replace_lane(v128.shuffle<u32>(y0, y0, 1, 2, 3, 0), 3, draw);
      y1 = i32x4.replace_lane(v128.shuffle<u32>(y1, y1, 1, 2, 3, 0), 3, row);
      if (++draw < <u32>draws) continue;
      draw = 0;
      row++;
    }
    let a0 = x0, a1 = x1, a2 = i32x4.splat(stepLow), a3 = i32x4.splat(stepHigh);
    let b0 = y0, b1 = y1, b2 = a2, b3 = a3, k0 = seedLow, k1 = seedHigh;
    for (let round = 0; round < ROUNDS; round++, k0 += 0x9e3779b9, k1 += 0xbb67ae85) {
      const key0 = i32x4.splat(k0), key1 = i32x4.splat(k1);
      const p = i64x2.extmul_low_i32x4_u(a0, m0), q = i64x2.extmul_high_i32x4_u(a0, m0);
      const r = i64x2.extmul_low_i32x4_u(a2, m1), s = i64x2.extmul_high_i32x4_u(a2, m1);
      const t = i64x2.extmul_low_i32x4_u(b0, m0), u = i64x2.extmul_high_i32x4_u(b0, m0);
      const v = i64x2.extmul_low_i32x4_u(b2, m1), w = i64x2.extmul_high_i32x4_u(b2, m1);
      a0 = v128.xor(v128.xor(upper(r, s), a1), key0);
      a1 = lower(r, s);
      a2 = v128.xor(v128.xor(upper(p, q), a3), key1);
      a3 = lower(p, q);
      b0 = v128.xor(v128.xor(upper(v, w), b1), key0);
      b1 = lower(v, w);
      b2 = v128.xor(v128.xor(upper(t, u), b3), key1);
      b3 = lower(t, u);
    }
    values = storeFractions(storeFractions(values, left, a0, a1), left - 4, b0, b1);
  }
}
