import type { Shape } from "./shapes.js";

/** The relative error against float64 that every contender must keep to. */
export const TOLERANCE = 1e-5;

/** Softmax in float64 throughout. */
export function softmaxFloat64(x: Float32Array, [rows, columns]: Shape): Float64Array {
  const y = Float64Array.from(x);
  for (let row = 0; row < rows; row++) {
    const values = y.subarray(row * columns, (row + 1) * columns);
    const max = values.reduce((a, b) => Math.max(a, b));
    const exps = values.map((v) => Math.exp(v - max));
    const sum = exps.reduce((a, b) => a + b);
    values.set(exps.map((e) => e / sum));
  }
  return y;
}

/** The largest relative error of `actual`; throws when it is beyond the tolerance or when lengths differ. */
export function checkSoftmax(name: string, actual: Float32Array, expected: Float64Array): number {
  if (actual.length !== expected.length) {
    throw new Error(`${name} gave ${actual.length} values, expected ${expected.length}`);
  }
  const worst = actual.reduce((error, value, i) => {
    const e = expected[i]!;
    return Math.max(error, Math.abs(value - e) / e);
  }, 0);
  if (!(worst <= TOLERANCE)) throw new Error(`${name} is off by ${worst} (relative), expected at most ${TOLERANCE}`);
  return worst;
}
