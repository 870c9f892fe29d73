// Rows whose columns stand in several places: what one place knows of a row, its maximum m and the sum of exp(beta (x - m)),
// and one place's elements under the maximum and the sum of all.
//
// In float32 too, the maximum's own exponential is that of exp.ts in float64, at most 1 ULP from the true one: sums that
// were made apart, each over a maximum of its own, then differ by no more than the blocks of one sum do. The maximum
// itself counts as 1, and so becomes 1 over the sum.

import { Scale, anchorAtPower, powerOf, scaleFor } from "./exp";
import { log } from "./log";
import { fallRows, restOf } from "./logsoftmax";
import { infiniteSum } from "./logsumexp";
import { Normalizer, anchorAtMaxima, anchorRows, normalizerAt, prepare, stretchRow, sumRows } from "./normalizer";
import { BLOCK, expBlock } from "./rows";
import { bytes, lanes, loadPartial, storePartial } from "./simd";
import { anchorAt, linesAt } from "./state";

/** What becomes of a maximum that T may not hold: `peak`, and what T lost of it. */
function peakOf<T>(max: f64, scratch: usize): f64 {
  const n = normalizerAt<T>(scratch);
  if (sizeof<T>() == 8) return f64x2.extract_lane(n.peak, 0);
  const half = <f64>v128.extract_lane<T>(n.half, 0), offset = <f64>v128.extract_lane<T>(n.offset, 0);
  return (max * half - offset) * <f64>v128.extract_lane<T>(n.rise, 0) * <f64>n.g;
}

/** expAnchored of one number, under the first of the anchors in hand. */
function expOne<T>(z: T, anchors: i32, scale: Scale<T>, scratch: usize): T {
  const p = linesAt(scratch);
  store<T>(p, z);
  expBlock<T>(p, p, 0, 1, changetype<usize>(anchorAt(scratch, anchors)), scale);
  return load<T>(p);
}

/** That of a peak of float32 rows, in float64. */
function expPeak(peak: f64, beta: f64, scratch: usize): f64 {
  const double = scaleFor<f64>(beta, false, linesAt(scratch) + 16);
  anchorAtPower<f64>(anchorAt(scratch, 1), f64x2.splat(powerOf<f32>(anchorAt(scratch, 0))), double);
  return expOne<f64>(peak, 1, double, scratch);
}

function partials<T>(
  x: usize, values: usize, sums: usize, rows: i32, columns: i32, beta: f64, scratch: usize,
): void {
  const scale = prepare<T>(beta, scratch), n = normalizerAt<T>(scratch);
  for (; rows > 0; rows--, x += bytes<T>(columns), values += 8, sums += 8) {
    anchorRows<T>(x, 0, 1, columns, scale, scratch);
    sumRows<T>(x, 0, 0, 1, columns, scale, scratch);
    const max = <f64>v128.extract_lane<T>(n.max, 0);
    let others = f64x2.extract_lane(n.low, 0);
    if (sizeof<T>() == 4) {
      others *= <f64>f32x4.extract_lane(n.top, 0) / expPeak(<f64>f32x4.extract_lane(n.peak, 0), beta, scratch);
    }
    const sum = abs(max) < Infinity ? 1 + others : infiniteSum<T>(x, 0, columns, n.sign);
    store<f64>(values, sum == sum ? max * <f64>n.sign : NaN);
    // Infinity gives NaN.
    store<f64>(sums, sum < Infinity ? sum : NaN);
  }
}

/** y = y factor, but `first` where y is `top`. */
function share<T>(y: usize, count: i32, factor: v128, top: v128, first: v128): void {
  for (; count > 0; count -= lanes<T>(), y += 16) {
    const width = min(count, lanes<T>()), e = loadPartial<T>(y, width, 0);
    storePartial<T>(y, v128.bitselect(first, v128.mul<T>(e, factor), v128.eq<T>(e, top)), width);
  }
}

/** The softmax of an anchored row; `peak` is its maximum. */
function softmaxRow<T>(
  x: usize, y: usize, columns: i32, peak: f64, sum: f64, beta: f64, scale: Scale<T>, scratch: usize,
): void {
  const n = normalizerAt<T>(scratch), full = columns / lanes<T>(), width = columns & (lanes<T>() - 1);
  const own = expOne<T>(v128.extract_lane<T>(n.peak, 0), 0, scale, scratch), top = v128.splat<T>(own);
  const first = v128.splat<T>(<T>(1 / sum));
  const factor = v128.splat<T>(<T>(1 / (sum * (sizeof<T>() == 8 ? <f64>own : expPeak(peak, beta, scratch)))));
  if (n.stretched) {
    stretchRow<T>(x, y, full, width, 0, v128.splat<T>(v128.extract_lane<T>(n.rise, 0)), scratch);
    x = y;
  }
  for (let e = 0; e < columns; e += BLOCK * lanes<T>()) {
    const count = min(columns - e, BLOCK * lanes<T>()), at = bytes<T>(e);
    const anchor = changetype<usize>(anchorAt(scratch, 0));
    expBlock<T>(x + at, y + at, count / lanes<T>(), count & (lanes<T>() - 1), anchor, scale);
    share<T>(y + at, count, factor, top, first);
  }
}

function normalize<T>(
  x: usize, y: usize, rows: i32, columns: i32, beta: f64, maxima: usize, sums: usize, isLog: i32, scratch: usize,
): void {
  const scale = prepare<T>(beta, scratch), n = normalizerAt<T>(scratch);
  const rest = restOf<T>(beta);
  for (; rows > 0; rows--, x += bytes<T>(columns), y += bytes<T>(columns), maxima += 8, sums += 8) {
    const max = load<f64>(maxima), sum = load<f64>(sums);
    anchorAtMaxima<T>(v128.splat<T>(<T>max * n.sign), scale, scratch);
    const peak = peakOf<T>(max, scratch);
    if (isLog) {
      // 0 - log, as in logsoftmax.ts.
      let shift = 0 - f64x2.extract_lane(log(f64x2.splat(sum)), 0);
      if (sizeof<T>() == 4) shift -= (peak - <f64>f32x4.extract_lane(n.peak, 0)) * <f64>rest;
      fallRows<T>(x, y, 1, columns, rest, v128.splat<T>(<T>shift), scratch);
    } else {
      softmaxRow<T>(x, y, columns, peak, sum, beta, scale, scratch);
    }
  }
}

/**
 * Of `rows` contiguous rows of `columns` float32 values at x, in float64: values[r] the one with the largest beta x, and
 * sums[r] the sum of exp(beta (x - values[r])). Of a row of NaN both are NaN; of one with beta x = Infinity the sum is; of
 * one whose beta x are all -Infinity it is 0. Neither count is 0, beta is not NaN. `scratch`: 5120 bytes, aligned to 16.
 */
export function partialsF32(
  x: usize, values: usize, sums: usize, rows: i32, columns: i32, beta: f64, scratch: usize,
): void {
  partials<f32>(x, values, sums, rows, columns, beta, scratch);
}

/** The same for float64. */
export function partialsF64(
  x: usize, values: usize, sums: usize, rows: i32, columns: i32, beta: f64, scratch: usize,
): void {
  partials<f64>(x, values, sums, rows, columns, beta, scratch);
}

/**
 * y = exp(beta (x - maxima[r])) / sums[r] of `rows` contiguous rows of `columns` float32 values at x, or where `log` is not
 * 0 its logarithm; y may be x, and overlaps it in no other way. maxima and sums: float64, one a row; no x of a row has a
 * larger beta x than its maximum. Neither count is 0, beta is not NaN. `scratch`: 5120 bytes, aligned to 16.
 */
export function normalizeF32(
  x: usize, y: usize, rows: i32, columns: i32, beta: f64, maxima: usize, sums: usize, log: i32, scratch: usize,
): void {
  normalize<f32>(x, y, rows, columns, beta, maxima, sums, log, scratch);
}

/** The same for float64. */
export function normalizeF64(
  x: usize, y: usize, rows: i32, columns: i32, beta: f64, maxima: usize, sums: usize, log: i32, scratch: usize,
): void {
  normalize<f64>(x, y, rows, columns, beta, maxima, sums, log, scratch);
}
