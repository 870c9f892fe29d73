// The vector exponential that every op shares, and the two small structs that set it up.
//
// For a row with maximum m it computes 2^(LIFT - N) exp(beta x) with N = floor(beta m log2 e): the maximum is taken out as
// a power of two, in the exponent, so no rounded difference x - m is ever formed. That is exact while |N| <= `limit`; a
// row of larger logits has its maximum subtracted first (`stretch` in rows.ts), which makes m = N = 0. Each row chooses
// its way by itself, so its bits depend on it alone. Either way its largest element comes out in [1, 2) 2^LIFT.

import { bytes, madd, nmadd } from "./simd";

// The constants for beta = 1, laid out as `Scale`: a call without temperature needs no setting up.
//
// The coefficients are those of e^r for |r| <= ln2 / 2 from c1 up (c0 is 1), as `npm run minimax` prints them: minimax of
// the relative error in float64; in float32, of the kernel's error in ULP with all its roundings.
const SCALE_F32 = memory.data<u32>([
  0x3fb8aa3b, // log2 e
  0x3f317200, // ln 2, its leading 15 bits
  0x35bfbe8e, // ln 2, the rest
  0x43c00000, // 384: n of 9 bits times these 15 is exact
  0x3f800000, // 1, in f
  0x3f800000, // 1, in g
  0x3f7ffff5, // 9.9999934e-1
  0x3efffec9, // 4.9999073e-1
  0x3e2aaf6f, // 1.6668485e-1
  0x3d2ba4ca, // 4.1905202e-2
  0x3c071449, // 8.2445825e-3
]); // relative error 1.28e-7, by which the whole kernel stays within 2 ULP (Remez's own 9.2e-8 would take it to 2.3)
const DEGREE_F32: i32 = 5;

const SCALE_F64 = memory.data<u64>([
  0x3ff71547652b82fe, // log2 e
  0x3fe62e42fefa3800, // ln 2, its leading 42 bits
  0x3d2ef35793c76730, // ln 2, the rest
  0x4090000000000000, // 1024: n of 11 bits times these 42 is exact
  0x3ff0000000000000, // 1, in f
  0x3ff0000000000000, // 1, in g
  0x3ff0000000000000, // 1
  0x3fe000000000000a, // 5.0000000000000111e-1
  0x3fc55555555554fa, // 1.6666666666666413e-1
  0x3fa555555555087c, // 4.1666666666530155e-2
  0x3f81111111127be5, // 8.3333333334944613e-3
  0x3f56c16c1842a11d, // 1.3888888943630114e-3
  0x3f2a01a012a57b51, // 1.9841269506578688e-4
  0x3efa0199a0c677ac, // 2.4801493098906550e-5
  0x3ec71df2552390c2, // 2.7557586373840165e-6
  0x3e928ad72cc30daa, // 2.7630248379211441e-7
  0x3e5ad7f6f0799ee2, // 2.5000061602835666e-8
]); // relative error 1.1e-17
const DEGREE_F64: i32 = 11;

/**
 * How far exponentials are lifted, so that what is left of a small one in the last step is not rounded as a subnormal
 * number (2.06 ULP in place of 1.96), and that a probability below the smallest normal number is not lost.
 */
export const LIFT: f64 = 32;

const LOG2_E: f64 = 1.4426950408889634;
const LN2: f64 = 0.6931471805599453;
const LN2_REST: f64 = 2.3190468138462996e-17; // ln2 - LN2

// @ts-ignore: decorator
@inline
function liftedBias<T>(): f64 {
  return (sizeof<T>() == 4 ? 127 : 1023) + LIFT;
}

// @ts-ignore: decorator
@inline
function significandBits<T>(): u64 {
  return sizeof<T>() == 4 ? 23 : 52;
}

/** An anchor's `magic` where N is 0. */
// @ts-ignore: decorator
@inline
function magicAtZero<T>(): f64 {
  return 1.5 * <f64>((<u64>1) << significandBits<T>()) + liftedBias<T>();
}

/**
 * What a call's beta makes of the constants. Loops splat them into locals first: V8 from 13.6 and JavaScriptCore build a
 * `v128.const` anew at each use in a loop (1.62 ns an element against 0.81).
 */
@unmanaged
export class Scale<T> {
  /** beta log2 e */
  rate: T;
  /** ln2 / beta: its leading bits, so that n times it is exact */
  high: T;
  /** … and the rest */
  low: T;
  /** the largest |N| a row may have, or its maximum is subtracted */
  limit: T;
  /** the power of two by which a row is stretched once its maximum is subtracted, in two factors */
  f: T;
  g: T;
  /** c1 beta, c2 beta^2, …: the polynomial takes x in place of beta x */
  c1: T;
  c2: T;
  c3: T;
  c4: T;
  c5: T;
  c6: T;
  c7: T;
  c8: T;
  c9: T;
  c10: T;
  c11: T;
}

/** Where rows are anchored, a row a lane. */
@unmanaged
export class Anchor {
  /** x below it counts as it: its exponential is 0 */
  floor: v128;
  /** 1.5 2^23 (float64: 2^52) + bias + LIFT - N */
  magic: v128;
}

/** |beta| from 2^-20 to 2^20 goes into the coefficients; beyond, x is stretched by a power of two and beta is in [1, 2). */
const REACH: i32 = 20;

/**
 * The exponent of |beta| where it is beyond REACH, else 0; kept to ±250 (float64: ±2040), where every difference of two
 * logits is already stretched to nothing or to -Infinity. So the limits, and all betas that T cannot hold, need no code.
 */
export function stretchExponent<T>(beta: f64): i32 {
  const most = sizeof<T>() == 4 ? 250 : 2040;
  if (beta == 0) return -most;
  const e = exponent(beta);
  if (e == 1024) return most;
  return e >= -REACH && e < REACH ? 0 : max(-most, min(most, e));
}

/** floor(log2 |v|); 1024 for Infinity. Subnormal numbers are brought up by 2^64 first. */
function exponent(v: f64): i32 {
  const biased = <i32>(reinterpret<u64>(v) >> 52) & 0x7ff;
  return biased > 0 ? biased - 1023 : (<i32>(reinterpret<u64>(v * 18446744073709551616.0) >> 52) & 0x7ff) - 1087;
}

/** |v| / 2^exponent(v), in [1, 2); 1 for 0 and Infinity. */
function significand(v: f64): f64 {
  const normal = abs(v) < 2.2250738585072014e-308 ? v * 18446744073709551616.0 : v;
  return reinterpret<f64>((reinterpret<u64>(normal) & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
}

/** a b less its rounded product, exactly (Dekker 1971, with Veltkamp's split of the factors). */
function productError(a: f64, b: f64): f64 {
  const a1 = upperHalf(a), b1 = upperHalf(b);
  const a2 = a - a1, b2 = b - b1;
  return a2 * b2 - (a * b - a1 * b1 - a2 * b1 - a1 * b2);
}

/** The leading 26 bits of a. */
function upperHalf(a: f64): f64 {
  const c = 134217729.0 * a; // 2^27 + 1
  return c - (c - a);
}

/** 2^e in two factors is power(e / 2) power(e - e / 2). */
export function power<T>(e: i32): T {
  return <T>reinterpret<f64>((<u64>(e + 1023)) << 52);
}

/** The constants for beta: the table's own, or made at `p`. With `subtract`, every row has its maximum subtracted. */
export function scaleFor<T>(beta: f64, subtract: bool, p: usize): Scale<T> {
  const table = sizeof<T>() == 4 ? SCALE_F32 : SCALE_F64;
  if (beta == 1 && !subtract) return changetype<Scale<T>>(table);
  const degree = sizeof<T>() == 4 ? DEGREE_F32 : DEGREE_F64;
  const scale = changetype<Scale<T>>(p);
  const e = stretchExponent<T>(beta);
  // What is left of |beta|: its significand in [1, 2), or 1 in the limits.
  const rest = e == 0 ? abs(beta) : significand(beta);
  const ratio = LN2 / rest;
  const high = sizeof<T>() == 4
    ? <f64>reinterpret<f32>(reinterpret<u32>(<f32>ratio) & 0xffff_fe00)
    : reinterpret<f64>(reinterpret<u64>(ratio) & 0xffff_ffff_ffff_f800);
  scale.rate = <T>(rest * LOG2_E);
  scale.high = <T>high;
  scale.low = <T>((LN2 - rest * high - productError(rest, high) + LN2_REST) / rest);
  scale.limit = subtract || e > 0 ? -1 : changetype<Scale<T>>(table).limit;
  const up = max(e, 0);
  scale.f = power<T>(up / 2);
  scale.g = power<T>(up - up / 2);
  let scaled = rest;
  for (let k = 0; k < degree; k++) {
    const c = offsetof<Scale<T>>("c1") + bytes<T>(k);
    store<T>(p + c, <T>(<f64>load<T>(table + c) * scaled));
    scaled *= rest;
  }
  return scale;
}

/**
 * Fills in `anchor` for row maxima, a row a lane. All bits of a lane of the result are set where that is exact; where it
 * is not, the anchor is that of a row whose maximum has been subtracted.
 */
// @ts-ignore: decorator
@inline
export function setAnchor<T>(anchor: Anchor, max: v128, scale: Scale<T>): v128 {
  const n = v128.floor<T>(v128.mul<T>(max, v128.splat<T>(scale.rate)));
  const exact = v128.le<T>(v128.abs<T>(n), v128.splat<T>(scale.limit));
  anchorAtPower<T>(anchor, v128.and(n, exact), scale);
  return exact;
}

/** Fills in `anchor` for N, a row a lane. */
// @ts-ignore: decorator
@inline
export function anchorAtPower<T>(anchor: Anchor, n: v128, scale: Scale<T>): void {
  const bias = v128.splat<T>(<T>liftedBias<T>());
  anchor.floor = v128.mul<T>(v128.sub<T>(n, bias), v128.splat<T>(scale.high + scale.low));
  anchor.magic = v128.sub<T>(v128.splat<T>(<T>magicAtZero<T>()), n);
}

/** N of the first row. */
export function powerOf<T>(anchor: Anchor): f64 {
  return magicAtZero<T>() - <f64>v128.extract_lane<T>(anchor.magic, 0);
}

/**
 * 2^(LIFT - N) exp(beta x), lane by lane. x may not exceed the row's maximum.
 *
 * Accuracy for beta = 1 and results of 2^(LIFT - 126) (float64: 2^(LIFT - 1022)) and more: at most 2 ULP in float32,
 * 1 ULP in float64. Results below the smallest normal number may be 0. NaN of any bit pattern gives NaN; -Infinity gives +0.
 */
// @ts-ignore: decorator
@inline
export function expAnchored<T>(
  x: v128, floor: v128, magic: v128, rate: v128, high: v128, low: v128,
  c1: v128, c2: v128, c3: v128, c4: v128, c5: v128, scale: Scale<T>,
): v128 {
  // Clamp. pmax(x, floor) keeps a NaN, pmax(floor, x) would not.
  const z = v128.pmax<T>(x, floor);
  // Reduce. Adding `magic` rounds to the integer n, and leaves n - N + LIFT + bias in the low bits of the sum.
  const sum = madd<T>(z, rate, magic);
  const n = v128.sub<T>(sum, magic);
  const h = nmadd<T>(n, high, z);
  // Reconstruct by arithmetic: adding to the exponent would make numbers of NaNs. s = 2^(LIFT + n - N) goes into the last
  // step of the polynomial, s + (s r) q: the bits of s (1 + r q), a step sooner (4 to 6% of the whole kernel).
  if (sizeof<T>() == 4) {
    const s = i32x4.shl(sum, 23);
    const r = nmadd<T>(n, low, h);
    let q = madd<T>(c5, r, c4);
    q = madd<T>(q, r, c3);
    q = madd<T>(q, r, c2);
    q = madd<T>(q, r, c1);
    return madd<T>(q, v128.mul<T>(r, s), s);
  }
  // h + (r r q - l) with r = h - l: the rounding of r would cost a quarter of the one ULP.
  const s = i64x2.shl(sum, 52);
  const l = v128.mul<T>(n, low);
  const r = v128.sub<T>(h, l);
  let q = madd<T>(v128.splat<T>(scale.c11), r, v128.splat<T>(scale.c10));
  q = madd<T>(q, r, v128.splat<T>(scale.c9));
  q = madd<T>(q, r, v128.splat<T>(scale.c8));
  q = madd<T>(q, r, v128.splat<T>(scale.c7));
  q = madd<T>(q, r, v128.splat<T>(scale.c6));
  q = madd<T>(q, r, c5);
  q = madd<T>(q, r, c4);
  q = madd<T>(q, r, c3);
  q = madd<T>(q, r, c2);
  const tail = nmadd<T>(l, c1, v128.mul<T>(v128.mul<T>(r, r), q));
  return madd<T>(madd<T>(h, c1, tail), s, s);
}
