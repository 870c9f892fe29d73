// Draws of classes from rows of logits, the distributions that they are drawn from, and the normalizers of raw rows.

import { largest } from "./argmax";
import { drawNarrow } from "./drawnarrow";
import { log } from "./log";
import { bytes, lanes, loadPartial, storePartial } from "./simd";
import { NARROW } from "./state";
import { Filters, STEP, exponentials, prepare, sumBlock, sumBlocks, weighRow } from "./weights";

/** The place in a row of weights where their sum first exceeds `target`: that of a weight above 0, whatever is rounded. */
function placeOf<T>(x: usize, count: i32, target: f64, sums: usize): i32 {
  let sum = 0.0, before = 0.0, start = 0, place = 0;
  for (let e = 0; e < count && sum <= target; e += STEP, sums += 8) {
    const block = load<f64>(sums);
    if (block == 0) continue;
    start = e;
    before = sum;
    sum += block;
  }
  for (let i = start, end = min(count, start + STEP); i < end && before <= target; i++) {
    const weight = <f64>load<T>(x + bytes<T>(i));
    if (weight == 0) continue;
    place = i;
    before += weight;
  }
  return place;
}

/** Takes the class at `place` out of a row of weights; gives the new total. */
function remove<T>(x: usize, count: i32, place: i32, sums: usize): f64 {
  const block = place / STEP, first = block * STEP;
  store<T>(x + bytes<T>(place), 0);
  store<f64>(sums + (<usize>block << 3), sumBlock<T>(x + bytes<T>(first), min(count - first, STEP)));
  let total = 0.0;
  for (let e = 0; e < count; e += STEP, sums += 8) total += load<f64>(sums);
  return total;
}

/** In place of shares their logarithms. */
function takeLogs(p: usize, count: i32): void {
  for (; count > 0; count -= 2, p += 16) storePartial<f64>(p, log(loadPartial<f64>(p, min(count, 2), 1)), min(count, 2));
}

function draw<T>(
  x: usize, rows: i32, columns: i32, beta: f64, topK: i32, topP: f64, minP: f64, draws: i32, replacement: i32,
  uniforms: usize, tokens: usize, logProbs: usize, work: usize, scratch: usize,
): i32 {
  const filters = prepare<T>(x, rows, columns, beta, topK, topP, minP, work, scratch);
  const filtered = filters.topK || topP < 1 || minP > 0 || filters.f < 1;
  if (sizeof<T>() == 4 && columns < NARROW && replacement && !filtered && !logProbs) {
    return drawNarrow(x, rows, draws, uniforms, tokens, changetype<Filters<f32>>(filters));
  }
  for (let r = 0; r < rows; r++, x += bytes<T>(columns)) {
    const whole = weighRow<T>(x, filters);
    let total = whole;
    for (let d = 0; d < draws; d++, uniforms += 8, tokens += 4) {
      if (!(total > 0)) return r;
      const place = placeOf<T>(x, filters.count, load<f64>(uniforms) * total, filters.sums);
      store<i32>(tokens, filters.topK ? load<i32>(filters.places + (<usize>place << 2)) : place);
      if (logProbs) store<f64>(logProbs + (<usize>d << 3), <f64>load<T>(x + bytes<T>(place)) / whole);
      if (!replacement) total = remove<T>(x, filters.count, place, filters.sums);
    }
    if (!logProbs) continue;
    takeLogs(logProbs, draws);
    logProbs += <usize>draws << 3;
  }
  return -1;
}

/** Weights over their total, back where they stood; 0 for what is not kept. Without a total, NaN for the whole row. */
function spread<T>(x: usize, total: f64, filters: Filters<T>): void {
  const sum = v128.splat<T>(<T>total);
  if (!filters.topK || !(total > 0)) {
    for (let left = filters.columns; left > 0; left -= lanes<T>(), x += 16) {
      const count = min(left, lanes<T>());
      storePartial<T>(x, total > 0 ? v128.div<T>(loadPartial<T>(x, count, 0), sum) : v128.splat<T>(<T>NaN), count);
    }
    return;
  }
  let end = filters.columns;
  // From the last on: a class never stood before the place where it is in hand.
  for (let j = filters.count - 1; j >= 0; j--) {
    const place = load<i32>(filters.places + (<usize>j << 2)), share = load<T>(x + bytes<T>(j)) / <T>total;
    memory.fill(x + bytes<T>(place), 0, bytes<T>(end - place));
    store<T>(x + bytes<T>(place), share);
    end = place;
  }
  memory.fill(x, 0, bytes<T>(end));
}

function probabilities<T>(
  x: usize, rows: i32, columns: i32, beta: f64, topK: i32, topP: f64, minP: f64, work: usize, scratch: usize,
): void {
  const filters = prepare<T>(x, rows, columns, beta, topK, topP, minP, work, scratch);
  for (; rows > 0; rows--, x += bytes<T>(columns)) spread<T>(x, weighRow<T>(x, filters), filters);
}

function normalizers<T>(x: usize, rows: i32, columns: i32, values: usize, work: usize, scratch: usize): void {
  const filters = prepare<T>(x, 0, columns, 1, 0, 1, 0, work, scratch);
  for (; rows > 0; rows--, x += bytes<T>(columns), values += 16) {
    const max = exponentials<T>(x, filters.keys, columns, filters.scale, scratch);
    const total = sumBlocks<T>(filters.keys, columns, filters.sums);
    store<f64>(values, <f64>max);
    store<f64>(values, total / <f64>largest<T>(filters.keys, columns), 8);
    takeLogs(values + 8, 1);
  }
}

/**
 * Draws `draws` classes of each of `rows` contiguous rows of float32 logits at x: 32-bit integers at `tokens`, and at
 * `logProbs`, if that is not 0, the logarithms of their probabilities in float64. The distribution is softmax of beta x,
 * restricted to the topK largest (0: to none) and of these to the smallest set of mass topP (1: to none), ties going to
 * those that come first, and then to those of minP times the largest probability and more (0: to none). Draw d of a row
 * is that where the sum of the probabilities first exceeds its number at `uniforms`, in [0, 1); without `replacement` each
 * class is drawn once at most. No dimension is 0, beta is not NaN. x is lost, and has room for rows rounded up to a
 * multiple of 4.
 *
 * Gives the number of the first row that has too few classes to draw from, or no softmax; -1 if there is none.
 */
export function drawF32(
  x: usize, rows: i32, columns: i32, beta: f64, topK: i32, topP: f64, minP: f64, draws: i32, replacement: i32,
  uniforms: usize, tokens: usize, logProbs: usize, work: usize, scratch: usize,
): i32 {
  return draw<f32>(
    x, rows, columns, beta, topK, topP, minP, draws, replacement, uniforms, tokens, logProbs, work, scratch,
  );
}

/** The same for float64. */
export function drawF64(
  x: usize, rows: i32, columns: i32, beta: f64, topK: i32, topP: f64, minP: f64, draws: i32, replacement: i32,
  uniforms: usize, tokens: usize, logProbs: usize, work: usize, scratch: usize,
): i32 {
  return draw<f64>(
    x, rows, columns, beta, topK, topP, minP, draws, replacement, uniforms, tokens, logProbs, work, scratch,
  );
}

/** In place of the rows at x the distributions that `drawF32` draws from; NaN for a row that has none. */
export function probabilitiesF32(
  x: usize, rows: i32, columns: i32, beta: f64, topK: i32, topP: f64, minP: f64, work: usize, scratch: usize,
): void {
  probabilities<f32>(x, rows, columns, beta, topK, topP, minP, work, scratch);
}

/** The same for float64. */
export function probabilitiesF64(
  x: usize, rows: i32, columns: i32, beta: f64, topK: i32, topP: f64, minP: f64, work: usize, scratch: usize,
): void {
  probabilities<f64>(x, rows, columns, beta, topK, topP, minP, work, scratch);
}

/** values: for each of `rows` contiguous rows of float32 its maximum m and log of the sum of exp(x - m), in float64. */
export function normalizersF32(x: usize, rows: i32, columns: i32, values: usize, work: usize, scratch: usize): void {
  normalizers<f32>(x, rows, columns, values, work, scratch);
}

/** The same for float64. */
export function normalizersF64(x: usize, rows: i32, columns: i32, values: usize, work: usize, scratch: usize): void {
  normalizers<f64>(x, rows, columns, values, work, scratch);
}
