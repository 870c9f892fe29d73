// What is measured against: softmax in plain JavaScript as it is usually written, and once more with a faster exp.
// FROZEN: a change here makes every figure published before incomparable.
//
// Both take float32 rows one after the other, write to the array given, allocate nothing and add in float64.

/** The usual three loops, with `Math.exp`. */
export function softmaxMathExp(x: Float32Array, out: Float32Array, rows: number, columns: number): Float32Array {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const end = start + columns;
    const max = maximum(x, start, end);
    let sum = 0;
    for (let i = start; i < end; i++) {
      const e = Math.exp(x[i]! - max);
      out[i] = e;
      sum += e;
    }
    scale(out, start, end, 1 / sum);
  }
  return out;
}

/** The same loops with a polynomial in place of `Math.exp`. */
export function softmaxPolynomial(x: Float32Array, out: Float32Array, rows: number, columns: number): Float32Array {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const end = start + columns;
    const max = maximum(x, start, end);
    let sum = 0;
    for (let i = start; i < end; i++) {
      const e = expNegative(x[i]! - max);
      out[i] = e;
      sum += e;
    }
    scale(out, start, end, 1 / sum);
  }
  return out;
}

export function maximum(x: Float32Array, start: number, end: number): number {
  let max = x[start]!;
  for (let i = start + 1; i < end; i++) {
    const v = x[i]!;
    if (v > max) max = v;
  }
  return max;
}

function scale(out: Float32Array, start: number, end: number, factor: number): void {
  for (let i = start; i < end; i++) out[i] = out[i]! * factor;
}

/** 2^-160 to 2^0, the first standing as 0 (float32 ends at 2^-149): quicker than building the bits. */
const POWERS = Float64Array.from({ length: 161 }, (_, k) => (k === 0 ? 0 : 2 ** (k - 160)));

/**
 * e^x for x <= 0, relative error 7.5e-8 (NaN gives NaN): 2^t as 2^n 2^r with n the nearest integer and |r| <= 1/2.
 * In float64 x log2(e) is accurate enough that no split constant is needed.
 */
export function expNegative(x: number): number {
  const lowest = -160; // in here, because V8 does not fold a module's constants
  const scaled = x * Math.LOG2E;
  const t = Math.max(scaled, lowest);
  // Adding 1.5 2^52 rounds to an integer and leaves it in the low 32 bits.
  const shifted = t + 6755399441055744;
  const r = t - (shifted - 6755399441055744);
  const r2 = r * r;
  // Degree 5, minimax of the relative error, in Estrin's order.
  const low = 1.0000000716546416 + r * 0.6931469670652649;
  const middle = 0.2402211972396918 + r * 0.05550713272875391;
  const high = 0.00967554133102139 + r * 0.0013276472167819942;
  return POWERS[(shifted | 0) - lowest]! * (low + r2 * (middle + r2 * high));
}
