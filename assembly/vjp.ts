// Products of a vector with the derivatives of softmax and log-softmax, from what those gave. No matrix is formed.

import { scaleFor, setAnchor, stretchExponent } from "./exp";
import { BLOCK, add, expBlock } from "./rows";
import { bytes, lanes, madd, nmadd, product, widenHigh, widenLow } from "./simd";
import { anchorAt, sumsAt } from "./state";

/** Above 0, as log-probabilities never are, and such that `expBlock` gives e^x itself: 2^(LIFT - N) is 1. */
const CEILING: f64 = 22.5;

/** The sum of x y, lane by lane, of at most BLOCK vectors. */
function dot<T>(x: usize, y: usize, full: i32): v128 {
  let a0 = i32x4.splat(0), a1 = a0, a2 = a0, a3 = a0;
  for (; full >= 4; full -= 4, x += 64, y += 64) {
    a0 = madd<T>(v128.load(x), v128.load(y), a0);
    a1 = madd<T>(v128.load(x, 16), v128.load(y, 16), a1);
    a2 = madd<T>(v128.load(x, 32), v128.load(y, 32), a2);
    a3 = madd<T>(v128.load(x, 48), v128.load(y, 48), a3);
  }
  for (; full > 0; full--, x += 16, y += 16) a0 = madd<T>(v128.load(x), v128.load(y), a0);
  return v128.add<T>(v128.add<T>(a0, a1), v128.add<T>(a2, a3));
}

/** Σ x y of a row, or Σ x where y is 0: block by block, added in float64. */
function sumRow<T>(x: usize, y: usize, columns: i32): f64 {
  let total: f64 = 0, lost: f64 = 0;
  for (let left = columns; left > 0; left -= BLOCK * lanes<T>()) {
    const count = min(left, BLOCK * lanes<T>());
    const full = count / lanes<T>(), width = count & (lanes<T>() - 1);
    const sum = y ? dot<T>(x, y, full) : add<T>(x, full, width);
    const pair = sizeof<T>() == 4 ? f64x2.add(widenLow<T>(sum), widenHigh<T>(sum)) : sum;
    const term = f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1) - lost;
    const next = total + term;
    lost = abs(next) < Infinity ? next - total - term : 0;
    total = next;
    x += bytes<T>(count);
    if (y) {
      y += bytes<T>(count);
      for (let k = bytes<T>(width); k > 0; k -= bytes<T>(1)) total += <f64>load<T>(x - k) * <f64>load<T>(y - k);
    }
  }
  return total;
}

/** beta y (dy - d), or with `log` beta (dy - y d). */
// @ts-ignore: decorator
@inline
function entries<T>(y: v128, dy: v128, d: v128, beta: v128, log: bool): v128 {
  if (log) return v128.mul<T>(nmadd<T>(y, d, dy), beta);
  return v128.mul<T>(v128.mul<T>(y, beta), v128.sub<T>(dy, d));
}

/** dx = `entries` in float64, up to `end` of y. */
function spreadExactly<T>(y: usize, dy: usize, dx: usize, end: usize, d: f64, beta: f64, log: bool): void {
  for (; y < end; y += bytes<T>(1), dy += bytes<T>(1), dx += bytes<T>(1)) {
    const p = <f64>load<T>(y), g = <f64>load<T>(dy);
    store<T>(dx, <T>(log ? beta * (g - p * d) : product(beta, g - d, p)));
  }
}

/** dx = `entries`, in float64 at the row's end and where beta is far from 1 (`plain` is false). dx may be y or dy. */
// @ts-ignore: decorator
@inline
function spread<T>(
  y: usize, dy: usize, dx: usize, columns: i32, d: f64, beta: f64, plain: bool, log: bool,
): void {
  const end = y + bytes<T>(columns), offset = v128.splat<T>(<T>d), factor = v128.splat<T>(<T>beta);
  // In pairs, as in `expBlock`.
  for (let pairs = plain ? columns / (2 * lanes<T>()) : 0; pairs > 0; pairs--, y += 32, dy += 32, dx += 32) {
    const e0 = entries<T>(v128.load(y), v128.load(dy), offset, factor, log);
    const e1 = entries<T>(v128.load(y, 16), v128.load(dy, 16), offset, factor, log);
    v128.store(dx, e0);
    v128.store(dx, e1, 16);
  }
  spreadExactly<T>(y, dy, dx, end, d, beta, log);
}

function softmaxVjp<T>(y: usize, dy: usize, dx: usize, rows: i32, columns: i32, beta: f64): void {
  const row = bytes<T>(columns), plain = stretchExponent<T>(beta) == 0;
  for (; rows > 0; rows--, y += row, dy += row, dx += row) {
    spread<T>(y, dy, dx, columns, sumRow<T>(y, dy, columns), beta, plain, false);
  }
}

function logSoftmaxVjp<T>(
  y: usize, dy: usize, dx: usize, rows: i32, columns: i32, beta: f64, scratch: usize,
): void {
  const plain = stretchExponent<T>(beta) == 0;
  const scale = scaleFor<T>(1, false, scratch), anchor = anchorAt(scratch, 0), e = sumsAt(scratch);
  setAnchor<T>(anchor, v128.splat<T>(<T>CEILING), scale);
  const size = BLOCK * lanes<T>(), together = max(1, size / columns);
  for (; rows > 0; rows -= together) {
    const some = min(rows, together);
    for (let r = 0; r < some; r++) {
      const sum = sumRow<T>(dy, 0, columns);
      for (let at = 0; at < columns; at += size) {
        const count = min(columns - at, size), n = some * count;
        if (r == 0) expBlock<T>(y, e, n / lanes<T>(), n & (lanes<T>() - 1), changetype<usize>(anchor), scale);
        spread<T>(e + bytes<T>(r * columns), dy, dx, count, sum, beta, plain, true);
        y += bytes<T>(count);
        dy += bytes<T>(count);
        dx += bytes<T>(count);
      }
    }
  }
}

/**
 * dx = beta y (dy - <y, dy>) for `rows` rows of `columns` float32 values: y is softmax's output, dy a gradient with
 * respect to it, dx the gradient with respect to the logits. The matrix is symmetric: the same product takes a change of
 * the logits to one of y. dx may be y or dy.
 */
export function softmaxVjpF32(
  y: usize, dy: usize, dx: usize, rows: i32, columns: i32, beta: f64, scratch: usize,
): void {
  softmaxVjp<f32>(y, dy, dx, rows, columns, beta);
}

/** The same for float64. */
export function softmaxVjpF64(
  y: usize, dy: usize, dx: usize, rows: i32, columns: i32, beta: f64, scratch: usize,
): void {
  softmaxVjp<f64>(y, dy, dx, rows, columns, beta);
}

/** dx = beta (dy - e^y Σ dy): y is log-softmax's output. `scratch` as for softmax. dx may be y or dy. */
export function logSoftmaxVjpF32(
  y: usize, dy: usize, dx: usize, rows: i32, columns: i32, beta: f64, scratch: usize,
): void {
  logSoftmaxVjp<f32>(y, dy, dx, rows, columns, beta, scratch);
}

/** The same for float64. */
export function logSoftmaxVjpF64(
  y: usize, dy: usize, dx: usize, rows: i32, columns: i32, beta: f64, scratch: usize,
): void {
  logSoftmaxVjp<f64>(y, dy, dx, rows, columns, beta, scratch);
}
