// Draws from float32 rows of few columns, without filters: a row a lane, as narrow.ts turns them. With a row at a time
// 4096x10 took four times as long.

import { gatherRows } from "./narrow";
import { anchorPanel, expLines } from "./panel";
import { bytes } from "./simd";
import { LINE, PANEL, anchorAt, lineAt, linesAt } from "./state";
import { Filters } from "./weights";

/** The numbers for one draw of four rows; where there are fewer, of the last again. */
// @ts-ignore: decorator
@inline
function loadUniforms(p: usize, step: usize, first: i32, rows: i32): v128 {
  const pair = v128.load64_zero(p + step * min(first, rows - 1));
  return v128.load64_lane(p + step * min(first + 1, rows - 1), pair, 1);
}

/** Two weights in float64: loading half a vector again costs less than moving it down. */
// @ts-ignore: decorator
@inline
function loadPair(p: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(p));
}

/**
 * How many of the running sums of four rows of weights at `lines` do not exceed their targets, a row a lane. A target is
 * below the last sum: that is the total, to the bit, and a number below 1 takes half an ULP off it at least.
 */
function countUpTo(lines: usize, length: i32, targetLow: v128, targetHigh: v128): v128 {
  let low = i32x4.splat(0), high = low, countLow = low, countHigh = low;
  for (const end = lines + LINE * length; lines < end; lines += LINE) {
    low = f64x2.add(low, loadPair(lines));
    high = f64x2.add(high, loadPair(lines + 8));
    countLow = i64x2.sub(countLow, f64x2.le(low, targetLow));
    countHigh = i64x2.sub(countHigh, f64x2.le(high, targetHigh));
  }
  return v128.shuffle<u32>(countLow, countHigh, 0, 2, 4, 6);
}

/** The places of one draw of each row, `step` bytes apart. */
function storePlaces(rows: i32, places: v128, line: usize, tokens: usize, step: usize): void {
  v128.store(line, places);
  for (; rows > 0; rows--, line += 4, tokens += step) store<i32>(tokens, load<i32>(line));
}

/** Draws from a vector of rows, of which `rows` (1 to 4) count. Gives the first row without a softmax; -1 if there is none. */
function drawVector(
  lines: usize, length: i32, rows: i32, draws: i32, uniforms: usize, line: usize, tokens: usize,
): i32 {
  const zero = i32x4.splat(0);
  let low = zero, high = zero;
  for (let p = lines, end = lines + LINE * length; p < end; p += LINE) {
    low = f64x2.add(low, loadPair(p));
    high = f64x2.add(high, loadPair(p + 8));
  }
  const valid = v128.shuffle<u32>(f64x2.gt(low, zero), f64x2.gt(high, zero), 0, 2, 4, 6);
  const invalid = ~i32x4.bitmask(valid) & ((1 << rows) - 1);
  if (invalid) return ctz(invalid);
  for (let d = 0; d < draws; d++, uniforms += 8, tokens += 4) {
    const step = bytes<f64>(draws);
    const whole = draws == 1 && rows == 4;
    const u = whole ? v128.load(uniforms) : loadUniforms(uniforms, step, 0, rows);
    const v = whole ? v128.load(uniforms, 16) : loadUniforms(uniforms, step, 2, rows);
    const places = countUpTo(lines, length, f64x2.mul(u, low), f64x2.mul(v, high));
    if (whole) v128.store(tokens, places);
    else storePlaces(rows, places, line, tokens, step >> 1);
  }
  return -1;
}

/** As `draw`, for rows of fewer than NARROW columns that nothing is filtered out of, with replacement. */
export function drawNarrow(
  x: usize, rows: i32, draws: i32, uniforms: usize, tokens: usize, filters: Filters<f32>,
): i32 {
  const length = filters.columns, scale = filters.scale, scratch = filters.scratch;
  const line = lineAt(scratch), lines = linesAt(scratch);
  for (let first = 0; first < rows; first += 4 * PANEL, x += bytes<f32>(4 * PANEL * length)) {
    const count = min((rows - first + 3) >> 2, PANEL);
    gatherRows(x, count, length, lines, line);
    anchorPanel<f32>(lines, lines, length, LINE, count, 0, scale, scratch);
    expLines<f32>(lines, lines, length, LINE, count, 0, changetype<usize>(anchorAt(scratch, 0)), 0, scale);
    for (let j = 0; j < count; j++) {
      const row = first + 4 * j, done = row * draws;
      const failed = drawVector(
        lines + (<usize>j << 4), length, min(rows - row, 4), draws, uniforms + bytes<f64>(done), line,
        tokens + bytes<f32>(done),
      );
      if (failed >= 0) return row + failed;
    }
  }
  return -1;
}
