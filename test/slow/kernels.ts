// AssemblyScript: the exponential alone, for exp.test.ts. beta = 1, and no power of two is taken out of a row (N = 0).

import { Anchor, expAnchored, scaleFor, setAnchor } from "../../assembly/exp";
import { bytes } from "../../assembly/simd";

function exponentials<T>(x: usize, y: usize, count: i32, scratch: usize): void {
  const scale = scaleFor<T>(1, false, scratch);
  const anchor = changetype<Anchor>(scratch + 256);
  setAnchor<T>(anchor, i32x4.splat(0), scale);
  const floor = anchor.floor, magic = anchor.magic;
  const rate = v128.splat<T>(scale.rate), high = v128.splat<T>(scale.high), low = v128.splat<T>(scale.low);
  const c1 = v128.splat<T>(scale.c1), c2 = v128.splat<T>(scale.c2), c3 = v128.splat<T>(scale.c3);
  const c4 = v128.splat<T>(scale.c4), c5 = v128.splat<T>(scale.c5);
  for (const end = x + bytes<T>(count); x < end; x += 16, y += 16) {
    v128.store(y, expAnchored<T>(v128.load(x), floor, magic, rate, high, low, c1, c2, c3, c4, c5, scale));
  }
}

/** y = e^x for `count` float32 values, a whole number of vectors. `scratch`: 512 bytes, aligned to 16. */
export function expF32(x: usize, y: usize, count: i32, scratch: usize): void {
  exponentials<f32>(x, y, count, scratch);
}

/** The same for float64. */
export function expF64(x: usize, y: usize, count: i32, scratch: usize): void {
  exponentials<f64>(x, y, count, scratch);
}
