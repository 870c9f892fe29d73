// First and second derivatives of softmax and log-softmax with respect to a row of logits. β is finite.

import type { Row } from "./rows.js";

/** J[j, k] = β s_j (δ_jk - s_k), of the row of probabilities s. */
export function jacobianRow(s: Row, beta: number): Row {
  const k = s.length;
  const jacobian = new Float64Array(k * k);
  s.forEach((a, i) => {
    s.forEach((b, j) => {
      jacobian[i * k + j] = beta * (a * (delta(i, j) - b));
    });
  });
  return jacobian;
}

/** H[j, k] = β² s_i ((δ_ij - s_j) (δ_ik - s_k) - s_j (δ_jk - s_k)), the second derivatives of component i. */
export function hessianComponentRow(s: Row, i: number, beta: number): Row {
  const size = s.length;
  const hessian = new Float64Array(size * size);
  s.forEach((a, j) => {
    s.forEach((b, k) => {
      const bend = (delta(i, j) - a) * (delta(i, k) - b) - a * (delta(j, k) - b);
      // β² alone could overflow where the product does not.
      hessian[j * size + k] = beta * (beta * ((s[i] as number) * bend));
    });
  });
  return hessian;
}

/** Those of all components, H[i, j, k]. */
export function hessianRow(s: Row, beta: number): Row {
  const size = s.length ** 2;
  const hessian = new Float64Array(s.length * size);
  s.forEach((_, i) => {
    hessian.set(hessianComponentRow(s, i, beta), i * size);
  });
  return hessian;
}

/** Jᵀ dy = J dy = β y (dy - <y, dy>), y being softmax's output. */
export function vjpRow(y: Row, dy: Row, beta: number): Row {
  const mean = y.reduce((sum, p, i) => sum + p * (dy[i] as number), 0);
  return y.map((p, i) => beta * (p * ((dy[i] as number) - mean)));
}

/** β (dy - exp(y) Σ dy), y being log-softmax's output. */
export function logSoftmaxVjpRow(y: Row, dy: Row, beta: number): Row {
  const total = dy.reduce((sum, d) => sum + d, 0);
  return y.map((v, i) => beta * ((dy[i] as number) - Math.exp(v) * total));
}

function delta(i: number, j: number): 0 | 1 {
  return i === j ? 1 : 0;
}
