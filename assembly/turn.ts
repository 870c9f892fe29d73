// (outer, length, inner) -> (outer, inner, length): other axes than the last as rows, and back.

import { bytes, lanes } from "./simd";

/** Elements along each side of a tile: both its sides stay in the cache. */
const TILE: i32 = 16;

/** Turns a square of 4x4 elements (of 8 bytes: 2x2) of rows `row` bytes apart into one of rows `column` bytes apart. */
// @ts-ignore: decorator
@inline
function turnSquare<T>(x: usize, y: usize, row: usize, column: usize): void {
  const r0 = v128.load(x), r1 = v128.load(x + row);
  if (sizeof<T>() == 8) {
    v128.store(y, v128.shuffle<u64>(r0, r1, 0, 2));
    v128.store(y + column, v128.shuffle<u64>(r0, r1, 1, 3));
    return;
  }
  const r2 = v128.load(x + 2 * row), r3 = v128.load(x + 3 * row);
  const a = v128.shuffle<u32>(r0, r1, 0, 4, 1, 5), b = v128.shuffle<u32>(r0, r1, 2, 6, 3, 7);
  const c = v128.shuffle<u32>(r2, r3, 0, 4, 1, 5), d = v128.shuffle<u32>(r2, r3, 2, 6, 3, 7);
  v128.store(y, v128.shuffle<u64>(a, c, 0, 2));
  v128.store(y + column, v128.shuffle<u64>(a, c, 1, 3));
  v128.store(y + 2 * column, v128.shuffle<u64>(b, d, 0, 2));
  v128.store(y + 3 * column, v128.shuffle<u64>(b, d, 1, 3));
}

/** Turns a tile of `height` rows and `width` columns. */
function turnTile<T>(x: usize, y: usize, height: i32, width: i32, row: usize, column: usize): void {
  for (let r = 0; r < height; ) {
    const square = r + lanes<T>() <= height;
    let from = x + row * r, to = y + bytes<T>(r), c = 0;
    if (square) {
      for (; c + lanes<T>() <= width; c += lanes<T>(), from += 16, to += column * lanes<T>()) {
        turnSquare<T>(from, to, row, column);
      }
    }
    const n = square ? lanes<T>() : 1;
    for (; c < width; c++, from += bytes<T>(1), to += column) {
      for (let k = 0; k < n; k++) store<T>(to + bytes<T>(k), load<T>(from + row * k));
    }
    r += n;
  }
}

function turn<T>(x: usize, y: usize, outer: i32, length: i32, inner: i32): void {
  const row = bytes<T>(inner), column = bytes<T>(length);
  for (; outer > 0; outer--, x += row * length, y += row * length) {
    for (let c = 0; c < inner; c += TILE) {
      for (let r = 0; r < length; r += TILE) {
        const from = x + row * r + bytes<T>(c), to = y + column * c + bytes<T>(r);
        turnTile<T>(from, to, min(length - r, TILE), min(inner - c, TILE), row, column);
      }
    }
  }
}

/** y = x with its last two axes changed over: (outer, length, inner) elements of 4 bytes. x and y stand apart. */
export function turn32(x: usize, y: usize, outer: i32, length: i32, inner: i32): void {
  turn<u32>(x, y, outer, length, inner);
}

/** The same for elements of 8 bytes. */
export function turn64(x: usize, y: usize, outer: i32, length: i32, inner: i32): void {
  turn<u64>(x, y, outer, length, inner);
}
