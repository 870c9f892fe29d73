// log softmax of beta x over contiguous rows, for every beta, infinite and 0 included.

import { Scale, power, stretchExponent } from "./exp";
import { log1p } from "./log";
import { Normalizer, anchorRows, normalizerAt, prepare, stretchRow, sumRows } from "./normalizer";
import { TOGETHER } from "./rows";
import { bytes, lanes, loadPartial, madd, storePartial } from "./simd";
import { lineAt } from "./state";

/** y = (x - offset) factor + shift; x may be y. */
function fall<T>(x: usize, y: usize, full: i32, width: i32, offset: v128, factor: v128, shift: v128): void {
  for (; full >= 4; full -= 4, x += 64, y += 64) {
    const x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 32), x3 = v128.load(x, 48);
    v128.store(y, madd<T>(v128.sub<T>(x0, offset), factor, shift));
    v128.store(y, madd<T>(v128.sub<T>(x1, offset), factor, shift), 16);
    v128.store(y, madd<T>(v128.sub<T>(x2, offset), factor, shift), 32);
    v128.store(y, madd<T>(v128.sub<T>(x3, offset), factor, shift), 48);
  }
  for (full += i32(width > 0); full > 0; full--, x += 16, y += 16) {
    const count = width && full == 1 ? width : lanes<T>();
    storePartial<T>(y, madd<T>(v128.sub<T>(loadPartial<T>(x, count, 0), offset), factor, shift), count);
  }
}

/** |beta| / 2^stretchExponent; where that exponent is cut off, what takes every difference to -Infinity or to nothing. */
function restOf<T>(beta: f64): T {
  const e = stretchExponent<T>(beta), most = 1267650600228229401496703205376.0; // 2^100
  if (e == 0) return <T>abs(beta);
  return <T>max(1.0, min(most, abs(beta) * power<f64>(-(e / 2)) * power<f64>(e / 2 - e)));
}

/** `rows` (1 to lanes) rows. */
function logSoftmaxRows<T>(
  x: usize, y: usize, rows: i32, columns: i32, rest: T, scale: Scale<T>, scratch: usize,
): void {
  const n = normalizerAt<T>(scratch), line = lineAt(scratch);
  const full = columns / lanes<T>(), width = columns & (lanes<T>() - 1);
  anchorRows<T>(x, 0, rows, columns, scale, scratch);
  sumRows<T>(x, 0, 0, rows, columns, scale, scratch);
  // 0 - log: a sum of nothing gives +0, and the maximum of its row too.
  let shift = f64x2.sub(i32x4.splat(0), log1p(n.low));
  if (sizeof<T>() == 4) {
    const high = f64x2.sub(i32x4.splat(0), log1p(n.high));
    shift = v128.shuffle<u64>(f32x4.demote_f64x2_zero(shift), f32x4.demote_f64x2_zero(high), 0, 2);
  }
  const half = v128.abs<T>(n.half);
  v128.store(line, v128.mul<T>(n.peak, half));
  v128.store(line, v128.div<T>(v128.splat<T>(rest), half), 16);
  v128.store(line, shift, 32);
  const row = bytes<T>(columns);
  for (let r = 0; r < rows; r++, x += row, y += row) {
    const p = line + bytes<T>(r);
    let from = x;
    if (n.stretched) {
      stretchRow<T>(x, y, full, width, r, v128.splat<T>(n.f), scratch);
      from = y;
    }
    const offset = v128.load_splat<T>(p), factor = v128.load_splat<T>(p, 16);
    fall<T>(from, y, full, width, offset, factor, v128.load_splat<T>(p, 32));
  }
}

function logSoftmax<T>(x: usize, y: usize, rows: i32, columns: i32, beta: f64, scratch: usize): void {
  const scale = prepare<T>(beta, scratch), rest = restOf<T>(beta);
  const together = columns <= TOGETHER ? lanes<T>() : 1, step = bytes<T>(columns * together);
  for (; rows > 0; rows -= together, x += step, y += step) {
    logSoftmaxRows<T>(x, y, min(rows, together), columns, rest, scale, scratch);
  }
}

/**
 * y = log softmax(beta x) of `rows` contiguous rows of `columns` float32 values at x; y may be x, and overlaps it in no
 * other way. Neither count is 0, beta is not NaN. `scratch`: 5120 bytes, aligned to 16.
 */
export function logSoftmaxF32(x: usize, y: usize, rows: i32, columns: i32, beta: f64, scratch: usize): void {
  logSoftmax<f32>(x, y, rows, columns, beta, scratch);
}

/** The same for float64. */
export function logSoftmaxF64(x: usize, y: usize, rows: i32, columns: i32, beta: f64, scratch: usize): void {
  logSoftmax<f64>(x, y, rows, columns, beta, scratch);
}
