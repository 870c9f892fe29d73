// From a row of logits to the weights of its classes: exponentials in proportion to the probabilities that the filters
// leave, their sums block by block in float64, and the total.

import { largest } from "./argmax";
import { Scale, power, scaleFor, setAnchor, stretchExponent } from "./exp";
import { above, keyAt, maskOf, splatKey } from "./keys";
import { selectLargest } from "./places";
import { Cut, SELECTION, select } from "./selection";
import { BLOCK, expBlock, maximum, multiply, stretch } from "./rows";
import { bytes, lanes, loadPartial, maxAcross, storePartial, widenHigh, widenLow } from "./simd";
import { anchorAt, lineAt } from "./state";

/** Elements in a block of sums. */
export const STEP: i32 = 256;

/** A mass that falls short of `topP` by no more than the rounding of its sum reaches it. */
const SHORT: f64 = 1 - 9.094947017729282e-13; // 2^-40

/** What a call asks of each row, and where there is room for what becomes of it. */
@unmanaged
export class Filters<T> {
  columns: i32;
  /** 0 where all are kept */
  topK: i32;
  /** classes in hand: `columns`, or `topK` */
  count: i32;
  topP: f64;
  minP: f64;
  scale: Scale<T>;
  /** 2^stretchExponent where that is below 1, in two factors; else both are 1 */
  f: T;
  g: T;
  cut: Cut;
  sample: usize;
  sums: usize;
  keys: usize;
  /** Where the classes in hand stood in the row, if they are `topK`. */
  places: usize;
  scratch: usize;
}

/** Sets up a call; takes the sign of beta into the logits. */
export function prepare<T>(
  x: usize, rows: i32, columns: i32, beta: f64, topK: i32, topP: f64, minP: f64, work: usize, scratch: usize,
): Filters<T> {
  const filters = changetype<Filters<T>>(work), down = min(stretchExponent<T>(beta), 0);
  filters.columns = columns;
  filters.topK = topK < columns ? topK : 0;
  filters.topP = topP;
  filters.minP = minP;
  filters.scale = scaleFor<T>(beta, false, scratch);
  filters.f = power<T>(down / 2);
  filters.g = power<T>(down - down / 2);
  filters.cut = changetype<Cut>(work + offsetof<Filters<f64>>());
  filters.sample = changetype<usize>(filters.cut) + offsetof<Cut>();
  filters.sums = work + SELECTION;
  filters.keys = filters.sums + (<usize>((columns + STEP - 1) / STEP) << 3);
  filters.places = filters.keys + bytes<f64>(columns) + 16;
  filters.scratch = scratch;
  const count = rows * columns;
  if (beta < 0) multiply<T>(x, count / lanes<T>(), count & (lanes<T>() - 1), v128.splat<T>(-1));
  return filters;
}

/** The largest element of a row that is not NaN, in each lane. */
function peak<T>(x: usize, count: i32, scratch: usize): v128 {
  const line = lineAt(scratch), m = maximum<T>(x, count / lanes<T>(), count & (lanes<T>() - 1));
  for (let r = 0; r < lanes<T>(); r++) v128.store(line + (<usize>r << 4), m);
  return maxAcross<T>(line);
}

/** y = exponentials of a row in proportion to its softmax, the largest in [2^32, 2^33); y may be x. Gives the maximum of x. */
export function exponentials<T>(x: usize, y: usize, count: i32, scale: Scale<T>, scratch: usize): T {
  const anchor = anchorAt(scratch, 0), max = peak<T>(x, count, scratch);
  if (!v128.all_true<i32>(setAnchor<T>(anchor, max, scale))) {
    const full = count / lanes<T>(), width = count & (lanes<T>() - 1);
    stretch<T>(x, y, full, width, max, v128.splat<T>(scale.f), v128.splat<T>(scale.g));
    x = y;
  }
  for (let e = 0; e < count; e += BLOCK * lanes<T>()) {
    const n = min(count - e, BLOCK * lanes<T>()), at = bytes<T>(e);
    expBlock<T>(x + at, y + at, n / lanes<T>(), n & (lanes<T>() - 1), changetype<usize>(anchor), scale);
  }
  return v128.extract_lane<T>(max, 0);
}

/** The sum of at most STEP weights. */
export function sumBlock<T>(x: usize, count: i32): f64 {
  let a = i32x4.splat(0), b = a, c = a, d = a;
  for (; count >= 4 * lanes<T>(); count -= 4 * lanes<T>(), x += 64) {
    // Half a vector of float32 at a time: loading it again costs less than moving it down.
    for (let half: usize = 0; half < 64; half += bytes<T>(8)) {
      a = f64x2.add(a, loadWide<T>(x + half));
      b = f64x2.add(b, loadWide<T>(x + half + bytes<T>(2)));
      c = f64x2.add(c, loadWide<T>(x + half + bytes<T>(4)));
      d = f64x2.add(d, loadWide<T>(x + half + bytes<T>(6)));
    }
  }
  for (; count > 0; count -= lanes<T>(), x += 16) {
    const v = loadPartial<T>(x, min(count, lanes<T>()), 0);
    a = f64x2.add(a, widenLow<T>(v));
    if (sizeof<T>() == 4) b = f64x2.add(b, widenHigh<T>(v));
  }
  const sum = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** Two elements at p in float64. */
// @ts-ignore: decorator
@inline
function loadWide<T>(p: usize): v128 {
  return sizeof<T>() == 4 ? f64x2.promote_low_f32x4(v128.load64_zero(p)) : v128.load(p);
}

/** The sum of each block to `sums`, and of all. */
export function sumBlocks<T>(x: usize, count: i32, sums: usize): f64 {
  let total = 0.0;
  for (; count > 0; count -= STEP, x += bytes<T>(STEP), sums += 8) {
    const sum = sumBlock<T>(x, min(count, STEP));
    store<f64>(sums, sum);
    total += sum;
  }
  return total;
}

/** Weights with keys below `least` become 0. */
function clearBelow<T>(x: usize, count: i32, least: i64): void {
  const limit = splatKey<T>(least - 1);
  for (; count >= 4 * lanes<T>(); count -= 4 * lanes<T>(), x += 64) {
    const a = v128.load(x), b = v128.load(x, 16), c = v128.load(x, 32), d = v128.load(x, 48);
    v128.store(x, v128.and(a, above<T>(a, limit)));
    v128.store(x, v128.and(b, above<T>(b, limit)), 16);
    v128.store(x, v128.and(c, above<T>(c, limit)), 32);
    v128.store(x, v128.and(d, above<T>(d, limit)), 48);
  }
  for (; count > 0; count -= lanes<T>(), x += 16) {
    const n = min(count, lanes<T>()), v = loadPartial<T>(x, n, 0);
    storePartial<T>(x, v128.and(v, above<T>(v, limit)), n);
  }
}

/** How many elements there are up to the one that is the `nth` with this key. */
function countTo<T>(x: usize, count: i32, key: i64, nth: i32): i32 {
  const over = splatKey<T>(key), from = splatKey<T>(key - 1);
  for (let e = 0; e < count; e += lanes<T>(), x += 16) {
    const v = loadPartial<T>(x, min(count - e, lanes<T>()), -1);
    let mask = maskOf<T>(v128.andnot(above<T>(v, from), above<T>(v, over)));
    for (; mask; mask &= mask - 1) if (--nth == 0) return e + ctz(mask) + 1;
  }
  return count;
}

/** Clears what the smallest set of mass `topP` does without. */
function keepMass<T>(x: usize, total: f64, filters: Filters<T>): void {
  const count = filters.count, cut = filters.cut;
  const goal = max(filters.topP * total * SHORT, f64.MIN_NORMAL_VALUE);
  select<T>(x, count, goal, total, true, filters.keys, filters.sample, cut);
  const end = cut.more ? countTo<T>(x, count, cut.limit, cut.ties) : count;
  clearBelow<T>(x, end, cut.limit);
  clearBelow<T>(x + bytes<T>(end), count - end, cut.limit + 1);
}

/** Clears weights below `minP` times the largest. */
function keepLarge<T>(x: usize, filters: Filters<T>): void {
  const count = filters.count, line = lineAt(filters.scratch);
  const least = filters.minP * <f64>largest<T>(x, count);
  store<T>(line, <T>least);
  // Rounded up, so that a weight passes if the number itself does.
  clearBelow<T>(x, count, keyAt<T>(line) + i64(<f64>load<T>(line) < least));
}

/**
 * In place of a row's logits at x, the weights of its classes, or of the topK of them, those that are not filtered out;
 * sets `count`. Gives their total: NaN where the row has no softmax.
 */
export function weighRow<T>(x: usize, filters: Filters<T>): f64 {
  let count = filters.columns;
  if (filters.topK) {
    const places = filters.places;
    selectLargest<T>(x, count, filters.topK, 0, places, filters.keys, filters.sample, filters.cut);
    count = filters.topK;
    for (let j = 0; j < count; j++) {
      store<T>(x + bytes<T>(j), load<T>(x + bytes<T>(load<i32>(places + (<usize>j << 2)))));
    }
  }
  filters.count = count;
  if (filters.f < 1) {
    const f = v128.splat<T>(filters.f), g = v128.splat<T>(filters.g);
    stretch<T>(x, x, count / lanes<T>(), count & (lanes<T>() - 1), i32x4.splat(0), f, g);
  }
  exponentials<T>(x, x, count, filters.scale, filters.scratch);
  const total = sumBlocks<T>(x, count, filters.sums);
  if (!(total > 0) || (filters.topP >= 1 && filters.minP == 0)) return total;
  if (filters.topP < 1) keepMass<T>(x, total, filters);
  if (filters.minP > 0) keepLarge<T>(x, filters);
  return sumBlocks<T>(x, count, filters.sums);
}
