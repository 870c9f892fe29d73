// AssemblyScript: the exponential alone, for exp.test.ts. beta = 1, and no power of two is taken out of a row (N = 0).

import { Anchor, Scale, expAnchored, setAnchor, setScale } from "../../assembly/exp";
import { bytes } from "../../assembly/simd";

function exponentials<T>(x: usize, y: usize, count: i32, scratch: usize): void {
  const scale = changetype<Scale>(scratch);
  const anchor = changetype<Anchor>(scratch + offsetof<Scale>());
  setScale<T>(scale, 1, false);
  setAnchor<T>(anchor, i32x4.splat(0), scale);
  const floor = anchor.floor, magic = anchor.magic;
  const rate = scale.rate, high = scale.high, low = scale.low;
  const c0 = scale.c0, c1 = scale.c1, c2 = scale.c2, c3 = scale.c3, c4 = scale.c4, c5 = scale.c5;
  for (const end = x + bytes<T>(count); x < end; x += 16, y += 16) {
    v128.store(y, expAnchored<T>(v128.load(x), floor, magic, rate, high, low, c0, c1, c2, c3, c4, c5, scale));
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
