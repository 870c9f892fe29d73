// The normalizer of contiguous rows, in the form that the log-domain ops want. With z = beta x and m its maximum, the
// sum of the exponentials is e^m (1 + r), where r is what all but one maximum add, over that one. So log softmax is
// (z - m) - log1p(r): two terms of one sign. The maximum keeps its digits however little the others add.
//
// An op finds the maxima of up to `lanes` rows (`anchorRows`), then sums (`sumRows`). What comes once a row is a lane.

import { Scale, power, scaleFor, setAnchor, stretchExponent } from "./exp";
import { BLOCK, expBlock, find, maximum, stretch } from "./rows";
import { addAcross, bytes, lanes, maxAcross, widenHigh, widenLow } from "./simd";
import { LINE, NARROW, anchorAt, lineAt, linesAt, sumsAt, totalAt } from "./state";
import { accumulate, clear } from "./total";

/**
 * Rows of at most so many elements are taken a vector of them at a time, since the logarithms would hold up each: at 1000
 * columns it took 6 to 9% off.
 */
export const TOGETHER: i32 = 1024;

/** Beyond it, a maximum and what is subtracted from it are halved: the difference of any two numbers is then finite. */
export const HUGE: f64 = 18446744073709551616.0; // 2^64

/**
 * The call's side of beta; then, a row a lane, what becomes of each row: its elements become ((x half - offset) rise) g
 * before they are anchored.
 */
@unmanaged
export class Normalizer<T> {
  /** the sign of beta, and 2^stretchExponent in two factors */
  sign: T;
  f: T;
  g: T;
  /** bit 0: all rows have to be so stretched; bit 1: those in hand have */
  stretched: i32;
  /** the maximum of x, or of -x */
  max: v128;
  /** 1 or 1/2, with the sign */
  half: v128;
  /** max |half| where the maximum is subtracted, else 0 */
  offset: v128;
  /** f / |half| */
  rise: v128;
  /** what becomes of the maximum */
  peak: v128;
  /** the exponential of the first maximum (of a NaN before it: then the row is NaN), and its place */
  top: v128;
  place: v128;
  /** r in float64: lanes 0 and 1, and in float32 lanes 2 and 3 */
  low: v128;
  high: v128;
}

// @ts-ignore: decorator
@inline
export function normalizerAt<T>(scratch: usize): Normalizer<T> {
  return changetype<Normalizer<T>>(linesAt(scratch) + <usize>NARROW * LINE);
}

/** Sets up a call. */
export function prepare<T>(beta: f64, scratch: usize): Scale<T> {
  const n = normalizerAt<T>(scratch), e = stretchExponent<T>(beta);
  n.sign = beta < 0 ? -1 : 1;
  n.f = power<T>(e / 2);
  n.g = power<T>(e - e / 2);
  n.stretched = i32(beta < 0 || e != 0);
  return scaleFor<T>(beta, false, scratch);
}

/** -Infinity in z where the weight is 0 and z is not NaN. */
function exclude<T>(z: usize, weights: usize, count: i32): void {
  for (; count > 0; count--, z += bytes<T>(1), weights += bytes<T>(1)) {
    if (load<T>(weights) == 0 && load<T>(z) == load<T>(z)) store<T>(z, -<T>Infinity);
  }
}

/** The largest element of each lane of ±x, of those with a weight other than 0. */
function largest<T>(x: usize, weights: usize, columns: i32, scratch: usize): v128 {
  const n = normalizerAt<T>(scratch), block = sumsAt(scratch), isPlain = !weights && n.sign > 0;
  const most = isPlain ? columns : BLOCK * lanes<T>();
  let max = v128.splat<T>(-<T>Infinity);
  for (let e = 0; e < columns; e += most) {
    const count = min(columns - e, most), at = bytes<T>(e);
    const full = count / lanes<T>(), width = count & (lanes<T>() - 1);
    if (!isPlain) {
      stretch<T>(x + at, block, full, width, i32x4.splat(0), v128.splat<T>(n.sign), v128.splat<T>(1));
      if (weights) exclude<T>(block, weights + at, count);
    }
    max = v128.pmax<T>(max, maximum<T>(isPlain ? x : block, full, width));
  }
  return max;
}

/** Finds the maxima of `rows` (1 to lanes) rows, and anchors the rows. */
export function anchorRows<T>(x: usize, weights: usize, rows: i32, columns: i32, scale: Scale<T>, scratch: usize): void {
  const line = lineAt(scratch), row = bytes<T>(columns);
  for (let r = 0; r < lanes<T>(); r++) {
    // Lanes without a row repeat the last.
    const at = row * r;
    const max = r < rows
      ? largest<T>(x + at, weights ? weights + at : 0, columns, scratch)
      : v128.load(line + (<usize>(rows - 1) << 4));
    v128.store(line + (<usize>r << 4), max);
  }
  anchorAtMaxima<T>(maxAcross<T>(line), scale, scratch);
}

/** Anchors rows at maxima of ±x, a row a lane. */
export function anchorAtMaxima<T>(max: v128, scale: Scale<T>, scratch: usize): void {
  const n = normalizerAt<T>(scratch), one = v128.splat<T>(1);
  const peak = v128.mul<T>(v128.mul<T>(max, v128.splat<T>(n.f)), v128.splat<T>(n.g));
  const exact = setAnchor<T>(anchorAt(scratch, 0), peak, scale);
  const huge = v128.gt<T>(v128.abs<T>(max), v128.splat<T>(<T>HUGE));
  const half = v128.bitselect(v128.splat<T>(<T>0.5), one, huge);
  n.max = max;
  n.half = v128.mul<T>(half, v128.splat<T>(n.sign));
  n.offset = v128.andnot(v128.mul<T>(max, half), exact);
  n.rise = v128.div<T>(v128.splat<T>(n.f), half);
  n.peak = v128.and(peak, exact);
  n.place = i32x4.splat(-1);
  if (!v128.all_true<i32>(exact)) n.stretched |= 2;
  else n.stretched &= 1;
}

/** to = ((x half - offset) rise) g, with row r's half and offset. */
export function stretchRow<T>(
  x: usize, to: usize, full: i32, width: i32, r: i32, rise: v128, scratch: usize,
): void {
  const n = normalizerAt<T>(scratch), p = changetype<usize>(n) + bytes<T>(r);
  const half = v128.load_splat<T>(p, offsetof<Normalizer<T>>("half"));
  stretch<T>(x, to, full, width, i32x4.splat(0), half, v128.splat<T>(1));
  const offset = v128.load_splat<T>(p, offsetof<Normalizer<T>>("offset"));
  stretch<T>(to, to, full, width, offset, rise, v128.splat<T>(n.g));
}

/** A block of row r: its exponentials to `to`, and their sum without the one maximum. */
function sumBlock<T>(
  x: usize, to: usize, weights: usize, e: i32, count: i32, r: i32, scale: Scale<T>, scratch: usize,
): v128 {
  const n = normalizerAt<T>(scratch), p = changetype<usize>(n) + bytes<T>(r), q = changetype<usize>(n) + 4 * r;
  const full = count / lanes<T>(), width = count & (lanes<T>() - 1);
  if (n.stretched || weights) {
    stretchRow<T>(x, to, full, width, r, v128.load_splat<T>(p, offsetof<Normalizer<T>>("rise")), scratch);
    if (weights) exclude<T>(to, weights, count);
    x = to;
  }
  let hole = -1;
  if (load<i32>(q, offsetof<Normalizer<T>>("place")) < 0) {
    hole = find<T>(x, full, width, load<T>(p, offsetof<Normalizer<T>>("peak")));
    if (hole >= 0) store<i32>(q, e + hole, offsetof<Normalizer<T>>("place"));
  }
  const sum = expBlock<T>(x, to, full, width, changetype<usize>(anchorAt(scratch, 0)) + bytes<T>(r), scale, hole);
  if (hole >= 0) store<T>(p, load<T>(to + bytes<T>(hole)), offsetof<Normalizer<T>>("top"));
  if (!weights) return sum;
  // In float64, whatever T: there is then but one row.
  let weighted = 0.0;
  for (let i = 0; i < count; i++, to += bytes<T>(1), weights += bytes<T>(1)) {
    if (i != hole) weighted += <f64>load<T>(to) * <f64>load<T>(weights);
  }
  return f64x2.splat(weighted);
}

/** Each row's r; the exponentials go to y, which may be x, or nowhere where it is 0. With weights, of a single row. */
export function sumRows<T>(
  x: usize, y: usize, weights: usize, rows: i32, columns: i32, scale: Scale<T>, scratch: usize,
): void {
  const n = normalizerAt<T>(scratch), total = totalAt(scratch, 0), line = lineAt(scratch), row = bytes<T>(columns);
  clear(total);
  for (let e = 0; e < columns; e += BLOCK * lanes<T>()) {
    const count = min(columns - e, BLOCK * lanes<T>());
    for (let r = 0; r < rows; r++) {
      const at = row * r + bytes<T>(e), to = y ? y + at : sumsAt(scratch);
      const sum = sumBlock<T>(x + at, to, weights ? weights + at : 0, e, count, r, scale, scratch);
      v128.store(line + (<usize>r << 4), sum);
    }
    const low = weights ? v128.load(line) : addAcross<T>(line);
    accumulate<T>(total, low, sizeof<T>() == 4 ? addAcross<T>(line + 32) : low);
  }
  n.low = f64x2.div(total.low, widenLow<T>(n.top));
  n.high = f64x2.div(total.high, widenHigh<T>(n.top));
}
