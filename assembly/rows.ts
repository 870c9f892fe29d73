// The passes over contiguous elements: `full` whole vectors, then one of `width` elements where that is not 0.

import { Anchor, Scale, expAnchored } from "./exp";
import { lanes, loadPartial, storePartial } from "./simd";

/** How many vectors one `expBlock` takes at most: 16 additions for each of its four accumulators. */
export const BLOCK: i32 = 64;

/** The largest element of each lane that is not NaN (-Infinity if there is none). */
// @ts-ignore: decorator
@inline
export function maximum<T>(x: usize, full: i32, width: i32): v128 {
  let m0 = v128.splat<T>(-<T>Infinity), m1 = m0, m2 = m0, m3 = m0;
  for (; full >= 4; full -= 4, x += 64) {
    m0 = v128.pmax<T>(m0, v128.load(x));
    m1 = v128.pmax<T>(m1, v128.load(x, 16));
    m2 = v128.pmax<T>(m2, v128.load(x, 32));
    m3 = v128.pmax<T>(m3, v128.load(x, 48));
  }
  for (; full > 0; full--, x += 16) m0 = v128.pmax<T>(m0, v128.load(x));
  if (width) m1 = v128.pmax<T>(m1, loadPartial<T>(x, width, -<T>Infinity));
  return v128.pmax<T>(v128.pmax<T>(m0, m1), v128.pmax<T>(m2, m3));
}

/**
 * y = expAnchored(x) and its sum, as in `add`, of all elements but the one at `hole`, if that is not below 0. At most BLOCK
 * vectors; x may be y. The row's anchor is one lane of an Anchor, and `anchor` points to that lane.
 *
 * The sum is a pass of its own over the block, still in L1: its accumulators would not fit the 16 registers beside the
 * constants, and spilling them took 7 to 9% more time.
 */
export function expBlock<T>(
  x: usize, y: usize, full: i32, width: i32, anchor: usize, scale: Scale<T>, hole: i32 = -1,
): v128 {
  const floor = v128.load_splat<T>(anchor), magic = v128.load_splat<T>(anchor, offsetof<Anchor>("magic"));
  const rate = v128.splat<T>(scale.rate), high = v128.splat<T>(scale.high), low = v128.splat<T>(scale.low);
  const c1 = v128.splat<T>(scale.c1), c2 = v128.splat<T>(scale.c2), c3 = v128.splat<T>(scale.c3);
  const c4 = v128.splat<T>(scale.c4), c5 = v128.splat<T>(scale.c5);
  let left = full, from = x, to = y;
  // In pairs, both loaded before either is stored: V8's revectorizer joins such pairs into 256-bit operations.
  for (; left >= 2; left -= 2, from += 32, to += 32) {
    const x0 = v128.load(from), x1 = v128.load(from, 16);
    const e0 = expAnchored<T>(x0, floor, magic, rate, high, low, c1, c2, c3, c4, c5, scale);
    const e1 = expAnchored<T>(x1, floor, magic, rate, high, low, c1, c2, c3, c4, c5, scale);
    v128.store(to, e0);
    v128.store(to, e1, 16);
  }
  for (left += i32(width > 0); left > 0; left--, from += 16, to += 16) {
    const count = width && left == 1 ? width : lanes<T>();
    const z = loadPartial<T>(from, count, 0);
    storePartial<T>(to, expAnchored<T>(z, floor, magic, rate, high, low, c1, c2, c3, c4, c5, scale), count);
  }
  const v = hole / lanes<T>(), at = y + (<usize>v << 4), held = v < full ? lanes<T>() : width;
  let kept = i32x4.splat(0);
  if (hole >= 0) {
    // By whole vectors: a scalar store would have to reach the cache before the sum's loads.
    kept = loadPartial<T>(at, held, 0);
    const numbers = sizeof<T>() == 4 ? f32x4(0, 1, 2, 3) : f64x2(0, 1);
    const lane = v128.eq<T>(v128.splat<T>(<T>(hole & (lanes<T>() - 1))), numbers);
    storePartial<T>(at, v128.andnot(kept, lane), held);
  }
  const sum = add<T>(y, full, width);
  if (hole >= 0) storePartial<T>(at, kept, held);
  return sum;
}

/** The sum of each lane: vector v goes to accumulator v mod 4, and the four are added as (a0 + a1) + (a2 + a3). */
export function add<T>(y: usize, full: i32, width: i32): v128 {
  let a0 = i32x4.splat(0), a1 = a0, a2 = a0, a3 = a0;
  for (; full >= 4; full -= 4, y += 64) {
    a0 = v128.add<T>(a0, v128.load(y));
    a1 = v128.add<T>(a1, v128.load(y, 16));
    a2 = v128.add<T>(a2, v128.load(y, 32));
    a3 = v128.add<T>(a3, v128.load(y, 48));
  }
  // What is left goes to a0, a1, a2, a3 in turn: the accumulators rotate.
  const left = full + i32(width > 0);
  for (let v = left; v > 0; v--, y += 16) {
    const count = width && v == 1 ? width : lanes<T>();
    const sum = v128.add<T>(a0, loadPartial<T>(y, count, 0));
    a0 = a1;
    a1 = a2;
    a2 = a3;
    a3 = sum;
  }
  if (left & 1) return v128.add<T>(v128.add<T>(a1, a2), v128.add<T>(a3, a0));
  return v128.add<T>(v128.add<T>(a0, a1), v128.add<T>(a2, a3));
}

/** y = ((x - offset) f) g; x may be y. In two factors, since one power of two does not span the exponents. */
export function stretch<T>(x: usize, y: usize, full: i32, width: i32, offset: v128, f: v128, g: v128): void {
  for (let left = full + i32(width > 0); left > 0; left--, x += 16, y += 16) {
    const count = width && left == 1 ? width : lanes<T>();
    const z = v128.sub<T>(loadPartial<T>(x, count, 0), offset);
    storePartial<T>(y, v128.mul<T>(v128.mul<T>(z, f), g), count);
  }
}

/** y = y factor. */
export function multiply<T>(y: usize, full: i32, width: i32, factor: v128): void {
  for (; full >= 4; full -= 4, y += 64) {
    v128.store(y, v128.mul<T>(v128.load(y), factor));
    v128.store(y, v128.mul<T>(v128.load(y, 16), factor), 16);
    v128.store(y, v128.mul<T>(v128.load(y, 32), factor), 32);
    v128.store(y, v128.mul<T>(v128.load(y, 48), factor), 48);
  }
  for (; full > 0; full--, y += 16) v128.store(y, v128.mul<T>(v128.load(y), factor));
  if (width) storePartial<T>(y, v128.mul<T>(loadPartial<T>(y, width, 0), factor), width);
}

/** The place of the first element that is not below `limit`, as a NaN is not; -1 if there is none. */
export function find<T>(x: usize, full: i32, width: i32, limit: T): i32 {
  const v = v128.splat<T>(limit);
  let p = x;
  for (; full >= 4; full -= 4, p += 64) {
    const a = v128.and(v128.lt<T>(v128.load(p), v), v128.lt<T>(v128.load(p, 16), v));
    const b = v128.and(v128.lt<T>(v128.load(p, 32), v), v128.lt<T>(v128.load(p, 48), v));
    if (!v128.all_true<i32>(v128.and(a, b))) break;
  }
  for (full += i32(width > 0); full > 0; full--, p += 16) {
    const below = v128.lt<T>(loadPartial<T>(p, width && full == 1 ? width : lanes<T>(), -<T>Infinity), v);
    const others = ~(sizeof<T>() == 4 ? i32x4.bitmask(below) : i64x2.bitmask(below)) & ((1 << lanes<T>()) - 1);
    if (others) return i32((p - x) >> alignof<T>()) + ctz(others);
  }
  return -1;
}
