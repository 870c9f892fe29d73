// The data's part of the loss in plain JavaScript: what serves where no kernel can, and what the kernels must compute.
// Blocks of rows and tiles as in the kernels, with sums in float64.

import type { DataTerm, Samples } from "./data-term.js";
import type { Floats, Matrix } from "./matrix.js";

/** Rows that pass at a time: their logits stay in the cache, and mostly they themselves. */
const BLOCK = 64;

/** Σ weight (-log p_label) over the samples, and its gradient, over a copy of X. */
export function termInJs({ dtype, data, columns }: Matrix, samples: Samples): DataTerm {
  const { classes, indices } = samples;
  const Values = dtype === "float64" ? Float64Array : Float32Array;
  const x = new Values(data);
  const w = new Values(classes * columns);
  const b = new Values(classes);
  const z = new Values(BLOCK * classes);
  const count = classes * columns;
  return {
    pitch: columns,
    evaluate(point, gradient) {
      w.set(point.subarray(0, count));
      b.set(point.subarray(count));
      gradient.fill(0);
      let loss = 0;
      for (let first = 0; first < indices.length; first += BLOCK) {
        const rows = Math.min(BLOCK, indices.length - first);
        affine(x, first * columns, w, b, z, rows, columns, classes);
        loss += crossEntropy(z, samples, first, rows);
        affineGrad(x, first * columns, z, gradient, rows, columns, classes);
      }
      return loss;
    },
    release() {},
  };
}

/** z = x wᵀ + b over rows that begin at x[start]: tiles of four rows and two classes. */
export function affine(
  x: Floats,
  start: number,
  w: Floats,
  b: Floats,
  z: Floats,
  rows: number,
  columns: number,
  classes: number,
): void {
  for (let r = 0; r < rows; r += 4) {
    const r1 = Math.min(r + 1, rows - 1);
    const r2 = Math.min(r + 2, rows - 1);
    const r3 = Math.min(r + 3, rows - 1);
    for (let k = 0; k < classes; k += 2) {
      const k1 = Math.min(k + 1, classes - 1);
      const x0 = start + r * columns;
      const x1 = start + r1 * columns;
      const x2 = start + r2 * columns;
      const x3 = start + r3 * columns;
      const w0 = k * columns;
      const w1 = k1 * columns;
      let a00 = b[k]!;
      let a01 = b[k1]!;
      let a10 = a00;
      let a11 = a01;
      let a20 = a00;
      let a21 = a01;
      let a30 = a00;
      let a31 = a01;
      for (let d = 0; d < columns; d++) {
        const u = w[w0 + d]!;
        const v = w[w1 + d]!;
        const y0 = x[x0 + d]!;
        const y1 = x[x1 + d]!;
        const y2 = x[x2 + d]!;
        const y3 = x[x3 + d]!;
        a00 += y0 * u;
        a01 += y0 * v;
        a10 += y1 * u;
        a11 += y1 * v;
        a20 += y2 * u;
        a21 += y2 * v;
        a30 += y3 * u;
        a31 += y3 * v;
      }
      z[r * classes + k] = a00;
      z[r * classes + k1] = a01;
      z[r1 * classes + k] = a10;
      z[r1 * classes + k1] = a11;
      z[r2 * classes + k] = a20;
      z[r2 * classes + k1] = a21;
      z[r3 * classes + k] = a30;
      z[r3 * classes + k1] = a31;
    }
  }
}

/** The loss of the rows from `first` on, whose logits z become its gradient with respect to them. */
export function crossEntropy(z: Floats, { classes, indices, weights }: Samples, first: number, rows: number): number {
  let loss = 0;
  for (let r = 0; r < rows; r++) {
    const start = r * classes;
    const label = start + indices[first + r]!;
    const weight = weights === undefined ? 1 : weights[first + r]!;
    let max = -Infinity;
    for (let i = start; i < start + classes; i++) if (z[i]! > max) max = z[i]!;
    const rest = z[label]! - max;
    let sum = 0;
    for (let i = start; i < start + classes; i++) {
      const e = Math.exp(z[i]! - max);
      z[i] = e;
      sum += e;
    }
    const scale = weight / sum;
    for (let i = start; i < start + classes; i++) z[i] = z[i]! * scale;
    z[label] = z[label]! - weight;
    loss += weight * (Math.log(sum) - rest);
  }
  return loss;
}

/** Adds what the gradients z of the logits make of w and, after it, of b: tiles of two classes and four columns. */
export function affineGrad(
  x: Floats,
  start: number,
  z: Floats,
  gradient: Float64Array,
  rows: number,
  columns: number,
  classes: number,
): void {
  for (let d = 0; d < columns; d += 4) {
    const d1 = Math.min(d + 1, columns - 1);
    const d2 = Math.min(d + 2, columns - 1);
    const d3 = Math.min(d + 3, columns - 1);
    for (let k = 0; k < classes; k += 2) {
      const k1 = Math.min(k + 1, classes - 1);
      const w0 = k * columns;
      const w1 = k1 * columns;
      let a0 = gradient[w0 + d]!;
      let a1 = gradient[w0 + d1]!;
      let a2 = gradient[w0 + d2]!;
      let a3 = gradient[w0 + d3]!;
      let c0 = gradient[w1 + d]!;
      let c1 = gradient[w1 + d1]!;
      let c2 = gradient[w1 + d2]!;
      let c3 = gradient[w1 + d3]!;
      for (let r = 0; r < rows; r++) {
        const row = start + r * columns;
        const u = z[r * classes + k]!;
        const v = z[r * classes + k1]!;
        const y0 = x[row + d]!;
        const y1 = x[row + d1]!;
        const y2 = x[row + d2]!;
        const y3 = x[row + d3]!;
        a0 += y0 * u;
        a1 += y1 * u;
        a2 += y2 * u;
        a3 += y3 * u;
        c0 += y0 * v;
        c1 += y1 * v;
        c2 += y2 * v;
        c3 += y3 * v;
      }
      gradient[w0 + d] = a0;
      gradient[w0 + d1] = a1;
      gradient[w0 + d2] = a2;
      gradient[w0 + d3] = a3;
      gradient[w1 + d] = c0;
      gradient[w1 + d1] = c1;
      gradient[w1 + d2] = c2;
      gradient[w1 + d3] = c3;
    }
  }
  const biases = classes * columns;
  for (let k = 0; k < classes; k++) {
    let sum = 0;
    for (let r = 0; r < rows; r++) sum += z[r * classes + k]!;
    gradient[biases + k] = gradient[biases + k]! + sum;
  }
}
