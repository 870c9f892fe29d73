// float16 in plain JavaScript, for the reference and the self-check.

/** The number that float16 bits stand for. */
export function decodeFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/** The bits of the float16 nearest to a float64, in one rounding, ties to even. */
export function encodeFloat16(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  // Half-way from 65504, the largest, to 65536.
  if (size >= 65520) return sign | 0x7c00;
  // float16 numbers of this size are 2^(step - 24) apart; the division is exact.
  let step = 0;
  while (size >= 2 ** (step - 13)) step++;
  // Rounds to an integer, ties to even: float64 numbers are 1 apart from 2^52 on. One from 1024 on brings the exponent's
  // last 1 with it, and 2048 another.
  const multiple = size / 2 ** (step - 24) + 2 ** 52 - 2 ** 52;
  return sign | (1024 * step + multiple);
}
