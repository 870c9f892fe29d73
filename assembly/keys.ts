// Keys: integers of T's size in the order of the numbers, and what one does with vectors of them.

/** The keys of numbers: -0 has that of 0, a NaN one above all others. */
// @ts-ignore: decorator
@inline
export function keysOf<T>(v: v128): v128 {
  const z = v128.add<T>(v, i32x4.splat(0)), nan = v128.ne<T>(z, z);
  if (sizeof<T>() == 4) {
    const key = v128.xor(z, i32x4.shr_u(i32x4.shr_s(z, 31), 1));
    return v128.bitselect(i32x4.splat(i32.MAX_VALUE), key, nan);
  }
  const key = v128.xor(z, i64x2.shr_u(i64x2.shr_s(z, 63), 1));
  return v128.bitselect(i64x2.splat(i64.MAX_VALUE), key, nan);
}

// @ts-ignore: decorator
@inline
export function splatKey<T>(key: i64): v128 {
  return sizeof<T>() == 4 ? i32x4.splat(<i32>key) : i64x2.splat(key);
}

// @ts-ignore: decorator
@inline
export function addKeys<T>(a: v128, b: v128): v128 {
  return sizeof<T>() == 4 ? i32x4.add(a, b) : i64x2.add(a, b);
}

// @ts-ignore: decorator
@inline
export function loadKey<T>(p: usize): i64 {
  return sizeof<T>() == 4 ? <i64>load<i32>(p) : load<i64>(p);
}

// @ts-ignore: decorator
@inline
export function above<T>(keys: v128, limit: v128): v128 {
  return sizeof<T>() == 4 ? i32x4.gt_s(keys, limit) : i64x2.gt_s(keys, limit);
}

// @ts-ignore: decorator
@inline
export function maskOf<T>(v: v128): i32 {
  return sizeof<T>() == 4 ? i32x4.bitmask(v) : i64x2.bitmask(v);
}

/** Counts of lanes: those of float64 stand in both halves. */
// @ts-ignore: decorator
@inline
export function countOf<T>(v: v128): i32 {
  const two = i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 2);
  return sizeof<T>() == 8 ? two : two + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 3);
}

/** The key of the number at p. */
// @ts-ignore: decorator
@inline
export function keyAt<T>(p: usize): i64 {
  const key = keysOf<T>(v128.load_splat<T>(p));
  return sizeof<T>() == 4 ? <i64>i32x4.extract_lane(key, 0) : i64x2.extract_lane(key, 0);
}

/** The number that has a key. */
// @ts-ignore: decorator
@inline
export function numberOf<T>(key: i64): T {
  if (sizeof<T>() == 4) return <T>reinterpret<f32>(<i32>key ^ i32(<u32>(<i32>key >> 31) >> 1));
  return <T>reinterpret<f64>(key ^ <i64>(<u64>(key >> 63) >> 1));
}

/** For each mask of 4 lanes the bytes of the lanes in it, one after the other. */
const LANES = memory.data<u8>([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
  4, 5, 6, 7, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
  8, 9, 10, 11, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 8, 9, 10, 11, 8, 9, 10, 11, 12, 13, 14, 15,
  4, 5, 6, 7, 8, 9, 10, 11, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
  12, 13, 14, 15, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15,
  4, 5, 6, 7, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15, 12, 13, 14, 15,
  8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 12, 13, 14, 15,
  4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
]);

/** The 32-bit lanes of v that are in the mask, one after the other. */
// @ts-ignore: decorator
@inline
export function packed(v: v128, mask: i32): v128 {
  return i8x16.swizzle(v, v128.load(LANES + (<usize>mask << 4)));
}
