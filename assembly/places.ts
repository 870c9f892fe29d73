// The places of a row's largest elements.

import { largest } from "./argmax";
import { above, addKeys, countOf, keyAt, keysOf, loadKey, maskOf, numberOf, packed, splatKey } from "./keys";
import { Cut, SAMPLE, select, sortKeys } from "./selection";
import { bytes, lanes, loadPartial } from "./simd";

/** Rows of at most so many elements are ranked rather than selected from. */
const SHORT: i32 = 32;

/** How many of the keys of a row come before that at `place`. */
// @ts-ignore: decorator
@inline
function rankOf<T>(keys: usize, columns: i32, place: i32): i32 {
  const key = splatKey<T>(loadKey<T>(keys + bytes<T>(place))), at = splatKey<T>(place);
  let numbers = sizeof<T>() == 4 ? i32x4(0, 1, 2, 3) : i64x2(0, 1), before = i32x4.splat(0);
  for (const end = keys + bytes<T>(columns); keys < end; keys += 16) {
    // Equal keys that stand before it count too: those are above one less.
    const limit = addKeys<T>(key, above<T>(at, numbers));
    before = i32x4.sub(before, above<T>(v128.load(keys), limit));
    numbers = addKeys<T>(numbers, splatKey<T>(lanes<T>()));
  }
  return countOf<T>(before);
}

/**
 * The places of the k largest elements of a short row, by the rank of each; `sorted`: in that order. A fifth of the time of
 * selecting and sorting at 10 columns.
 */
function rankLargest<T>(x: usize, columns: i32, k: i32, sorted: i32, keys: usize, places: usize): void {
  let p = keys, left = columns;
  for (; left > 0; left -= lanes<T>(), x += 16, p += 16) {
    v128.store(p, keysOf<T>(loadPartial<T>(x, min(left, lanes<T>()), -<T>Infinity)));
  }
  for (let place = 0, found = 0; found < k; place++) {
    const rank = rankOf<T>(keys, columns, place);
    if (rank >= k) continue;
    store<i32>(places + (<usize>(sorted ? rank : found) << 2), place);
    found++;
  }
}

/** The places, from `first` on, of elements that are not below `pivot`, as a NaN is not: 32-bit integers, and 16 bytes more. */
function gather<T>(x: usize, first: i32, columns: i32, pivot: T, places: usize): i32 {
  const v = v128.splat<T>(pivot), step = i32x4.splat(lanes<T>());
  let numbers = i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3)), end = places, left = columns;
  while (left > 0) {
    if (left >= 4 * lanes<T>()) {
      const a = v128.and(v128.lt<T>(v128.load(x), v), v128.lt<T>(v128.load(x, 16), v));
      const b = v128.and(v128.lt<T>(v128.load(x, 32), v), v128.lt<T>(v128.load(x, 48), v));
      if (v128.all_true<i32>(v128.and(a, b))) {
        left -= 4 * lanes<T>();
        x += 64;
        numbers = i32x4.add(numbers, i32x4.splat(4 * lanes<T>()));
        continue;
      }
    }
    for (let i = 0; i < 4 && left > 0; i++, left -= lanes<T>(), x += 16) {
      const width = min(left, lanes<T>());
      const below = v128.lt<T>(width == lanes<T>() ? v128.load(x) : loadPartial<T>(x, width, 0), v);
      const mask = ~maskOf<T>(below) & ((1 << width) - 1);
      v128.store(end, packed(numbers, mask));
      end += <usize>popcnt(mask) << 2;
      numbers = i32x4.add(numbers, step);
    }
  }
  return i32((end - places) >> 2);
}

/** The places of at least k elements that are not below some number, if k of `blocks` blocks have one each: rarely many more. */
function gatherBlocks<T>(x: usize, columns: i32, k: i32, size: i32, blocks: i32, places: usize, sample: usize): i32 {
  const tops = sample + 8 * SAMPLE;
  for (let i = 0; i < blocks; i++) {
    const at = tops + bytes<T>(i);
    store<T>(at, largest<T>(x + bytes<T>(i * size), size));
    store<i64>(sample + (<usize>i << 3), keyAt<T>(at));
  }
  sortKeys(sample, 0, blocks);
  const pivot = numberOf<T>(load<i64>(sample + (<usize>(k - 1) << 3)));
  let end = places;
  for (let i = 0; i < blocks; i++) {
    const isBelow = load<T>(tops + bytes<T>(i)) < pivot;
    if (!isBelow) end += <usize>gather<T>(x + bytes<T>(i * size), i * size, size, pivot, end) << 2;
  }
  const first = blocks * size;
  return i32((end - places) >> 2) + gather<T>(x + bytes<T>(first), first, columns - first, pivot, end);
}

/** A number that k elements of a row and rather more are not below, if a sample of it does not mislead. */
function samplePivot<T>(x: usize, columns: i32, k: i32, sample: usize): T {
  const share = <f64>k * SAMPLE / columns;
  const place = <i32>share + 2 + <i32>(3 * sqrt(share));
  if (columns <= SAMPLE || place >= SAMPLE) return -<T>Infinity;
  const step = bytes<T>(columns / SAMPLE);
  for (let i = 0; i < SAMPLE; i++) store<i64>(sample + (<usize>i << 3), keyAt<T>(x + step * i));
  sortKeys(sample, 0, SAMPLE);
  return numberOf<T>(load<i64>(sample + (<usize>place << 3)));
}

/** The places of elements among which the k largest are, and where k is small few others: of 131072, some 60 for 50. */
function candidates<T>(x: usize, columns: i32, k: i32, places: usize, sample: usize): i32 {
  // Whole cache lines: where blocks begin anywhere, every fourth load meets two of them.
  const line = 64 / sizeof<T>(), size = (columns / min(SAMPLE, 2 * k + 64) + line) & -line;
  const blocks = min(columns / size, SAMPLE);
  if (2 * k <= blocks) return gatherBlocks<T>(x, columns, k, size, blocks, places, sample);
  const count = gather<T>(x, 0, columns, samplePivot<T>(x, columns, k, sample), places);
  return count < k ? gather<T>(x, 0, columns, -<T>Infinity, places) : count;
}

/** The keys of the elements at `places`, in 64 bits whatever T is. */
function storeKeys<T>(x: usize, places: usize, count: i32, keys: usize): void {
  for (; count > 0; count--, places += 4, keys += 8) store<i64>(keys, keyAt<T>(x + bytes<T>(load<i32>(places))));
}

/** Of `count` places, whose keys are at `keys`, those that the cut keeps. */
function keepPlaces(places: usize, keys: usize, kept: i32, cut: Cut): void {
  let ties = cut.ties;
  for (let end = places, last = places + 4 * kept; end < last; places += 4, keys += 8) {
    const key = load<i64>(keys), tie = i32(key == cut.limit) & i32(ties > 0);
    store<i32>(end, load<i32>(places));
    // Without a branch, which a processor could not foresee.
    end += <usize>(tie | i32(key > cut.limit)) << 2;
    ties -= tie;
  }
}

/**
 * The places of the k largest elements of a row, of equal ones those that come first: 32-bit integers, with room for
 * `columns` of them and 16 bytes. In their order, or `sorted`: the largest first, equal ones by place. `keys`: room for as
 * many keys of 64 bits, and 16 bytes; `sample`: 4096 bytes.
 */
export function selectLargest<T>(
  x: usize, columns: i32, k: i32, sorted: i32, places: usize, keys: usize, sample: usize, cut: Cut,
): void {
  if (columns <= SHORT) {
    rankLargest<T>(x, columns, k, sorted, keys, places);
    return;
  }
  let count = candidates<T>(x, columns, k, places, sample);
  storeKeys<T>(x, places, count, keys);
  // A few are sorted as they are: the k largest then are the first.
  if (!sorted || count > SAMPLE) {
    select<f64>(keys, count, <f64>k, <f64>count, false, keys, sample, cut);
    storeKeys<T>(x, places, count, keys);
    keepPlaces(places, keys, k, cut);
    count = k;
    if (sorted) storeKeys<T>(x, places, count, keys);
  }
  if (sorted) sortKeys(keys, places, count);
}
