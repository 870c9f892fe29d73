// Lanes, multiply-add, partial vectors and horizontal reductions, for T = f32 or f64.

/** How many T fit one 128-bit vector. */
// @ts-ignore: decorator
@inline
export function lanes<T>(): i32 {
  return 16 / sizeof<T>();
}

/** `count` elements of T in bytes. */
// @ts-ignore: decorator
@inline
export function bytes<T>(count: i32): usize {
  return <usize>count << alignof<T>();
}

/** a b + c: one rounding in the relaxed module where the processor has FMA, two in the baseline module. */
// @ts-ignore: decorator
@inline
export function madd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c);
  return v128.add<T>(v128.mul<T>(a, b), c);
}

/** c - a b, rounded as in `madd`. */
// @ts-ignore: decorator
@inline
export function nmadd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_nmadd<T>(a, b, c);
  return v128.sub<T>(c, v128.mul<T>(a, b));
}

/** a b d for |d| <= 1: the larger of |a| and |b| meets d first, so that only what is beyond float64 itself is lost. */
export function product(a: f64, b: f64, d: f64): f64 {
  return abs(a) < abs(b) ? b * d * a : a * d * b;
}

/** The first `count` (1 to lanes) elements at p; the other lanes hold `fill`. Reads nothing beyond them. */
export function loadPartial<T>(p: usize, count: i32, fill: T): v128 {
  if (count == lanes<T>()) return v128.load(p);
  const v = v128.splat<T>(fill);
  if (sizeof<T>() == 8) return v128.load64_lane(p, v, 0);
  if (count == 1) return v128.load32_lane(p, v, 0);
  const pair = v128.load64_lane(p, v, 0);
  return count == 2 ? pair : v128.load32_lane(p, pair, 2, 8);
}

/** Stores the first `count` (1 to lanes) lanes of v at p and nothing beyond them. */
export function storePartial<T>(p: usize, v: v128, count: i32): void {
  if (count == lanes<T>()) {
    v128.store(p, v);
  } else if (sizeof<T>() == 8) {
    v128.store64_lane(p, v, 0);
  } else if (count == 1) {
    v128.store32_lane(p, v, 0);
  } else {
    v128.store64_lane(p, v, 0);
    if (count == 3) v128.store32_lane(p, v, 2, 8);
  }
}

/** The elements at p, p + step, p + 2 step, …, one a lane. */
// @ts-ignore: decorator
@inline
export function loadLanes<T>(p: usize, step: usize): v128 {
  if (sizeof<T>() == 8) return v128.load64_lane(p + step, v128.load64_zero(p), 1);
  const pair = v128.load32_lane(p + step, v128.load32_zero(p), 1);
  return v128.load32_lane(p + 3 * step, v128.load32_lane(p + 2 * step, pair, 2), 3);
}

/** The way back. */
// @ts-ignore: decorator
@inline
export function storeLanes<T>(p: usize, step: usize, v: v128): void {
  if (sizeof<T>() == 8) {
    v128.store64_lane(p, v, 0);
    v128.store64_lane(p + step, v, 1);
  } else {
    v128.store32_lane(p, v, 0);
    v128.store32_lane(p + step, v, 1);
    v128.store32_lane(p + 2 * step, v, 2);
    v128.store32_lane(p + 3 * step, v, 3);
  }
}

/** Of `lanes` vectors at p: lane r of the result is the largest lane of vector r. */
export function maxAcross<T>(p: usize): v128 {
  const m = v128.pmax<T>(loadLanes<T>(p, 16), loadLanes<T>(p + bytes<T>(1), 16));
  if (sizeof<T>() == 8) return m;
  return v128.pmax<T>(m, v128.pmax<T>(loadLanes<T>(p + bytes<T>(2), 16), loadLanes<T>(p + bytes<T>(3), 16)));
}

/** The two halves of v in float64, lane by lane. */
// @ts-ignore: decorator
@inline
export function widenLow<T>(v: v128): v128 {
  return sizeof<T>() == 8 ? v : f64x2.promote_low_f32x4(v);
}

// @ts-ignore: decorator
@inline
export function widenHigh<T>(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<u64>(v, v, 1, 0));
}

/** The lanes of the vectors at p and p + 16 added one after the other in float64, a vector a lane. */
export function addAcross<T>(p: usize): v128 {
  let sum = i32x4.splat(0);
  for (const end = p + 16; p < end; p += bytes<T>(1)) {
    const v = sizeof<T>() == 8
      ? v128.load64_lane(p, v128.load64_zero(p), 1, 16)
      : f64x2.promote_low_f32x4(v128.load32_lane(p, v128.load32_zero(p), 1, 16));
    sum = f64x2.add(sum, v);
  }
  return sum;
}
