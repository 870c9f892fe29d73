// The ops beside softmax in plain JavaScript: float32 rows one after the other, to the array given, sums in float64.
// But for `rowByRow`, these are the quickest forms found for V8 of Node 20 and 24.

import { maximum, type softmaxMathExp } from "./baselines.js";

/** `second`: what the op takes beside x. */
export type Loop<Result = Float32Array> = (
  x: Float32Array,
  out: Float32Array,
  rows: number,
  columns: number,
  second: ArrayLike<number>,
) => Result;

type Exp = (x: number) => number;

export function logSoftmaxLoop(exp: Exp): Loop {
  return (x, out, rows, columns) => {
    for (let row = 0; row < rows; row++) {
      const start = row * columns;
      const end = start + columns;
      const max = maximum(x, start, end);
      let sum = 0;
      for (let i = start; i < end; i++) sum += exp(x[i]! - max);
      const shift = max + Math.log(sum);
      for (let i = start; i < end; i++) out[i] = x[i]! - shift;
    }
    return out;
  };
}

type Outer = (s: Float32Array, start: number, out: Float32Array, at: number, columns: number) => void;

/** All probabilities first, which are few beside what is made of them. */
export function jacobianLoop(softmax: typeof softmaxMathExp, outer: Outer): Loop {
  let s = new Float32Array(0);
  return (x, out, rows, columns) => {
    if (s.length < x.length) s = new Float32Array(x.length);
    softmax(x, s, rows, columns);
    for (let row = 0; row < rows; row++) outer(s, row * columns, out, row * columns * columns, columns);
    return out;
  };
}

/** diag(s) - s sᵀ for the row from `start` on, as it is usually written. */
export const rowByRow: Outer = (s, start, out, at, columns) => {
  for (let i = 0; i < columns; i++) {
    const p = s[start + i]!;
    const a = at + i * columns;
    for (let k = 0; k < columns; k++) out[a + k] = -p * s[start + k]!;
    out[a + i] = p * (1 - p);
  }
};

/** Four rows at a time, which takes half as long. */
export const fourRows: Outer = (s, start, out, at, columns) => {
  let i = 0;
  for (; i + 3 < columns; i += 4) {
    const a = at + i * columns;
    const b = a + columns;
    const c = b + columns;
    const d = c + columns;
    const p = s[start + i]!;
    const q = s[start + i + 1]!;
    const u = s[start + i + 2]!;
    const v = s[start + i + 3]!;
    for (let k = 0; k < columns; k++) {
      const minus = -s[start + k]!;
      out[a + k] = p * minus;
      out[b + k] = q * minus;
      out[c + k] = u * minus;
      out[d + k] = v * minus;
    }
    out[a + i] = p * (1 - p);
    out[b + i + 1] = q * (1 - q);
    out[c + i + 2] = u * (1 - u);
    out[d + i + 3] = v * (1 - v);
  }
  for (; i < columns; i++) {
    const p = s[start + i]!;
    const a = at + i * columns;
    for (let k = 0; k < columns; k++) out[a + k] = -p * s[start + k]!;
    out[a + i] = p * (1 - p);
  }
};

/** Four sums, so that an addition need not wait for the one before. */
export const vjpLoop: Loop = (y, out, rows, columns, dy) => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const end = start + columns;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    let i = start;
    for (; i + 3 < end; i += 4) {
      a += y[i]! * dy[i]!;
      b += y[i + 1]! * dy[i + 1]!;
      c += y[i + 2]! * dy[i + 2]!;
      d += y[i + 3]! * dy[i + 3]!;
    }
    for (; i < end; i++) a += y[i]! * dy[i]!;
    const dot = a + b + (c + d);
    for (i = start; i < end; i++) out[i] = y[i]! * (dy[i]! - dot);
  }
  return out;
};

/** The mean loss and its gradient, from class indices. */
export function crossEntropyLoop(exp: Exp): Loop<{ loss: number; grad: Float32Array }> {
  return (x, out, rows, columns, labels) => {
    let loss = 0;
    for (let row = 0; row < rows; row++) {
      const start = row * columns;
      const end = start + columns;
      const label = start + labels[row]!;
      const max = maximum(x, start, end);
      let sum = 0;
      for (let i = start; i < end; i++) {
        const e = exp(x[i]! - max);
        out[i] = e;
        sum += e;
      }
      const own = x[label]! - max;
      const factor = 1 / (sum * rows);
      loss += Math.log(sum) - own;
      for (let i = start; i < end; i++) out[i] = out[i]! * factor;
      out[label] = (exp(own) - sum) * factor;
    }
    return { loss: loss / rows, grad: out };
  };
}
