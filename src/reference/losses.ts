// Losses and entropies of one row, with 0 log 0 = 0.

import { exponents, type Row } from "./rows.js";

/**
 * The cross-entropy Σ a (-log p) of p = softmax(β z) under coefficients a >= 0, β finite, and its gradient with respect
 * to z, β (p Σ a - a). A coefficient of 0 contributes 0 even where p is 0.
 */
export function crossEntropyRow(z: Row, coefficients: Row, beta: number): { loss: number; grad: Row } {
  const { falls, rest } = exponents(z, beta);
  const a = coefficients;
  const mass = a.reduce((sum, v) => sum + v, 0);
  const surprises = falls.map((fall, i) => (a[i] === 0 ? 0 * rest : (a[i] as number) * (Math.log1p(rest) - fall)));
  const grad = falls.map((fall, i) => {
    // Of a top with most of the mass, 1 - p = rest / (1 + rest) is known better than p.
    if (fall === 0 && rest < 1) return beta * (mass - (a[i] as number) - (mass * rest) / (1 + rest));
    return beta * ((mass * Math.exp(fall)) / (1 + rest) - (a[i] as number));
  });
  return { loss: surprises.reduce((sum, v) => sum + v, 0), grad };
}

/** -Σ p log p. */
export function entropyRow(p: Row): number {
  return p.reduce((sum, v) => sum - (v === 0 ? 0 : v * Math.log(v)), 0);
}

/** Σ p log(p / q); Infinity where q is 0 and p is not. */
export function klDivergenceRow(p: Row, q: Row): number {
  return p.reduce((sum, v, i) => {
    // Of a negative number or NaN, NaN, whatever p is.
    const logQ = Math.log(q[i] as number);
    if (v === 0) return Number.isNaN(logQ) ? NaN : sum;
    return sum + v * (Math.log(v) - logQ);
  }, 0);
}
