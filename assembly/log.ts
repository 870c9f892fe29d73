// The natural logarithm, in float64 whatever an op's T: it is needed once a row, or where float32 would not do.
//
// For u = 2^k (1 + f) with 1 + f from sqrt(1/2) to sqrt(2): log u = k ln2 + log(1 + f), and log(1 + f) is
// f - (f^2 / 2 - s (f^2 / 2 + R)) with s = f / (2 + f) and R a polynomial in s^2. Scheme and constants are those of
// FreeBSD's e_log.c and s_log1p.c (Sun Microsystems' fdlibm). No multiply-add: both modules give the same bits.

const TABLE = memory.data<u64>([
  0x3fe62e42fee00000, // ln 2, its leading 32 bits: k of 11 bits times these is exact
  0x3dea39ef35793c76, // ln 2, the rest
  0x3fe5555555555593, // 6.666666666666735130e-1
  0x3fd999999997fa04, // 3.999999999940941908e-1
  0x3fd2492494229359, // 2.857142874366239149e-1
  0x3fcc71c51d8e78af, // 2.222219843214978396e-1
  0x3fc7466496cb03de, // 1.818357216161805012e-1
  0x3fc39a09d078c69f, // 1.531383769920937332e-1
  0x3fc2f112df3e5244, // 1.479819860511658591e-1
]);

// @ts-ignore: decorator
@inline
function entry(i: usize): v128 {
  return v128.load64_splat(TABLE + 8 * i);
}

/**
 * log(a + b) of what the sum is before it is rounded, lane by lane, for a + b >= 0: log u + error / u, where u is the
 * rounded sum.
 *
 * Accuracy: at most 1 ULP for b = 0, and for a = 1 with b >= 0. NaN of any bit pattern, and a sum below 0, give NaN; 0
 * gives -Infinity; Infinity gives Infinity. Subnormal numbers are taken as what they are.
 */
export function logOfSum(a: v128, b: v128): v128 {
  const one = f64x2.splat(1);
  const u = f64x2.add(a, b);
  const rounded = f64x2.sub(u, a);
  const error = f64x2.add(f64x2.sub(a, f64x2.sub(u, rounded)), f64x2.sub(b, rounded));
  // Reduce. A subnormal number is brought up by 2^54 first.
  const tiny = f64x2.lt(u, f64x2.splat(2.2250738585072014e-308));
  const bits = f64x2.mul(u, v128.bitselect(f64x2.splat(18014398509481984.0), one, tiny));
  const biased = i64x2.shr_u(i64x2.sub(bits, i64x2.splat(0x3fe6a09e667f3bcd - 0x3ff0000000000000)), 52);
  const m = i64x2.add(i64x2.sub(bits, i64x2.shl(biased, 52)), one);
  const bias = v128.bitselect(f64x2.splat(4503599627370496.0 + 1077), f64x2.splat(4503599627370496.0 + 1023), tiny);
  const k = f64x2.sub(v128.or(biased, f64x2.splat(4503599627370496.0)), bias);
  // Approximate.
  const f = f64x2.sub(m, one);
  const s = f64x2.div(f, f64x2.add(f, f64x2.splat(2)));
  const z = f64x2.mul(s, s), w = f64x2.mul(z, z);
  let odd = f64x2.add(f64x2.mul(w, entry(8)), entry(6));
  odd = f64x2.add(f64x2.mul(w, odd), entry(4));
  odd = f64x2.mul(z, f64x2.add(f64x2.mul(w, odd), entry(2)));
  let even = f64x2.add(f64x2.mul(w, entry(7)), entry(5));
  even = f64x2.mul(w, f64x2.add(f64x2.mul(w, even), entry(3)));
  const half = f64x2.mul(f64x2.mul(f, f), f64x2.splat(0.5));
  // Reconstruct, the small terms first.
  const low = f64x2.add(f64x2.mul(k, entry(1)), f64x2.div(error, u));
  const rest = f64x2.add(f64x2.mul(s, f64x2.add(half, f64x2.add(odd, even))), low);
  const log = f64x2.sub(f64x2.mul(k, entry(0)), f64x2.sub(f64x2.sub(half, rest), f));
  // Infinity is its own logarithm; of 0 and below, sqrt(u) - Infinity has what is due.
  const infinite = f64x2.splat(Infinity);
  const above = v128.bitselect(log, u, f64x2.lt(u, infinite));
  return v128.bitselect(above, f64x2.sub(f64x2.sqrt(u), infinite), f64x2.gt(u, f64x2.splat(0)));
}

/** log x: at most 1 ULP. */
// @ts-ignore: decorator
@inline
export function log(x: v128): v128 {
  return logOfSum(x, f64x2.splat(0));
}

/** log(1 + x) for x >= 0: at most 1 ULP. */
// @ts-ignore: decorator
@inline
export function log1p(x: v128): v128 {
  return logOfSum(f64x2.splat(1), x);
}
