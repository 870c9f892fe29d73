// log softmax of beta x over contiguous rows, for every beta, infinite and 0 included.

import { Scale, power, stretchExponent } from "./exp";
import { log1p } from "./log";
import { gatherRows, scatterRows } from "./narrow";
import { HUGE, Normalizer, TOGETHER, anchorRows, normalizerAt, prepare, stretchRow, sumRows } from "./normalizer";
import { expPanel } from "./panel";
import { bytes, lanes, loadPartial, madd, storePartial, widenHigh, widenLow } from "./simd";
import { LINE, NARROW, PANEL, lineAt, linesAt, sumsAt, totalAt } from "./state";

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

/** |beta| / 2^stretchExponent; where that is cut off, what takes every difference to -Infinity or to nothing. */
export function restOf<T>(beta: f64): T {
  const e = stretchExponent<T>(beta), most = 1267650600228229401496703205376.0; // 2^100
  if (e == 0) return <T>abs(beta);
  return <T>max(1.0, min(most, abs(beta) * power<f64>(-(e / 2)) * power<f64>(e / 2 - e)));
}

/** - log1p of r in the first `rows` lanes. 0 - log: for an r of 0 it is +0, and so is the maximum of its row. */
function shift<T>(low: v128, high: v128, rows: i32): v128 {
  const l = f64x2.sub(i32x4.splat(0), log1p(low));
  if (sizeof<T>() == 8) return l;
  const h = rows > 2 ? f64x2.sub(i32x4.splat(0), log1p(high)) : l;
  return v128.shuffle<u64>(f32x4.demote_f64x2_zero(l), f32x4.demote_f64x2_zero(h), 0, 2);
}

/** 4 `count` rows of few columns, a row a lane, added in the order of rows.ts; false where a maximum has to be halved. */
function logSoftmaxNarrow(
  x: usize, y: usize, count: i32, columns: i32, rest: f32, scale: Scale<f32>, scratch: usize,
): bool {
  const line = lineAt(scratch), lines = linesAt(scratch), sums = sumsAt(scratch);
  const holes = changetype<usize>(normalizerAt<f32>(scratch)) + offsetof<Normalizer<f32>>();
  gatherRows(x, count, columns, lines, line);
  let huge = i32x4.splat(0);
  for (let j = 0; j < count; j++) {
    const max = v128.load(line + 16 * j);
    huge = v128.or(huge, f32x4.gt(f32x4.abs(max), f32x4.splat(<f32>HUGE)));
    // The place of the first maximum.
    let place = i32x4.splat(-1);
    for (let e = columns - 1, p = lines + 16 * j + LINE * e; e >= 0; e--, p -= LINE) {
      place = v128.bitselect(i32x4.splat(e), place, f32x4.eq(v128.load(p), max));
    }
    v128.store(holes + 16 * j, place);
  }
  if (v128.any_true(huge)) return false;
  expPanel<f32>(lines, lines, columns, LINE, count, 0, false, scale, scratch, holes);
  gatherRows(x, count, columns, lines, line);
  const factor = f32x4.splat(rest);
  for (let j = 0; j < count; j++) {
    const total = totalAt(scratch, j), top = v128.load(holes + 16 * j), max = v128.load(line + 16 * j);
    const s = shift<f32>(f64x2.div(total.low, widenLow<f32>(top)), f64x2.div(total.high, widenHigh<f32>(top)), 4);
    for (let e = 0, p = lines + 16 * j; e < columns; e++, p += LINE) {
      v128.store(p, madd<f32>(f32x4.sub(v128.load(p), max), factor, s));
    }
    v128.store(sums + 16 * j, f32x4.splat(1));
  }
  scatterRows(lines, count, columns, y, sums);
  return true;
}

/** y = |beta| (±x - maximum) + shift, of anchored rows, a shift a lane. */
export function fallRows<T>(
  x: usize, y: usize, rows: i32, columns: i32, rest: T, shift: v128, scratch: usize,
): void {
  const n = normalizerAt<T>(scratch), line = lineAt(scratch);
  const full = columns / lanes<T>(), width = columns & (lanes<T>() - 1);
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

/** `rows` (1 to lanes) rows. */
function logSoftmaxRows<T>(
  x: usize, y: usize, rows: i32, columns: i32, rest: T, scale: Scale<T>, scratch: usize,
): void {
  const n = normalizerAt<T>(scratch);
  anchorRows<T>(x, 0, rows, columns, scale, scratch);
  sumRows<T>(x, 0, 0, rows, columns, scale, scratch);
  fallRows<T>(x, y, rows, columns, rest, shift<T>(n.low, n.high, rows), scratch);
}

function logSoftmax<T>(x: usize, y: usize, rows: i32, columns: i32, beta: f64, scratch: usize): void {
  const scale = prepare<T>(beta, scratch), rest = restOf<T>(beta);
  const row = bytes<T>(columns);
  if (sizeof<T>() == 4 && columns < NARROW && !normalizerAt<T>(scratch).stretched) {
    while (rows >= 4) {
      const count = min(rows / 4, PANEL), step = row * (4 * count);
      if (!logSoftmaxNarrow(x, y, count, columns, rest, scale, scratch)) {
        for (let r = 0; r < 4 * count; r += 4) {
          logSoftmaxRows<T>(x + row * r, y + row * r, 4, columns, rest, scale, scratch);
        }
      }
      rows -= 4 * count;
      x += step;
      y += step;
    }
  }
  const together = columns <= TOGETHER ? lanes<T>() : 1;
  for (; rows > 0; rows -= together, x += row * together, y += row * together) {
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
