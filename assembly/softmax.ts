// softmax of beta x along the middle axis of (outer, length, inner), for every beta, infinite and 0 included.

import { Anchor, Scale, setAnchor, setScale, stretchExponent, power } from "./exp";
import { NARROW, gatherLanes, gatherRows, padded, reciprocalNarrow, scatterLanes, scatterRows } from "./narrow";
import { BLOCK, expBlock, maximum, multiply, stretch } from "./rows";
import { bytes, lanes, reduceAdd, reduceMax, widenHigh, widenLow } from "./simd";
import { Total, accumulate, clear, reciprocal } from "./total";

// What a call keeps in the caller's scratch memory.
// @ts-ignore: decorator
@inline
function scaleAt(scratch: usize): Scale {
  return changetype<Scale>(scratch);
}

// @ts-ignore: decorator
@inline
function anchorAt(scratch: usize): Anchor {
  return changetype<Anchor>(scratch + offsetof<Scale>());
}

// @ts-ignore: decorator
@inline
function totalAt(scratch: usize): Total {
  return changetype<Total>(scratch + offsetof<Scale>() + offsetof<Anchor>());
}

// @ts-ignore: decorator
@inline
function workAt(scratch: usize): usize {
  return scratch + offsetof<Scale>() + offsetof<Anchor>() + offsetof<Total>();
}

/** The exponentials of the narrow rows in `work`, in place; the result is 1 over their sums. */
function expNarrow<T>(length: i32, scratch: usize): v128 {
  const scale = scaleAt(scratch), anchor = anchorAt(scratch), work = workAt(scratch);
  const count = padded<T>(length);
  const max = maximum<T>(work, 16, count, 0, 0, 0);
  const exact = setAnchor<T>(anchor, max, scale);
  if (!v128.all_true<i32>(exact)) {
    stretch<T>(work, work, 16, length, 0, 0, v128.andnot(max, exact), scale.f, scale.g);
  }
  expBlock<T>(work, work, 16, count, 0, 0, 0, anchor, scale);
  return reciprocalNarrow<T>(work, length);
}

/** One contiguous row. */
function softmaxRow<T>(x: usize, y: usize, length: i32, scratch: usize): void {
  const scale = scaleAt(scratch), anchor = anchorAt(scratch), total = totalAt(scratch);
  const full = length / lanes<T>();
  const width = length % lanes<T>();
  const rest = i32(width > 0);
  const max = reduceMax<T>(maximum<T>(x, 16, full, rest, width, -<T>Infinity));
  const exact = setAnchor<T>(anchor, max, scale);
  if (!v128.all_true<i32>(exact)) {
    stretch<T>(x, y, 16, full, rest, width, max, scale.f, scale.g);
    x = y;
  }
  clear(total);
  for (let v = 0, left = full + rest; left > 0; v += BLOCK, left -= BLOCK) {
    const at = <usize>v << 4;
    const whole = min(full - v, BLOCK);
    const c = expBlock<T>(x + at, y + at, 16, whole, min(left, BLOCK) - whole, width, -<T>Infinity, anchor, scale);
    const sum = reduceAdd<T>(c);
    accumulate<T>(total, sum, sum);
  }
  multiply<T>(y, 16, full, rest, width, reciprocal<T>(total.low, total.high));
}

/** `width` (1 to lanes) neighbouring rows whose elements stand `stride` bytes apart, a row a lane. */
function softmaxLanes<T>(x: usize, y: usize, length: i32, stride: usize, width: i32, scratch: usize): void {
  const scale = scaleAt(scratch), anchor = anchorAt(scratch), total = totalAt(scratch);
  if (length <= NARROW) {
    gatherLanes<T>(x, length, stride, width, workAt(scratch));
    scatterLanes<T>(workAt(scratch), length, expNarrow<T>(length, scratch), y, stride, width);
    return;
  }
  const full = width == lanes<T>() ? length : 0;
  const rest = length - full;
  const max = maximum<T>(x, stride, full, rest, width, 0);
  const exact = setAnchor<T>(anchor, max, scale);
  if (!v128.all_true<i32>(exact)) {
    stretch<T>(x, y, stride, full, rest, width, v128.andnot(max, exact), scale.f, scale.g);
    x = y;
  }
  clear(total);
  // The order of softmaxRow: what is lane l there is the elements e with e mod lanes = l here.
  const step = stride * lanes<T>();
  for (let e = 0; e < length; e += BLOCK * lanes<T>()) {
    let low = i32x4.splat(0), high = low;
    for (let l = e; l < min(e + lanes<T>(), length); l++) {
      const at = stride * l;
      const count = min((length - l + lanes<T>() - 1) / lanes<T>(), BLOCK);
      const c = expBlock<T>(
        x + at, y + at, step, full ? count : 0, full ? 0 : count, width, 0, anchor, scale,
      );
      low = f64x2.add(low, widenLow<T>(c));
      if (sizeof<T>() == 4) high = f64x2.add(high, widenHigh<T>(c));
    }
    accumulate<T>(total, low, high);
  }
  multiply<T>(y, stride, full, rest, width, reciprocal<T>(total.low, total.high));
}

function softmax<T>(x: usize, y: usize, outer: i32, length: i32, inner: i32, beta: f64, scratch: usize): void {
  setScale<T>(scaleAt(scratch), beta, length == 1);
  const e = stretchExponent<T>(beta);
  if (beta < 0 || e < 0) {
    // The smallest logits are the largest of -x; a small beta leaves less of each.
    const down = min(e, 0);
    const f = power<T>(down / 2);
    const sign = beta < 0 ? v128.splat<T>(-0.0) : i32x4.splat(0);
    const count = outer * length * inner;
    const width = count % lanes<T>();
    const g = power<T>(down - down / 2);
    stretch<T>(x, y, 16, count / lanes<T>(), i32(width > 0), width, i32x4.splat(0), v128.xor(f, sign), g);
    x = y;
  }
  if (inner == 1) {
    const next = bytes<T>(length);
    const work = workAt(scratch);
    if (length <= NARROW) {
      for (; outer >= lanes<T>(); outer -= lanes<T>(), x += next * lanes<T>(), y += next * lanes<T>()) {
        gatherRows<T>(x, length, work);
        scatterRows<T>(work, length, expNarrow<T>(length, scratch), y);
      }
    }
    for (; outer > 0; outer--, x += next, y += next) softmaxRow<T>(x, y, length, scratch);
    return;
  }
  const stride = bytes<T>(inner);
  for (; outer > 0; outer--) {
    for (let column = 0; column < inner; column += lanes<T>()) {
      const at = bytes<T>(column);
      softmaxLanes<T>(x + at, y + at, length, stride, min(inner - column, lanes<T>()), scratch);
    }
    x += stride * length;
    y += stride * length;
  }
}

/**
 * y = softmax(beta x) along the middle of (outer, length, inner) row-major float32 values at x; y may be x, and overlaps
 * it in no other way. No dimension is 0, beta is not NaN. `scratch`: 1024 bytes, aligned to 16.
 */
export function softmaxF32(
  x: usize, y: usize, outer: i32, length: i32, inner: i32, beta: f64, scratch: usize,
): void {
  softmax<f32>(x, y, outer, length, inner, beta, scratch);
}

/** The same for float64. */
export function softmaxF64(
  x: usize, y: usize, outer: i32, length: i32, inner: i32, beta: f64, scratch: usize,
): void {
  softmax<f64>(x, y, outer, length, inner, beta, scratch);
}
