// Selection: where in a row's order its largest elements end, without sorting it.
//
// A regular sample of the keys gives two pivots close around the end; one pass weighs what lies above each, another
// collects what lies between, and that is the row of the next round: some per cent of the last. Where a sample has misled
// (less than half falls away), the next round halves the range of keys instead, so there are few rounds whatever the data.

import { above, countOf, loadKey, maskOf, packed, splatKey } from "./keys";
import { bytes, lanes, widenHigh, widenLow } from "./simd";

/** Keys in a sample; as few are sorted. */
export const SAMPLE: i32 = 256;

/** Bytes for what a call keeps, and for a sample and the largest of each block: 16 for each of SAMPLE. */
export const SELECTION: usize = 4096 + 256;

/** What is kept of a row: the keys above `limit`, and of those equal to it the first `ties`. */
@unmanaged
export class Cut {
  limit: i64;
  ties: i32;
  /** What `weigh` found above each of two keys. */
  above: f64;
  within: f64;
  /** The pivots: the end lies in (low, high], if the sample is right. */
  low: i64;
  high: i64;
  /** Whether there may be keys equal to `limit` beside the `ties`. */
  more: bool;
}

/** Numbers of 0 and more are their own keys. */
// @ts-ignore: decorator
@inline
function weightOf<T>(key: i64): f64 {
  return sizeof<T>() == 4 ? <f64>reinterpret<f32>(<i32>key) : reinterpret<f64>(key);
}

/** How many keys, or how much of weights that are their own keys, are above cut.high, and above cut.low. */
function weigh<T>(from: usize, count: i32, weighted: bool, cut: Cut): void {
  const low = splatKey<T>(cut.low), high = splatKey<T>(cut.high), zero = i32x4.splat(0);
  let within = zero, over = zero;
  let p = from, left = count;
  if (weighted) {
    // Accumulators of their own for each vector and each half of it, so that no addition waits for another.
    let w1 = zero, w2 = zero, w3 = zero, o1 = zero, o2 = zero, o3 = zero;
    for (; left >= 2 * lanes<T>(); left -= 2 * lanes<T>(), p += 32) {
      const a = v128.load(p), b = v128.load(p, 16);
      const overA = v128.and(a, above<T>(a, high)), overB = v128.and(b, above<T>(b, high));
      const withinA = v128.and(a, above<T>(a, low)), withinB = v128.and(b, above<T>(b, low));
      over = f64x2.add(over, widenLow<T>(overA));
      o1 = f64x2.add(o1, widenLow<T>(overB));
      within = f64x2.add(within, widenLow<T>(withinA));
      w1 = f64x2.add(w1, widenLow<T>(withinB));
      if (sizeof<T>() == 8) continue;
      o2 = f64x2.add(o2, widenHigh<T>(overA));
      o3 = f64x2.add(o3, widenHigh<T>(overB));
      w2 = f64x2.add(w2, widenHigh<T>(withinA));
      w3 = f64x2.add(w3, widenHigh<T>(withinB));
    }
    over = f64x2.add(f64x2.add(over, o1), f64x2.add(o2, o3));
    within = f64x2.add(f64x2.add(within, w1), f64x2.add(w2, w3));
    cut.above = f64x2.extract_lane(over, 0) + f64x2.extract_lane(over, 1);
    cut.within = f64x2.extract_lane(within, 0) + f64x2.extract_lane(within, 1);
  } else {
    for (; left >= lanes<T>(); left -= lanes<T>(), p += 16) {
      const v = v128.load(p);
      over = i32x4.sub(over, above<T>(v, high));
      within = i32x4.sub(within, above<T>(v, low));
    }
    cut.above = <f64>countOf<T>(over);
    cut.within = <f64>countOf<T>(within);
  }
  for (; left > 0; left--, p += bytes<T>(1)) {
    const key = loadKey<T>(p), weight = weighted ? weightOf<T>(key) : 1;
    if (key > cut.high) cut.above += weight;
    if (key > cut.low) cut.within += weight;
  }
}

/** Which lanes of v are in (low, high]. */
// @ts-ignore: decorator
@inline
function inside<T>(v: v128, low: v128, high: v128): v128 {
  return v128.andnot(above<T>(v, low), above<T>(v, high));
}

/** The keys in (low, high], in their order, to `to`, which may be `from`; writes up to 16 bytes more. */
function collect<T>(from: usize, count: i32, low: i64, high: i64, to: usize): i32 {
  const l = splatKey<T>(low), h = splatKey<T>(high);
  let end = to, left = count;
  while (left >= lanes<T>()) {
    if (left >= 4 * lanes<T>()) {
      const a = v128.or(inside<T>(v128.load(from), l, h), inside<T>(v128.load(from, 16), l, h));
      const b = v128.or(inside<T>(v128.load(from, 32), l, h), inside<T>(v128.load(from, 48), l, h));
      if (!v128.any_true(v128.or(a, b))) {
        left -= 4 * lanes<T>();
        from += 64;
        continue;
      }
    }
    for (let i = 0; i < 4 && left >= lanes<T>(); i++, left -= lanes<T>(), from += 16) {
      const v = v128.load(from), mask = maskOf<T>(inside<T>(v, l, h));
      const four = sizeof<T>() == 4 ? mask : (mask & 1) * 3 + (mask >> 1) * 12;
      v128.store(end, packed(v, four));
      end += bytes<T>(popcnt(mask));
    }
  }
  for (; left > 0; left--, from += bytes<T>(1)) {
    const key = loadKey<T>(from);
    if (key <= low || key > high) continue;
    if (sizeof<T>() == 4) store<i32>(end, <i32>key);
    else store<i64>(end, key);
    end += bytes<T>(1);
  }
  return i32((end - to) >> alignof<T>());
}

/** The largest of Knuth's gaps, 1, 4, 13, 40, …, that is any use. */
function gapFor(count: i32): i32 {
  let gap = 1;
  while (gap < count / 3) gap = 3 * gap + 1;
  return gap;
}

/**
 * Sorts keys of 64 bits, the largest first, and with them the places of what they are of, if there are any: of equal keys
 * the lower place first (Shell 1959).
 */
export function sortKeys(keys: usize, places: usize, count: i32): void {
  for (let gap = gapFor(count); gap > 0; gap /= 3) {
    const step = <usize>gap << 3;
    for (let i = gap; i < count; i++) {
      let p = keys + (<usize>i << 3), q = places + (<usize>i << 2);
      const key = load<i64>(p), place = places ? load<i32>(q) : 0;
      for (let j = i; j >= gap; j -= gap, p -= step, q -= step >> 1) {
        const other = load<i64>(p - step);
        if (other > key || (other == key && (!places || load<i32>(q - (step >> 1)) < place))) break;
        store<i64>(p, other);
        if (places) store<i32>(q, load<i32>(q - (step >> 1)));
      }
      store<i64>(p, key);
      if (places) store<i32>(q, place);
    }
  }
}

/** Every `step`-th key, sorted. */
function takeSample<T>(from: usize, count: i32, step: i32, sample: usize): void {
  for (let i = 0; i < count; i++) store<i64>(sample + (<usize>i << 3), loadKey<T>(from + bytes<T>(i * step)));
  sortKeys(sample, 0, count);
}

/** Pivots around the place where the sample reaches the goal; `rest`: what all `count` keys weigh. */
function choosePivots<T>(from: usize, count: i32, goal: f64, rest: f64, weighted: bool, cut: Cut, sample: usize): void {
  takeSample<T>(from, SAMPLE, count / SAMPLE, sample);
  const share = <f64>SAMPLE / <f64>count;
  let place: i32, slack: i32;
  if (weighted) {
    // From below: a sample says little of the few large weights, but much of the many small ones.
    let below = (rest - goal) * share;
    place = SAMPLE - 1;
    for (; place > 0; place--) {
      below -= weightOf<T>(load<i64>(sample + (<usize>place << 3)));
      if (below < 0) break;
    }
    slack = SAMPLE / 16;
  } else {
    place = <i32>(goal * share);
    slack = 2 + <i32>(3 * sqrt(goal * share));
  }
  cut.low = load<i64>(sample + (<usize>min(place + slack, SAMPLE - 1) << 3)) - 1;
  cut.high = load<i64>(sample + (<usize>max(place - slack, 0) << 3));
}

/** Where a few keys reach the goal. */
function walk<T>(from: usize, count: i32, goal: f64, weighted: bool, cut: Cut, sample: usize): void {
  takeSample<T>(from, count, 1, sample);
  let sum = 0.0;
  cut.ties = 0;
  for (let i = 0; i < count && sum < goal; i++) {
    const key = load<i64>(sample + (<usize>i << 3));
    cut.ties = i > 0 && key == cut.limit ? cut.ties + 1 : 1;
    cut.limit = key;
    sum += weighted ? weightOf<T>(key) : 1;
    cut.more = i + 1 < count && load<i64>(sample + (<usize>i << 3), 8) == key;
  }
}

/**
 * The largest of `count` keys at `from`, as many as it takes to reach `goal`: in number, or, `weighted`, in the sum of the
 * non-negative numbers that they are, which is `rest` for all of them. `keys`: room for as many, and 16 bytes; may be
 * `from`, which is then lost. `sample`: 2048 bytes.
 */
export function select<T>(
  from: usize, count: i32, goal: f64, rest: f64, weighted: bool, keys: usize, sample: usize, cut: Cut,
): void {
  let low: i64 = sizeof<T>() == 4 ? i32.MIN_VALUE : i64.MIN_VALUE;
  let high: i64 = sizeof<T>() == 4 ? i32.MAX_VALUE : i64.MAX_VALUE;
  let misled = false;
  while (count > SAMPLE) {
    if (misled) {
      cut.low = low + <i64>(<u64>(high - low) >> 1);
      cut.high = high;
    } else {
      choosePivots<T>(from, count, goal, rest, weighted, cut, sample);
    }
    weigh<T>(from, count, weighted, cut);
    if (cut.above >= goal) {
      low = cut.high;
      rest = cut.above;
    } else if (cut.within >= goal) {
      low = cut.low;
      high = cut.high;
      goal -= cut.above;
      rest = cut.within - cut.above;
    } else {
      high = cut.low;
      goal -= cut.within;
      rest -= cut.within;
    }
    if (low + 1 == high) {
      // All keys that are left are equal.
      cut.limit = high;
      cut.more = true;
      cut.ties = <i32>min(ceil(weighted ? goal / weightOf<T>(high) : goal), <f64>i32.MAX_VALUE);
      return;
    }
    const left = collect<T>(from, count, low, high, keys);
    misled = left > count / 2;
    count = left;
    from = keys;
  }
  walk<T>(from, count, goal, weighted, cut, sample);
}
