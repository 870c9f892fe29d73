// Rows of few columns, a row a lane: one at a time they would spend most of their time on what comes once a row.
//
// `work` holds the rows turned: vector e has element e of `lanes` rows. The passes of rows.ts then run down it.

import { bytes, lanes, loadPartial, storePartial, widenHigh, widenLow } from "./simd";
import { reciprocal } from "./total";

/** Most elements of a narrow row; `work` takes as many vectors. */
export const NARROW: i32 = 32;

/** `length` rounded up to whole vectors of a row. */
// @ts-ignore: decorator
@inline
export function padded<T>(length: i32): i32 {
  return (length + lanes<T>() - 1) & -lanes<T>();
}

/** Turns `lanes` contiguous rows into `work`; what pads them to whole vectors is -Infinity. */
export function gatherRows<T>(x: usize, length: i32, work: usize): void {
  const row = bytes<T>(length);
  for (let e = 0; e < length; e += lanes<T>()) {
    const count = min(length - e, lanes<T>());
    const r0 = loadPartial<T>(x, count, -<T>Infinity);
    const r1 = loadPartial<T>(x + row, count, -<T>Infinity);
    if (sizeof<T>() == 8) {
      v128.store(work, v128.shuffle<u64>(r0, r1, 0, 2));
      v128.store(work, v128.shuffle<u64>(r0, r1, 1, 3), 16);
      work += 32;
    } else {
      const r2 = loadPartial<T>(x + 2 * row, count, -<T>Infinity);
      const r3 = loadPartial<T>(x + 3 * row, count, -<T>Infinity);
      const a = v128.shuffle<u32>(r0, r1, 0, 4, 1, 5);
      const b = v128.shuffle<u32>(r0, r1, 2, 6, 3, 7);
      const c = v128.shuffle<u32>(r2, r3, 0, 4, 1, 5);
      const d = v128.shuffle<u32>(r2, r3, 2, 6, 3, 7);
      v128.store(work, v128.shuffle<u64>(a, c, 0, 2));
      v128.store(work, v128.shuffle<u64>(a, c, 1, 3), 16);
      v128.store(work, v128.shuffle<u64>(b, d, 0, 2), 32);
      v128.store(work, v128.shuffle<u64>(b, d, 1, 3), 48);
      work += 64;
    }
    x += 16;
  }
}

/** The way back, each row times its lane of `factor`. */
export function scatterRows<T>(work: usize, length: i32, factor: v128, y: usize): void {
  const row = bytes<T>(length);
  for (let e = 0; e < length; e += lanes<T>()) {
    const count = min(length - e, lanes<T>());
    const v0 = v128.mul<T>(v128.load(work), factor);
    const v1 = v128.mul<T>(v128.load(work, 16), factor);
    if (sizeof<T>() == 8) {
      storePartial<T>(y, v128.shuffle<u64>(v0, v1, 0, 2), count);
      storePartial<T>(y + row, v128.shuffle<u64>(v0, v1, 1, 3), count);
      work += 32;
    } else {
      const v2 = v128.mul<T>(v128.load(work, 32), factor);
      const v3 = v128.mul<T>(v128.load(work, 48), factor);
      const a = v128.shuffle<u32>(v0, v1, 0, 4, 1, 5);
      const b = v128.shuffle<u32>(v0, v1, 2, 6, 3, 7);
      const c = v128.shuffle<u32>(v2, v3, 0, 4, 1, 5);
      const d = v128.shuffle<u32>(v2, v3, 2, 6, 3, 7);
      storePartial<T>(y, v128.shuffle<u64>(a, c, 0, 2), count);
      storePartial<T>(y + row, v128.shuffle<u64>(a, c, 1, 3), count);
      storePartial<T>(y + 2 * row, v128.shuffle<u64>(b, d, 0, 2), count);
      storePartial<T>(y + 3 * row, v128.shuffle<u64>(b, d, 1, 3), count);
      work += 64;
    }
    y += 16;
  }
}

/** Copies `width` neighbouring rows whose elements stand `stride` bytes apart into `work`, padded with -Infinity. */
export function gatherLanes<T>(x: usize, length: i32, stride: usize, width: i32, work: usize): void {
  for (let e = 0; e < length; e++) v128.store(work + (<usize>e << 4), loadPartial<T>(x + <usize>e * stride, width, 0));
  const low = v128.splat<T>(-<T>Infinity);
  for (let e = length; e < padded<T>(length); e++) v128.store(work + (<usize>e << 4), low);
}

/** The way back, each row times its lane of `factor`. */
export function scatterLanes<T>(work: usize, length: i32, factor: v128, y: usize, stride: usize, width: i32): void {
  for (let e = 0; e < length; e++) {
    storePartial<T>(y + <usize>e * stride, v128.mul<T>(v128.load(work + (<usize>e << 4)), factor), width);
  }
}

/** 1 over the sum of the `length` vectors of `work`, added in the order in which one row's sum is taken (rows.ts). */
export function reciprocalNarrow<T>(work: usize, length: i32): v128 {
  const group = 4 * lanes<T>();
  const zero = i32x4.splat(0);
  for (let e = padded<T>(length); e % group != 0; e++) v128.store(work + (<usize>e << 4), zero);
  let low = zero, high = zero;
  for (let l = 0; l < lanes<T>(); l++) {
    let a0 = zero, a1 = zero, a2 = zero, a3 = zero;
    for (let e = l; e < length; e += group) {
      const p = work + (<usize>e << 4);
      a0 = v128.add<T>(a0, v128.load(p));
      a1 = v128.add<T>(a1, v128.load(p, 16 * lanes<T>()));
      a2 = v128.add<T>(a2, v128.load(p, 32 * lanes<T>()));
      a3 = v128.add<T>(a3, v128.load(p, 48 * lanes<T>()));
    }
    const c = v128.add<T>(v128.add<T>(a0, a1), v128.add<T>(a2, a3));
    low = f64x2.add(low, widenLow<T>(c));
    if (sizeof<T>() == 4) high = f64x2.add(high, widenHigh<T>(c));
  }
  return reciprocal<T>(low, high);
}
