// Row sums in float64: block sums go into a compensated total, a row a lane.

/** Kahan sums of lanes 0 and 1, and in float32 of lanes 2 and 3. */
@unmanaged
export class Total {
  low: v128;
  lowLost: v128;
  high: v128;
  highLost: v128;
}

// @ts-ignore: decorator
@inline
export function clear(total: Total): void {
  const zero = i32x4.splat(0);
  total.low = zero;
  total.lowLost = zero;
  total.high = zero;
  total.highLost = zero;
}

/** total += (low, high). */
// @ts-ignore: decorator
@inline
export function accumulate<T>(total: Total, low: v128, high: v128): void {
  const l = f64x2.sub(low, total.lowLost);
  const nextLow = f64x2.add(total.low, l);
  total.lowLost = f64x2.sub(f64x2.sub(nextLow, total.low), l);
  total.low = nextLow;
  if (sizeof<T>() == 8) return;
  const h = f64x2.sub(high, total.highLost);
  const nextHigh = f64x2.add(total.high, h);
  total.highLost = f64x2.sub(f64x2.sub(nextHigh, total.high), h);
  total.high = nextHigh;
}

/** 1 over each total, rounded to T. */
// @ts-ignore: decorator
@inline
export function reciprocal<T>(total: Total): v128 {
  const one = f64x2.splat(1);
  const l = f64x2.div(one, total.low);
  if (sizeof<T>() == 8) return l;
  const h = f64x2.div(one, total.high);
  return v128.shuffle<u64>(f32x4.demote_f64x2_zero(l), f32x4.demote_f64x2_zero(h), 0, 2);
}
