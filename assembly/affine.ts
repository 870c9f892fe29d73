// The matrix products of a linear model over contiguous rows: z = x wᵀ + b, and what a gradient g of z makes of w and b.
//
// Both work on tiles, so that every vector loaded is multiplied several times: eight sums, as many chains of additions as
// two adders keep going. Where rows or classes do not fill a last tile, the last of them stands in for the missing ones.
// Rows of x and w are padded with zeros to whole vectors: `pitch`, a multiple of 4, is their length.

import { bytes, lanes, madd, widenHigh, widenLow } from "./simd";

/** The lanes of v added up. */
function sum<T>(v: v128): T {
  const pair = v128.add<T>(v, v128.shuffle<u64>(v, v, 1, 0));
  if (sizeof<T>() == 8) return f64x2.extract_lane(pair, 0);
  return f32x4.extract_lane(pair, 0) + f32x4.extract_lane(pair, 1);
}

/** Tiles of four rows and two classes. */
function affine<T>(x: usize, w: usize, b: usize, z: usize, rows: i32, pitch: i32, classes: i32): void {
  const row = bytes<T>(pitch), line = bytes<T>(classes);
  for (let r = 0; r < rows; r += 4) {
    const r1 = min(r + 1, rows - 1), r2 = min(r + 2, rows - 1), r3 = min(r + 3, rows - 1);
    for (let k = 0; k < classes; k += 2) {
      const k1 = min(k + 1, classes - 1);
      let x0 = x + row * r, x1 = x + row * r1, x2 = x + row * r2, x3 = x + row * r3;
      let w0 = w + row * k, w1 = w + row * k1;
      let a00 = i32x4.splat(0), a01 = a00, a10 = a00, a11 = a00, a20 = a00, a21 = a00, a30 = a00, a31 = a00;
      for (const end = x0 + row; x0 < end; x0 += 16, x1 += 16, x2 += 16, x3 += 16, w0 += 16, w1 += 16) {
        const u = v128.load(w0), v = v128.load(w1);
        let y = v128.load(x0);
        a00 = madd<T>(y, u, a00);
        a01 = madd<T>(y, v, a01);
        y = v128.load(x1);
        a10 = madd<T>(y, u, a10);
        a11 = madd<T>(y, v, a11);
        y = v128.load(x2);
        a20 = madd<T>(y, u, a20);
        a21 = madd<T>(y, v, a21);
        y = v128.load(x3);
        a30 = madd<T>(y, u, a30);
        a31 = madd<T>(y, v, a31);
      }
      const b0 = load<T>(b + bytes<T>(k)), b1 = load<T>(b + bytes<T>(k1));
      const z0 = z + bytes<T>(k), z1 = z + bytes<T>(k1);
      store<T>(z0 + line * r, b0 + sum<T>(a00));
      store<T>(z1 + line * r, b1 + sum<T>(a01));
      store<T>(z0 + line * r1, b0 + sum<T>(a10));
      store<T>(z1 + line * r1, b1 + sum<T>(a11));
      store<T>(z0 + line * r2, b0 + sum<T>(a20));
      store<T>(z1 + line * r2, b1 + sum<T>(a21));
      store<T>(z0 + line * r3, b0 + sum<T>(a30));
      store<T>(z1 + line * r3, b1 + sum<T>(a31));
    }
  }
}

/** A vector of T onto as many float64 values at p. */
// @ts-ignore: decorator
@inline
function addTo<T>(p: usize, v: v128): void {
  v128.store(p, f64x2.add(v128.load(p), widenLow<T>(v)));
  if (sizeof<T>() == 4) v128.store(p, f64x2.add(v128.load(p, 16), widenHigh<T>(v)), 16);
}

/** Tiles of two classes and four vectors of features; where less than four are left, of as many classes and one vector. */
function affineGrad<T>(x: usize, g: usize, dw: usize, db: usize, rows: i32, pitch: i32, classes: i32): void {
  const row = bytes<T>(pitch), line = bytes<T>(classes), step = bytes<f64>(lanes<T>());
  for (let d = 0, width = 0; d < pitch; d += width) {
    width = d + 4 * lanes<T>() <= pitch ? 4 * lanes<T>() : lanes<T>();
    for (let k = 0; k < classes; k += 2) {
      let k1 = min(k + 1, classes - 1);
      const end = x + row * rows;
      let p = x + bytes<T>(d), g0 = g + bytes<T>(k), g1 = g + bytes<T>(k1);
      let a0 = i32x4.splat(0), a1 = a0, a2 = a0, a3 = a0, c0 = a0, c1 = a0, c2 = a0, c3 = a0;
      if (width == lanes<T>()) {
        for (; p < end; p += row, g0 += line, g1 += line) {
          const y = v128.load(p);
          a0 = madd<T>(y, v128.load_splat<T>(g0), a0);
          c0 = madd<T>(y, v128.load_splat<T>(g1), c0);
        }
      } else {
        for (; p < end; p += row, g0 += line, g1 += line) {
          const u = v128.load_splat<T>(g0), v = v128.load_splat<T>(g1);
          let y = v128.load(p);
          a0 = madd<T>(y, u, a0);
          c0 = madd<T>(y, v, c0);
          y = v128.load(p, 16);
          a1 = madd<T>(y, u, a1);
          c1 = madd<T>(y, v, c1);
          y = v128.load(p, 32);
          a2 = madd<T>(y, u, a2);
          c2 = madd<T>(y, v, c2);
          y = v128.load(p, 48);
          a3 = madd<T>(y, u, a3);
          c3 = madd<T>(y, v, c3);
        }
      }
      for (let to = dw + bytes<f64>(pitch * k + d); ; to += bytes<f64>(pitch)) {
        addTo<T>(to, a0);
        if (width > lanes<T>()) {
          addTo<T>(to + step, a1);
          addTo<T>(to + 2 * step, a2);
          addTo<T>(to + 3 * step, a3);
        }
        if (k1 == k) break;
        k1 = k;
        a0 = c0;
        a1 = c1;
        a2 = c2;
        a3 = c3;
      }
    }
  }
  for (let k = 0; k < classes; k++) {
    let total: f64 = 0, p = g + bytes<T>(k);
    for (let left = rows; left > 0; left--, p += line) total += <f64>load<T>(p);
    store<f64>(db + bytes<f64>(k), load<f64>(db + bytes<f64>(k)) + total);
  }
}

/**
 * z[r, k] = b[k] + Σ x[r, d] w[k, d] in float32: x (rows, pitch), w (classes, pitch), b (classes), z (rows, classes). No
 * dimension is 0. The order of additions depends on `pitch` alone.
 */
export function affineF32(x: usize, w: usize, b: usize, z: usize, rows: i32, pitch: i32, classes: i32): void {
  affine<f32>(x, w, b, z, rows, pitch, classes);
}

/** The same for float64. */
export function affineF64(x: usize, w: usize, b: usize, z: usize, rows: i32, pitch: i32, classes: i32): void {
  affine<f64>(x, w, b, z, rows, pitch, classes);
}

/**
 * dw[k, d] += Σ g[r, k] x[r, d] and db[k] += Σ g[r, k], from float32 x (rows, pitch) and g (rows, classes) onto float64 dw
 * (classes, pitch) and db (classes). What one call adds to dw is summed in float32: keep its rows few.
 */
export function affineGradF32(x: usize, g: usize, dw: usize, db: usize, rows: i32, pitch: i32, classes: i32): void {
  affineGrad<f32>(x, g, dw, db, rows, pitch, classes);
}

/** The same for float64. */
export function affineGradF64(x: usize, g: usize, dw: usize, db: usize, rows: i32, pitch: i32, classes: i32): void {
  affineGrad<f64>(x, g, dw, db, rows, pitch, classes);
}
