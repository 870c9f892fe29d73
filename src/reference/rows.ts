// The textbook formulas over one row of float64 numbers, never optimised; softmax and what is made of its exponents.
// The entries of a row that are masked are not among those given here.

/** One row of numbers; results are fresh rows. */
export type Row = Float64Array;

/** A row's exponents: softmax is exp(falls) / (1 + rest). */
export interface Exponents {
  /** The logit with the largest β z: a maximum for β >= 0, a minimum for β < 0. NaN where there is a NaN. */
  readonly top: number;
  /** β (z - top), at most 0; its limit where β is infinite. */
  readonly falls: Row;
  /** The sum of exp(falls) without one top's. NaN for a row with no softmax: of NaN, of β z = Infinity, of -Infinity alone. */
  readonly rest: number;
}

export function exponents(z: Row, beta: number): Exponents {
  // The logit of β z = -Infinity, which has no mass; at β = 0 too.
  const nothing = beta < 0 ? Infinity : -Infinity;
  const top = z.reduce((a, b) => (beta < 0 ? Math.min(a, b) : Math.max(a, b)), nothing);
  const falls = fallsFrom(z, top, beta);
  const first = falls.indexOf(0);
  const rest = falls.reduce((sum, fall, i) => (i === first ? sum : sum + Math.exp(fall)), 0);
  return { top, falls, rest: Number.isFinite(top) ? rest : NaN };
}

/** β (z - top), where no β z is larger than β top. */
function fallsFrom(z: Row, top: number, beta: number): Row {
  const nothing = beta < 0 ? Infinity : -Infinity;
  return z.map((v) => {
    if (v === top) return 0;
    if (v === nothing || !Number.isFinite(beta)) return -Infinity;
    // Halved, the difference of two finite numbers cannot overflow.
    return 2 * (beta * (v / 2 - top / 2));
  });
}

/** softmax(β z), β any number. */
export function softmaxRow(z: Row, beta: number): Row {
  const { falls, rest } = exponents(z, beta);
  return falls.map((fall) => Math.exp(fall) / (1 + rest));
}

/** log softmax(β z): two terms of one sign, so that nothing cancels. */
export function logSoftmaxRow(z: Row, beta: number): Row {
  const { falls, rest } = exponents(z, beta);
  return falls.map((fall) => fall - Math.log1p(rest));
}

/** The z with the largest β z, and Σ exp(β (z - max)). */
export function partialsRow(z: Row, beta: number): { max: number; sum: number } {
  const { top, rest } = exponents(z, beta);
  return { max: top, sum: top === (beta < 0 ? Infinity : -Infinity) ? 0 : 1 + rest };
}

/** softmax(β z) or its logarithm, of a part of a row, from the partials of the whole. */
export function normalizeRow(z: Row, beta: number, max: number, sum: number, log: boolean): Row {
  // A row with no softmax.
  const total = Number.isFinite(max) ? sum : NaN;
  return fallsFrom(z, max, beta).map((fall) => (log ? fall - Math.log(total) : Math.exp(fall) / total));
}

/**
 * (1/β) log |Σ w exp(β z)| and the sum's sign, β any number but 0; at infinite β the maximum or minimum. Weights are 1
 * where none are given; an entry of weight 0 counts for nothing, unless it is NaN.
 */
export function logSumExpRow(z: Row, beta: number, weights?: Row): { value: number; sign: number } {
  const kept = weights === undefined ? z : z.filter((v, i) => weights[i] !== 0 || Number.isNaN(v));
  const { top, falls, rest } = exponents(kept, beta);
  if (Number.isNaN(top) || weights?.some(Number.isNaN)) return { value: NaN, sign: NaN };
  // All of no mass, or nothing at all.
  if (top === (beta < 0 ? Infinity : -Infinity)) return { value: top, sign: 0 };
  if (weights === undefined) return { value: Number.isFinite(top) ? top + Math.log1p(rest) / beta : top, sign: 1 };
  const w = weights.filter((v) => v !== 0);
  const sum = falls.reduce((total, fall, i) => total + (w[i] as number) * Math.exp(fall), 0);
  return { value: top + Math.log(Math.abs(sum)) / beta, sign: Math.sign(sum) };
}

/** 1 / (1 + exp(-β x)), β any number. */
export function sigmoid(x: number, beta: number): number {
  if (x === 0) return 0.5;
  // An infinite x stays so at β = 0 too, as -Infinity does in softmax.
  const z = beta === 0 && Math.abs(x) === Infinity ? x : beta * x;
  return 1 / (1 + Math.exp(-z));
}
