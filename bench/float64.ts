// What ops give, in float64 throughout and with compensated sums, as the textbook has it.

import type { Case } from "./cases.js";
import type { Batch, FloatArray } from "./contender.js";
import { arranged, asRows } from "./data.js";

/** Softmax, stored as the case says. */
export function softmaxFloat64(x: FloatArray, given: Case): Float64Array {
  return mapRows(x, given, (values) => {
    const max = maximum(values);
    const e = values.map((value) => Math.exp(value - max));
    const sum = compensatedSum(e);
    return e.map((value) => value / sum);
  });
}

export function logSoftmaxFloat64(x: FloatArray, given: Case): Float64Array {
  return mapRows(x, given, (values) => {
    const max = maximum(values);
    const others = values.map((value) => Math.exp(value - max));
    others[values.indexOf(max)] = 0;
    const log = Math.log1p(compensatedSum(others));
    return values.map((value) => value - max - log);
  });
}

/** s_i (δ_ij - s_j), one matrix a row of logits. */
export function jacobianFloat64({ x, given }: Batch): Float64Array {
  const { rows, columns } = given;
  const s = softmaxFloat64(x, given);
  const y = new Float64Array(rows * columns * columns);
  for (let i = 0; i < s.length; i++) {
    const start = i - (i % columns);
    for (let k = 0; k < columns; k++) y[i * columns + k] = -s[i]! * s[start + k]!;
    y[i * columns + (i % columns)] = s[i]! * (1 - s[i]!);
  }
  return y;
}

/** y (dy - <y, dy>), where y are probabilities. */
export function vjpFloat64({ x, second, given: { columns } }: Batch): Float64Array {
  const [y, dy] = [Float64Array.from(x), Float64Array.from(second!)];
  const products = y.map((p, i) => p * dy[i]!);
  return y.map((p, i) => {
    const start = i - (i % columns);
    return p * (dy[i]! - compensatedSum(products.subarray(start, start + columns)));
  });
}

/** (p - 1 at the label) / rows; then the mean of the rows' losses. */
export function crossEntropyFloat64({ x, second, given }: Batch): Float64Array {
  const { rows, columns } = given;
  const log = logSoftmaxFloat64(x, given);
  const y = new Float64Array(x.length + 1);
  for (let i = 0; i < x.length; i++) y[i] = Math.exp(log[i]!) / rows;
  const labelled = Array.from(second!, (label, row) => row * columns + label);
  for (const i of labelled) y[i] = Math.expm1(log[i]!) / rows;
  y[x.length] = -compensatedSum(Float64Array.from(labelled, (i) => log[i]!)) / rows;
  return y;
}

/** Neumaier's sum. */
export function compensatedSum(values: FloatArray): number {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

function mapRows(x: FloatArray, given: Case, map: (values: Float64Array) => Float64Array): Float64Array {
  const { rows, columns } = given;
  const y = Float64Array.from(asRows(x, given));
  for (let row = 0; row < rows; row++) {
    y.set(map(y.subarray(row * columns, (row + 1) * columns)), row * columns);
  }
  return arranged(y, given);
}

function maximum(values: Float64Array): number {
  return values.reduce((a, b) => Math.max(a, b));
}
