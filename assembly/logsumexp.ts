// (1 / beta) log of the sum of w exp(beta x) over contiguous rows, in float64 from the sum on.

import { logOfSum } from "./log";
import { Normalizer, TOGETHER, anchorRows, normalizerAt, prepare, sumRows } from "./normalizer";
import { bytes, lanes } from "./simd";
import { linesAt } from "./state";

/** The sum over a row whose maximum is infinite: 0, ±Infinity, or NaN for a NaN and for Infinity of both signs. */
export function infiniteSum<T>(x: usize, weights: usize, columns: i32, sign: T): f64 {
  let sum = 0.0;
  for (const end = x + bytes<T>(columns); x < end; x += bytes<T>(1)) {
    const z = <f64>(load<T>(x) * sign), w = weights ? <f64>load<T>(weights) : 1;
    if (weights) weights += bytes<T>(1);
    // NaN, Infinity times its weight, or what a weight beside -Infinity adds: 0, or NaN if it is no number.
    if (w != 0 || z != z) sum += (z == -Infinity ? 0 : z) * w;
  }
  return sum;
}

/**
 * Of each row the maximum, and the two terms of the sum over its exponential: the maximum's own weight, and what the
 * others add. Where the maximum is infinite, 0 and the sum itself. To `p`: 4 float64 numbers of each kind.
 */
function split<T>(x: usize, weights: usize, rows: i32, columns: i32, scratch: usize, p: usize): void {
  const n = normalizerAt<T>(scratch), row = bytes<T>(columns);
  for (let r = 0; r < rows; r++, p += 8) {
    const max = <f64>load<T>(changetype<usize>(n) + bytes<T>(r), offsetof<Normalizer<T>>("max"));
    const at = row * r, w = weights ? weights + at : 0;
    const place = load<i32>(changetype<usize>(n) + 4 * r, offsetof<Normalizer<T>>("place"));
    const others = load<f64>(changetype<usize>(n) + 8 * r, offsetof<Normalizer<T>>("low"));
    const isFinite = abs(max) < Infinity;
    store<f64>(p, isFinite ? max : 0);
    store<f64>(p, isFinite ? (w ? <f64>load<T>(w + bytes<T>(place)) : 1) : infiniteSum<T>(x + at, w, columns, n.sign), 32);
    store<f64>(p, isFinite ? others : 0, 64);
  }
}

/** Takes the logarithms of what is at `p`. */
function finish(p: usize, values: usize, signs: usize, rows: i32, beta: f64): void {
  for (let q = p; q < p + 8 * rows; q += 16) {
    const a = v128.load(q, 32), b = v128.load(q, 64), sum = f64x2.add(a, b);
    const flip = signs ? v128.and(sum, f64x2.splat(-0.0)) : i32x4.splat(0);
    v128.store(q, logOfSum(v128.xor(a, flip), v128.xor(b, flip)), 32);
    v128.store(q, sum, 64);
  }
  for (let r = 0; r < rows; r++, p += 8) {
    const log = load<f64>(p, 32), sum = load<f64>(p, 64);
    const value = load<f64>(p) + (abs(log) == Infinity ? log : log / abs(beta));
    store<f64>(values + 8 * r, beta < 0 ? -value : value);
    if (signs) store<f64>(signs + 8 * r, sum > 0 ? 1 : sum < 0 ? -1 : abs(sum));
  }
}

function logSumExp<T>(
  x: usize, weights: usize, values: usize, signs: usize, rows: i32, columns: i32, beta: f64, scratch: usize,
): void {
  const scale = prepare<T>(beta, scratch), p = linesAt(scratch);
  const together = columns <= TOGETHER && !weights ? lanes<T>() : 1, step = bytes<T>(columns * together);
  for (; rows > 0; rows -= together, x += step, values += 8 * together) {
    const count = min(rows, together);
    anchorRows<T>(x, weights, count, columns, scale, scratch);
    sumRows<T>(x, 0, weights, count, columns, scale, scratch);
    split<T>(x, weights, count, columns, scratch, p);
    finish(p, values, signs, count, beta);
    if (weights) weights += step;
    if (signs) signs += 8 * together;
  }
}

/**
 * values[r] = (1 / beta) log sum w exp(beta x), in float64, of `rows` contiguous rows of `columns` float32 values at x.
 * `weights`: as many float32 values, or 0 where each is 1. `signs`: where the sums' signs (-1, 0 or 1, as float64) go, and
 * the logarithms are those of magnitudes; or 0: a negative sum gives NaN. An element of weight 0 is absent, unless it is
 * NaN. Neither count is 0; beta may be infinite, and is neither 0 nor NaN. `scratch`: 5120 bytes, aligned to 16.
 */
export function logSumExpF32(
  x: usize, weights: usize, values: usize, signs: usize, rows: i32, columns: i32, beta: f64, scratch: usize,
): void {
  logSumExp<f32>(x, weights, values, signs, rows, columns, beta, scratch);
}

/** The same for float64. */
export function logSumExpF64(
  x: usize, weights: usize, values: usize, signs: usize, rows: i32, columns: i32, beta: f64, scratch: usize,
): void {
  logSumExp<f64>(x, weights, values, signs, rows, columns, beta, scratch);
}
