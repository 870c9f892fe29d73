// y = mask ? x : fill, element by element: how a mask is taken in before an op and out after it.

import { bytes, lanes } from "./simd";

/** The `lanes` mask bytes at p, each widened over its lane. */
// @ts-ignore: decorator
@inline
function loadMask<T>(p: usize): v128 {
  if (sizeof<T>() == 4) {
    const wide = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(p)));
    return i32x4.ne(wide, i32x4.splat(0));
  }
  const wide = i64x2.extend_low_i32x4_u(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(i16x8.splat(load<i16>(p)))));
  return i64x2.ne(wide, i64x2.splat(0));
}

function select<T>(x: usize, y: usize, mask: usize, count: i32, fill: T): void {
  const other = v128.splat<T>(fill);
  for (; count >= lanes<T>(); count -= lanes<T>()) {
    v128.store(y, v128.bitselect(v128.load(x), other, loadMask<T>(mask)));
    x += 16;
    y += 16;
    mask += lanes<T>();
  }
  for (; count > 0; count--) {
    store<T>(y, load<u8>(mask) ? load<T>(x) : fill);
    x += bytes<T>(1);
    y += bytes<T>(1);
    mask++;
  }
}

/** y = mask ? x : fill for `count` float32 values at x and as many bytes at mask; y may be x. */
export function selectF32(x: usize, y: usize, mask: usize, count: i32, fill: f32): void {
  select<f32>(x, y, mask, count, fill);
}

/** The same for float64. */
export function selectF64(x: usize, y: usize, mask: usize, count: i32, fill: f64): void {
  select<f64>(x, y, mask, count, fill);
}
