// The passes that ops share. A pass walks over vectors that stand `step` bytes apart: `full` whole ones, then `rest` of
// `width` elements each. So one pass serves both layouts. Along the last axis a vector holds neighbours within a row:
// step 16, and at most one partial vector. Along any other axis a vector holds one element of neighbouring rows: step is
// the bytes from one element of a row to the next, and either all vectors are whole or none is.

import { Anchor, Scale, expAnchored } from "./exp";
import { lanes, loadPartial, storePartial } from "./simd";

/** How many vectors one `expBlock` takes at most: 16 additions for each of its four accumulators. */
export const BLOCK: i32 = 64;

/** The largest element of each lane that is not NaN (-Infinity if there is none). Absent elements count as `fill`. */
export function maximum<T>(x: usize, step: usize, full: i32, rest: i32, width: i32, fill: T): v128 {
  let m0 = v128.splat<T>(-<T>Infinity), m1 = m0, m2 = m0, m3 = m0;
  for (; full >= 4; full -= 4) {
    m0 = v128.pmax<T>(m0, v128.load(x));
    m1 = v128.pmax<T>(m1, v128.load(x + step));
    m2 = v128.pmax<T>(m2, v128.load(x + 2 * step));
    m3 = v128.pmax<T>(m3, v128.load(x + 3 * step));
    x += 4 * step;
  }
  for (; full > 0; full--) {
    m0 = v128.pmax<T>(m0, v128.load(x));
    x += step;
  }
  for (; rest > 0; rest--) {
    m1 = v128.pmax<T>(m1, loadPartial<T>(x, width, fill));
    x += step;
  }
  return v128.pmax<T>(v128.pmax<T>(m0, m1), v128.pmax<T>(m2, m3));
}

/**
 * y = expAnchored(x), and the sum of y in each lane: vector v goes to accumulator v mod 4, and the four are added as
 * (a0 + a1) + (a2 + a3). At most BLOCK vectors. x may be y.
 */
export function expBlock<T>(
  x: usize, y: usize, step: usize, full: i32, rest: i32, width: i32, fill: T, anchor: Anchor, scale: Scale,
): v128 {
  const floor = anchor.floor, magic = anchor.magic;
  const rate = scale.rate, high = scale.high, low = scale.low;
  const c0 = scale.c0, c1 = scale.c1, c2 = scale.c2, c3 = scale.c3, c4 = scale.c4, c5 = scale.c5;
  let a0 = i32x4.splat(0), a1 = a0, a2 = a0, a3 = a0;
  for (; full >= 4; full -= 4) {
    // In pairs, both loaded before either is stored: V8's revectorizer joins such pairs into 256-bit operations.
    const x0 = v128.load(x), x1 = v128.load(x + step);
    const e0 = expAnchored<T>(x0, floor, magic, rate, high, low, c0, c1, c2, c3, c4, c5, scale);
    const e1 = expAnchored<T>(x1, floor, magic, rate, high, low, c0, c1, c2, c3, c4, c5, scale);
    a0 = v128.add<T>(a0, e0);
    a1 = v128.add<T>(a1, e1);
    v128.store(y, e0);
    v128.store(y + step, e1);
    const x2 = v128.load(x + 2 * step), x3 = v128.load(x + 3 * step);
    const e2 = expAnchored<T>(x2, floor, magic, rate, high, low, c0, c1, c2, c3, c4, c5, scale);
    const e3 = expAnchored<T>(x3, floor, magic, rate, high, low, c0, c1, c2, c3, c4, c5, scale);
    a2 = v128.add<T>(a2, e2);
    a3 = v128.add<T>(a3, e3);
    v128.store(y + 2 * step, e2);
    v128.store(y + 3 * step, e3);
    x += 4 * step;
    y += 4 * step;
  }
  // What is left goes to a0, a1, a2, a3 in turn: the accumulators rotate.
  const odd = (full + rest) & 1;
  for (let left = full + rest; left > 0; left--) {
    const count = left > rest ? lanes<T>() : width;
    const v = loadPartial<T>(x, count, fill);
    const e = expAnchored<T>(v, floor, magic, rate, high, low, c0, c1, c2, c3, c4, c5, scale);
    storePartial<T>(y, e, count);
    const sum = v128.add<T>(a0, e);
    a0 = a1;
    a1 = a2;
    a2 = a3;
    a3 = sum;
    x += step;
    y += step;
  }
  if (odd) return v128.add<T>(v128.add<T>(a1, a2), v128.add<T>(a3, a0));
  return v128.add<T>(v128.add<T>(a0, a1), v128.add<T>(a2, a3));
}

/** y = ((x - offset) f) g; x may be y. In two factors, since one power of two does not span the exponents. */
export function stretch<T>(
  x: usize, y: usize, step: usize, full: i32, rest: i32, width: i32, offset: v128, f: v128, g: v128,
): void {
  for (let left = full + rest; left > 0; left--) {
    const count = left > rest ? lanes<T>() : width;
    const v = v128.sub<T>(loadPartial<T>(x, count, 0), offset);
    storePartial<T>(y, v128.mul<T>(v128.mul<T>(v, f), g), count);
    x += step;
    y += step;
  }
}

/** y = y factor. */
export function multiply<T>(y: usize, step: usize, full: i32, rest: i32, width: i32, factor: v128): void {
  for (; full >= 4; full -= 4) {
    v128.store(y, v128.mul<T>(v128.load(y), factor));
    v128.store(y + step, v128.mul<T>(v128.load(y + step), factor));
    v128.store(y + 2 * step, v128.mul<T>(v128.load(y + 2 * step), factor));
    v128.store(y + 3 * step, v128.mul<T>(v128.load(y + 3 * step), factor));
    y += 4 * step;
  }
  for (let left = full + rest; left > 0; left--) {
    const count = left > rest ? lanes<T>() : width;
    storePartial<T>(y, v128.mul<T>(loadPartial<T>(y, count, 0), factor), count);
    y += step;
  }
}
