// The logistic function: 1 / (1 + e^-z) for z = beta x.

import { LIFT, power, scaleFor, setAnchor, stretchExponent } from "./exp";
import { BLOCK, expBlock } from "./rows";
import { bytes, lanes, loadPartial, storePartial } from "./simd";
import { anchorAt, sumsAt } from "./state";

function sigmoid<T>(x: usize, y: usize, count: i32, beta: f64, scratch: usize): void {
  const scale = scaleFor<T>(beta, false, scratch), anchor = anchorAt(scratch, 0), e = sumsAt(scratch);
  // All exponents are at most 0.
  setAnchor<T>(anchor, i32x4.splat(0), scale);
  const up = stretchExponent<T>(beta), sign = v128.splat<T>(-0.0), flip = beta < 0 ? sign : i32x4.splat(0);
  const f = v128.splat<T>(power<T>(up / 2)), g = v128.splat<T>(power<T>(up - up / 2));
  const one = v128.splat<T>(power<T>(<i32>LIFT));
  for (; count > 0; count -= BLOCK * lanes<T>()) {
    const n = min(count, BLOCK * lanes<T>()), vectors = (n + lanes<T>() - 1) / lanes<T>();
    for (let v = 0, left = n; v < vectors; v++, left -= lanes<T>()) {
      const z = v128.mul<T>(v128.mul<T>(loadPartial<T>(x + (<usize>v << 4), min(left, lanes<T>()), 0), f), g);
      v128.store(e + (<usize>v << 4), v128.or(z, sign));
    }
    expBlock<T>(e, e, vectors, 0, changetype<usize>(anchor), scale);
    for (let p = e, left = n; left > 0; left -= lanes<T>(), p += 16, x += 16, y += 16) {
      const width = min(left, lanes<T>());
      const small = v128.load(p);
      const below = v128.lt<T>(v128.xor(loadPartial<T>(x, width, 0), flip), i32x4.splat(0));
      // 1 / (1 + e^-|z|), or below 0 e^-|z| / (1 + e^-|z|), both lifted.
      storePartial<T>(y, v128.div<T>(v128.bitselect(small, one, below), v128.add<T>(one, small)), width);
    }
  }
}

/**
 * y = 1 / (1 + exp(-beta x)) for `count` float32 values, for every beta; y may be x. At most 3 ULP for results that are
 * normal numbers. `scratch` as for softmax.
 */
export function sigmoidF32(x: usize, y: usize, count: i32, beta: f64, scratch: usize): void {
  sigmoid<f32>(x, y, count, beta, scratch);
}

/** The same for float64. */
export function sigmoidF64(x: usize, y: usize, count: i32, beta: f64, scratch: usize): void {
  sigmoid<f64>(x, y, count, beta, scratch);
}
