// The logistic function: 1 / (1 + e^-z) for z = beta x.

import { LIFT, power, scaleFor, setAnchor, stretchExponent } from "./exp";
import { BLOCK, expBlock } from "./rows";
import { bytes, lanes } from "./simd";
import { anchorAt, linesAt, sumsAt } from "./state";

function sigmoid<T>(x: usize, y: usize, count: i32, beta: f64, scratch: usize): void {
  const scale = scaleFor<T>(beta, false, scratch), anchor = anchorAt(scratch, 0);
  const e = sumsAt(scratch), z = linesAt(scratch);
  // All exponents are at most 0.
  setAnchor<T>(anchor, i32x4.splat(0), scale);
  const up = stretchExponent<T>(beta), sign = v128.splat<T>(-0.0), flip = beta < 0 ? sign : i32x4.splat(0);
  const f = v128.splat<T>(power<T>(up / 2)), g = v128.splat<T>(power<T>(up - up / 2));
  const one = v128.splat<T>(power<T>(<i32>LIFT));
  for (; count > 0; count -= BLOCK * lanes<T>()) {
    const size = bytes<T>(min(count, BLOCK * lanes<T>())), vectors = <i32>(size + 15) >> 4;
    memory.copy(z, x, size);
    for (let at: usize = 0; at < size; at += 16) {
      v128.store(e + at, v128.or(v128.mul<T>(v128.mul<T>(v128.load(z + at), f), g), sign));
    }
    expBlock<T>(e, e, vectors, 0, changetype<usize>(anchor), scale);
    for (let at: usize = 0; at < size; at += 16) {
      // 1 / (1 + e^-|z|), or below 0 e^-|z| / (1 + e^-|z|), both lifted.
      const small = v128.load(e + at), below = v128.lt<T>(v128.xor(v128.load(z + at), flip), i32x4.splat(0));
      v128.store(e + at, v128.div<T>(v128.bitselect(small, one, below), v128.add<T>(one, small)));
    }
    memory.copy(y, e, size);
    x += size;
    y += size;
  }
}

/**
 * y = 1 / (1 + exp(-beta x)) for `count` float32 values, for every beta; y may be x. At most 4.1 ULP (float64:
 * 2.1, as measured) for results that are normal numbers. `scratch` as for softmax.
 */
export function sigmoidF32(x: usize, y: usize, count: i32, beta: f64, scratch: usize): void {
  sigmoid<f32>(x, y, count, beta, scratch);
}

/** The same for float64. */
export function sigmoidF64(x: usize, y: usize, count: i32, beta: f64, scratch: usize): void {
  sigmoid<f64>(x, y, count, beta, scratch);
}
