// AssemblyScript: the logarithm alone, for log.test.ts, and the exponential, for exp.test.ts, with beta = 1: each element anchored as the maximum of its row if
// it is positive, or else in a row whose maximum is 0, and the powers of two put back.

import { Anchor, LIFT, expAnchored, scaleFor, setAnchor } from "../../assembly/exp";
import { log, log1p } from "../../assembly/log";
import { bytes } from "../../assembly/simd";

function exponentials<T>(x: usize, y: usize, count: i32, scratch: usize): void {
  const scale = scaleFor<T>(1, false, scratch);
  const anchor = changetype<Anchor>(scratch + 256);
  const rate = v128.splat<T>(scale.rate), high = v128.splat<T>(scale.high), low = v128.splat<T>(scale.low);
  const c1 = v128.splat<T>(scale.c1), c2 = v128.splat<T>(scale.c2), c3 = v128.splat<T>(scale.c3);
  const c4 = v128.splat<T>(scale.c4), c5 = v128.splat<T>(scale.c5);
  for (const end = x + bytes<T>(count); x < end; x += 16, y += 16) {
    const z = v128.load(x);
    const max = v128.pmax<T>(i32x4.splat(0), z);
    setAnchor<T>(anchor, max, scale);
    const e = expAnchored<T>(z, anchor.floor, anchor.magic, rate, high, low, c1, c2, c3, c4, c5, scale);
    v128.store(y, v128.mul<T>(e, powers<T>(v128.sub<T>(v128.floor<T>(v128.mul<T>(max, rate)), v128.splat<T>(<T>LIFT)))));
  }
}

/** 2^n, lane by lane, for n from -126 on. */
function powers<T>(n: v128): v128 {
  const bits = sizeof<T>() == 4 ? 23 : 52;
  const bias: f64 = sizeof<T>() == 4 ? 127 : 1023;
  const low = v128.add<T>(n, v128.splat<T>(<T>(bias + 1.5 * <f64>((<u64>1) << bits))));
  return sizeof<T>() == 4 ? i32x4.shl(low, bits) : i64x2.shl(low, bits);
}

/** y = e^x for `count` float32 values, a whole number of vectors. `scratch`: 512 bytes, aligned to 16. */
export function expF32(x: usize, y: usize, count: i32, scratch: usize): void {
  exponentials<f32>(x, y, count, scratch);
}

/** The same for float64. */
export function expF64(x: usize, y: usize, count: i32, scratch: usize): void {
  exponentials<f64>(x, y, count, scratch);
}

/** y = log x for `count` float64 values, an even number of them. */
export function logF64(x: usize, y: usize, count: i32): void {
  for (const end = x + bytes<f64>(count); x < end; x += 16, y += 16) v128.store(y, log(v128.load(x)));
}

/** y = log(1 + x), likewise. */
export function log1pF64(x: usize, y: usize, count: i32): void {
  for (const end = x + bytes<f64>(count); x < end; x += 16, y += 16) v128.store(y, log1p(v128.load(x)));
}
