// exp and softmax by integer arithmetic: numbers are BigInt multiples of powers of two, floats are taken as exactly what
// they are, and no floating-point operation takes part until a result is rounded. It shares no constant and no formula
// with the kernels or the reference. Relative errors are about 2^-225.

/** significand 2^exponent. */
export interface Big {
  readonly significand: bigint;
  readonly exponent: number;
}

/** A number that is not negative, with its float64 rounding. */
export interface Exact extends Big {
  readonly high: number;
  /** The float64 rounding of what `high` leaves: the two are it to 106 bits, where `low` does not underflow. */
  readonly low: number;
}

const FRACTION = 240;
const WIDE = BigInt(FRACTION);
const ONE = 1n << WIDE;
const HALVINGS = 8;
const ZERO: Big = { significand: 0n, exponent: 0 };

/** Beyond ±FAR, exp of any number is far outside the range of float64. */
const FAR = 4096;

const view = new DataView(new ArrayBuffer(8));

/** A finite float64, exactly. */
export function decompose(x: number): Big {
  if (!Number.isFinite(x)) throw new RangeError(`expected a finite number, got ${x}`);
  if (x === 0) return ZERO;
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const magnitude = biased === 0 ? fraction : fraction | 0x10000000000000n;
  return { significand: x < 0 ? -magnitude : magnitude, exponent: Math.max(biased, 1) - 1075 };
}

/** In units of 2^unit, rounded down where that is too coarse. */
function inUnits({ significand, exponent }: Big, unit: number): bigint {
  const shift = exponent - unit;
  return shift >= 0 ? significand << BigInt(shift) : significand >> BigInt(-shift);
}

/** ln 2 = 2 artanh(1/3), in units of 2^-FRACTION. */
function seriesLn2(): bigint {
  let power = (2n * ONE) / 3n;
  let sum = 0n;
  for (let k = 1n; power > 0n; k += 2n) {
    sum += power / k;
    power /= 9n;
  }
  return sum;
}

const LN2_FIXED = seriesLn2();

export const LN2: Big = { significand: LN2_FIXED, exponent: -FRACTION };

/** e^x for |x| < FAR: Taylor series of e^(r / 2^HALVINGS) where x = n ln2 + r, then squared HALVINGS times. */
export function expBig(x: Big): Big {
  const fixed = inUnits(x, -FRACTION);
  const n = Number(fixed / LN2_FIXED);
  const r = (fixed % LN2_FIXED) >> BigInt(HALVINGS);
  let sum = ONE;
  let term = ONE;
  for (let k = 1n; term !== 0n; k++) {
    term = ((term * r) >> WIDE) / k;
    sum += term;
  }
  for (let i = 0; i < HALVINGS; i++) sum = (sum * sum) >> WIDE;
  return { significand: sum, exponent: n - FRACTION };
}

function bitLength(x: bigint): number {
  const digits = x.toString(16);
  return 4 * digits.length - Math.clz32(Number.parseInt(digits.charAt(0), 16)) + 28;
}

/** The float64 nearest to magnitude 2^exponent; in a tie the even one. Numbers of its size are 2^unit apart. */
function nearest(magnitude: bigint, exponent: number): number {
  const unit = Math.max(bitLength(magnitude) + exponent - 53, -1074);
  const drop = BigInt(Math.max(unit - exponent, 0));
  const down = inUnits({ significand: magnitude, exponent }, unit);
  const twiceLost = (magnitude - (down << drop)) << 1n;
  const half = 1n << drop;
  const up = drop > 0n && (twiceLost > half || (twiceLost === half && (down & 1n) === 1n));
  return Number(up ? down + 1n : down) * 2 ** unit;
}

/** The float64 nearest to a number; in a tie the even one. */
export function toNumber({ significand, exponent }: Big): number {
  return significand < 0n ? -nearest(-significand, exponent) : nearest(significand, exponent);
}

/** Rounds a number that is not negative, and keeps it. */
export function toExact(exact: Big): Exact {
  const high = toNumber(exact);
  return { ...exact, high, low: Number.isFinite(high) ? toNumber(difference(exact, decompose(high))) : 0 };
}

/** a - b, exactly. */
function difference(a: Big, b: Big): Big {
  const unit = Math.min(a.exponent, b.exponent);
  return { significand: inUnits(a, unit) - inUnits(b, unit), exponent: unit };
}

/** e^x for a number below FAR. */
export function exp(x: number): Exact {
  if (x >= FAR) throw new RangeError(`expected a number below ${FAR}, got ${x}`);
  return toExact(x === Number.NEGATIVE_INFINITY ? ZERO : expOfFall(decompose(x)));
}

/** A row's exponents beta x - top, exactly, in units of 2^unit, and the sum of their powers in units of 2^-FRACTION. */
interface Exponents {
  readonly unit: number;
  readonly top: bigint;
  readonly falls: readonly (bigint | undefined)[];
  readonly powers: readonly Big[];
  readonly sum: bigint;
}

function exponents(row: ArrayLike<number>, beta: number): Exponents {
  const scaled = Array.from(row, (x) => scale(x, beta));
  const unit = scaled.reduce((least, s) => Math.min(least, s?.exponent ?? 0), 0);
  const integers = scaled.map((s) => s && inUnits(s, unit));
  const top = integers.reduce((most, s) => (s !== undefined && (most === undefined || s > most) ? s : most), undefined);
  if (top === undefined) throw new RangeError("expected at least one logit that is not -Infinity");
  const falls = integers.map((s) => (s === undefined ? undefined : s - top));
  const powers = falls.map((fall) => (fall === undefined ? ZERO : expOfFall({ significand: fall, exponent: unit })));
  const sum = powers.reduce((total, w) => total + inUnits(w, -FRACTION), 0n);
  return { unit, top, falls, powers, sum };
}

/** softmax(beta row) for finite beta and logits; a logit that beta makes -Infinity gets 0. */
export function softmax(row: ArrayLike<number>, beta = 1): Exact[] {
  const { powers, sum } = exponents(row, beta);
  return powers.map((w) => toExact({ significand: (w.significand << WIDE) / sum, exponent: w.exponent }));
}

/** log softmax(beta row) for finite beta and logits, to the nearest float64. */
export function logSoftmax(row: ArrayLike<number>, beta = 1): number[] {
  const { unit, falls, sum } = exponents(row, beta);
  const logSum = logBig({ significand: sum, exponent: -FRACTION });
  return falls.map((fall) =>
    fall === undefined ? -Infinity : toNumber(difference({ significand: fall, exponent: unit }, logSum)),
  );
}

/** (1/beta) log |sum of weights exp(beta row)| for finite beta, logits and weights, to the nearest float64. */
export function logSumExp(row: ArrayLike<number>, beta = 1, weights?: ArrayLike<number>): number {
  const { unit, top, powers } = exponents(row, beta);
  const sum = powers.reduce((total, power, i) => {
    const weight = decompose(weights?.[i] ?? 1);
    const product = { significand: weight.significand * power.significand, exponent: weight.exponent + power.exponent };
    return total + inUnits(product, -FRACTION);
  }, 0n);
  if (sum === 0n) return -Infinity * Math.sign(beta);
  const log = logBig({ significand: sum < 0n ? -sum : sum, exponent: -FRACTION });
  return toNumber(quotient(difference(log, { significand: -top, exponent: unit }), decompose(beta)));
}

/** Sum of p (log p - log q), of -p log p without q, to the nearest float64; for numbers from 0 up, q > 0. */
export function relativeEntropy(p: ArrayLike<number>, q?: ArrayLike<number>): number {
  const terms = Array.from(p, (value, i): Big => {
    if (value === 0) return ZERO;
    const big = decompose(value);
    const log = logBig(big);
    const { significand, exponent } = q === undefined ? difference(ZERO, log) : difference(log, logOf(q[i] as number));
    return { significand: big.significand * significand, exponent: big.exponent + exponent };
  });
  const unit = terms.reduce((least, { exponent }) => Math.min(least, exponent), 0);
  const sum = terms.reduce((total, term) => total + inUnits(term, unit), 0n);
  return toNumber({ significand: sum, exponent: unit });
}

function logOf(x: number): Big {
  return logBig(decompose(x));
}

/** The natural logarithm of a number above 0, to 2^-FRACTION: n ln2 + 2 artanh((m - 1) / (m + 1)), m near 1. */
export function logBig({ significand, exponent }: Big): Big {
  const length = bitLength(significand);
  const above = inUnits({ significand, exponent: -length }, -FRACTION);
  // From 3/4 to 3/2.
  const isSmall = above < (3n * ONE) / 4n;
  const m = isSmall ? inUnits({ significand, exponent: 1 - length }, -FRACTION) : above;
  const n = exponent + length - (isSmall ? 1 : 0);
  const z = ((m - ONE) << WIDE) / (m + ONE);
  const square = (z * z) >> WIDE;
  let power = 2n * z;
  let sum = 0n;
  for (let k = 1n; power !== 0n && power !== -1n; k += 2n) {
    sum += power / k;
    power = (power * square) >> WIDE;
  }
  return { significand: sum + BigInt(n) * LN2_FIXED, exponent: -FRACTION };
}

/** a / b, to FRACTION bits and more. */
function quotient(a: Big, b: Big): Big {
  const places = FRACTION + 64;
  return { significand: (a.significand << BigInt(places)) / b.significand, exponent: a.exponent - b.exponent - places };
}

/** beta x, exactly; undefined for -Infinity. */
function scale(x: number, beta: number): Big | undefined {
  if (Math.abs(x) === Number.POSITIVE_INFINITY && x * beta === Number.NEGATIVE_INFINITY) return undefined;
  const a = decompose(x);
  const b = decompose(beta);
  return { significand: a.significand * b.significand, exponent: a.exponent + b.exponent };
}

/** e^x for x < FAR; 0 where that is out of all range. */
function expOfFall(x: Big): Big {
  return inUnits(x, 0) < -FAR ? ZERO : expBig(x);
}

/** |approx - exact| / exact; Infinity for NaN and for anything but 0 where 0 is due. */
export function relativeError(approx: number, exact: Exact): number {
  if (exact.high === 0) return approx === 0 ? 0 : Number.POSITIVE_INFINITY;
  return inTermsOf(exact, approx, exact);
}

/** |approx - exact| in units in the last place of `exact`, for significands of `bits` bits; Infinity for NaN. */
export function ulps(approx: number, exact: Exact, bits: 24 | 53): number {
  const top = bitLength(exact.significand) + exact.exponent;
  const lowest = bits === 24 ? -149 : -1074;
  const ulp = exact.significand === 0n ? lowest : Math.max(top - bits, lowest);
  return inTermsOf({ significand: 1n, exponent: ulp }, approx, exact);
}

/** |approx - e^x| in units in the last place of e^x. */
export function ulpError(approx: number, x: number, bits: 24 | 53): number {
  return ulps(approx, exp(x), bits);
}

/** |approx - exact| / unit, to 2^-FRACTION. */
function inTermsOf(unit: Big, approx: number, exact: Big): number {
  if (!Number.isFinite(approx)) return Number.POSITIVE_INFINITY;
  const error = difference(decompose(approx), exact);
  const quotient = (error.significand << WIDE) / unit.significand;
  return Math.abs(toNumber({ significand: quotient, exponent: error.exponent - unit.exponent - FRACTION }));
}
