import type { Case } from "./cases.js";
import type { FloatArray } from "./contender.js";

export const SEED = 20;

/** Logits as a classifier gives them: normal, standard deviation 3, the same on every machine. */
export function logits(given: Omit<Case, "op">, seed: number = SEED, deviation = 3): FloatArray {
  const random = mulberry32(seed);
  const x = floats(given.dtype, given.rows * given.columns);
  for (let i = 0; i < x.length; i++) {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    x[i] = deviation * radius * Math.cos(2 * Math.PI * random());
  }
  return arranged(x, given);
}

/** Logits that are uniform within ±reach. */
export function uniformLogits(length: number, reach: number, seed: number = SEED): Float32Array {
  const random = mulberry32(seed);
  return Float32Array.from({ length }, () => reach * (2 * random() - 1));
}

/** A class for each row. */
export function labels({ rows, columns }: Case, seed: number = SEED): Int32Array {
  const random = mulberry32(seed);
  return Int32Array.from({ length: rows }, () => Math.floor(columns * random()));
}

/** So many zeros, or these values. */
export function floats(dtype: Case["dtype"], given: number | FloatArray): FloatArray {
  const Type = dtype === "float32" ? Float32Array : Float64Array;
  return typeof given === "number" ? new Type(given) : new Type(given);
}

/** Rows one after the other, as the case stores them. */
export function arranged<T extends FloatArray>(x: T, { rows, columns, axis }: Omit<Case, "op">): T {
  return axis === 0 ? transposed(x, rows, columns) : x;
}

/** What the case stores, as rows one after the other. */
export function asRows<T extends FloatArray>(x: T, { rows, columns, axis }: Case): T {
  return axis === 0 ? transposed(x, columns, rows) : x;
}

function transposed<T extends FloatArray>(x: T, rows: number, columns: number): T {
  return x.map((_, i) => x[(i % rows) * columns + Math.floor(i / rows)]!) as T;
}

/** Uniform numbers in [0, 1). */
export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
