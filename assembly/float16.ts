// float16 to float32 and back, for every bit pattern. Ops compute float16 in float32: a host widens a chunk, runs the
// float32 kernel over it, and narrows the result, all in one stretch of memory.

// Bit patterns, loaded into locals before a loop (engines build a `v128.const` anew at each use). Those named after
// numbers are float32 numbers.
const WIDEN = memory.data<u32>([
  0x80000000, // the sign of a float32
  0x0fffe000, // the other bits of a float16, once moved up by 13
  0x70000000, // 224 in the exponent: takes 31, of infinities and NaN, to 255
  0x07800000, // 2^-112, what that is too much
  0x00800000, // what is below, moved up, is subnormal or 0
  0x38800000, // 2^-14, the smallest normal float16
]);
const NARROW = memory.data<u32>([
  0x7fffffff, // all but the sign of a float32
  0x47800000, // 2^16: what is not below it is Infinity, as is what rounds to it
  0x7f800000, // the exponent of a float32
  0x38800000, // 2^-14, the smallest normal float16
  0x06800800, // 13 in the exponent, and 2^11 in the significand
  0x0000ffff, // a float16
  0x7f7f8400, // what takes Infinity to float16's, so NaN to more
  0x80008000, // the signs of two float16
]);

// @ts-ignore: decorator
@inline
function constant(table: usize, index: usize): v128 {
  return v128.load32_splat(table + (index << 2));
}

/** Four float16, sign-extended to 32 bits, as float32. Exact; no float operation takes or gives a subnormal float32. */
// @ts-ignore: decorator
@inline
function widen(h: v128, sign: v128, rest: v128, up: v128, down: v128, normal: v128, smallest: v128): v128 {
  const moved = v128.and(i32x4.shl(h, 13), rest);
  // Right for normal numbers, infinities and NaN. With exponent 0 it comes out as 2^-15 + f 2^-25, not f 2^-24.
  const v = f32x4.mul(i32x4.add(moved, up), down);
  const excess = v128.and(f32x4.sub(v, smallest), i32x4.lt_s(moved, normal));
  return v128.or(f32x4.add(v, excess), v128.and(h, sign));
}

/**
 * The sizes of four float32, given without their signs, as float16 in 32 bits; more than 0x7c00 for NaN.
 *
 * With 2^e the power of two at or below v, e at least -14, float16 numbers around v are u = 2^(e-10) apart, and so are
 * float32 numbers from 2^(e+13) on: adding that rounds v to the nearest m u, ties to even, and leaves m in the sum's low
 * bits. The float16 is m + 1024 (e + 14), since 1024 in m stands for the exponent's last 1, and 2048 for one more. The
 * sum's exponent, e + 140, moved down by 13 is 1024 (e + 14) + 63 2048; the 2048 in `magic` makes 64 2048 of that, which
 * is 0 in 16 bits.
 */
// @ts-ignore: decorator
@inline
function narrow(
  size: v128, most: v128, exponent: v128, smallest: v128, magic: v128, low: v128, excess: v128,
): v128 {
  // NaN becomes `most` here: pmin(size, most) would keep it.
  const v = f32x4.pmin(most, size);
  const sum = f32x4.add(v, i32x4.add(i32x4.max_s(v128.and(v, exponent), smallest), magic));
  const h = v128.and(i32x4.add(sum, i32x4.shr_u(sum, 13)), low);
  return i32x4.max_s(h, i32x4.sub(size, excess));
}

/**
 * `count` float16 at x as float32 at y. The float16 may stand at the end of y's own memory, at y + 2 count or after:
 * when n of them have been read, the float32 end at y + 4 n, and what is still unread begins at x + 2 n or more, which
 * is no less since n <= count. Every step reads all it converts before it writes.
 */
export function widenF16(x: usize, y: usize, count: i32): void {
  const sign = constant(WIDEN, 0), rest = constant(WIDEN, 1), up = constant(WIDEN, 2);
  const down = constant(WIDEN, 3), normal = constant(WIDEN, 4), smallest = constant(WIDEN, 5);
  for (; count >= 8; count -= 8) {
    const low = widen(v128.load_ext<i16>(x), sign, rest, up, down, normal, smallest);
    const high = widen(v128.load_ext<i16>(x, 8), sign, rest, up, down, normal, smallest);
    v128.store(y, low);
    v128.store(y, high, 16);
    x += 16;
    y += 32;
  }
  for (; count > 0; count--) {
    v128.store32_lane(y, widen(i32x4.splat(load<i16>(x)), sign, rest, up, down, normal, smallest), 0);
    x += 2;
    y += 4;
  }
}

/**
 * `count` float32 at x, rounded to float16 at y; y may be x: what is written after n of them ends at y + 2 n. The order
 * is that of `widenF16`.
 */
export function narrowF16(x: usize, y: usize, count: i32): void {
  const rest = constant(NARROW, 0), most = constant(NARROW, 1), exponent = constant(NARROW, 2);
  const smallest = constant(NARROW, 3), magic = constant(NARROW, 4), low = constant(NARROW, 5);
  const excess = constant(NARROW, 6), sign = constant(NARROW, 7);
  for (; count >= 8; count -= 8) {
    const a = v128.load(x), b = v128.load(x, 16);
    const h = i16x8.narrow_i32x4_s(
      narrow(v128.and(a, rest), most, exponent, smallest, magic, low, excess),
      narrow(v128.and(b, rest), most, exponent, smallest, magic, low, excess),
    );
    // Saturated, a negative float32 keeps its sign.
    v128.store(y, v128.or(h, v128.and(i16x8.narrow_i32x4_s(a, b), sign)));
    x += 32;
    y += 16;
  }
  for (; count > 0; count--) {
    const v = v128.load32_zero(x);
    const h = narrow(v128.and(v, rest), most, exponent, smallest, magic, low, excess);
    const signed = v128.or(i16x8.narrow_i32x4_s(h, h), v128.and(i16x8.narrow_i32x4_s(v, v), sign));
    v128.store16_lane(y, signed, 0);
    x += 4;
    y += 2;
  }
}
