// What argmax and topK have to find, by a plain sort; and rows to try them on.

import type { FloatArray } from "../../src/types.js";
import type { Dtype } from "./contract.js";
import { floats } from "./floats.js";
import { random } from "./random.js";

/** A row's indices in the order in which topK takes them: NaN, then the larger; of equal ones the first. */
export function ranked(row: ArrayLike<number>): number[] {
  const entries = Array.from(row, (value, index) => ({ value, index, isNaN: Number.isNaN(value) }));
  entries.sort((a, b) => {
    if (a.isNaN !== b.isNaN) return a.isNaN ? -1 : 1;
    if (a.isNaN || a.value === b.value) return a.index - b.index;
    return a.value > b.value ? -1 : 1;
  });
  return entries.map(({ index }) => index);
}

/** The rows of an array along an axis, or adjacent ones, in the order of what is left of the shape. */
export function rowsAlong(
  x: FloatArray,
  shape: readonly number[],
  axis: number | readonly number[] | null,
): number[][] {
  const axes = axis === null ? [...shape.keys()] : [axis].flat().map((a) => (a < 0 ? a + shape.length : a));
  const rows = new Map<string, number[]>();
  x.forEach((value, i) => {
    let rest = i;
    const place = shape.map((_, a) => {
      const step = shape.slice(a + 1).reduce((p, n) => p * n, 1);
      const at = Math.floor(rest / step);
      rest %= step;
      return at;
    });
    const key = place.filter((_, a) => !axes.includes(a)).join();
    rows.set(key, [...(rows.get(key) ?? []), value]);
  });
  return [...rows.values()];
}

const SPECIAL = [NaN, Infinity, -Infinity, 0, -0, 1, -1];

/** Kinds of rows that a selection may stumble over. */
export const ROWS: Readonly<Record<string, (dtype: Dtype, count: number, seed: number) => FloatArray>> = {
  "of all sizes and signs": (dtype, count, seed) => {
    const most = dtype === "float32" ? 120 : 1000;
    return made(dtype, count, seed, (r) => (r.bits() % 2 ? 1 : -1) * 2 ** r.uniform(-most, most));
  },
  "close to each other": (dtype, count, seed) => made(dtype, count, seed, (r) => 1 + r.uniform(0, 2 ** -15)),
  "of few values": (dtype, count, seed) => made(dtype, count, seed, (r) => r.integer(3) - 1),
  "all equal": (dtype, count) => floats(dtype, count).fill(-2.5),
  ascending: (dtype, count) => floats(dtype, count).map((_, i) => i - count / 2) as FloatArray,
  descending: (dtype, count) => floats(dtype, count).map((_, i) => count / 2 - i) as FloatArray,
  "below 0": (dtype, count, seed) => made(dtype, count, seed, (r) => -1 - r.uniform(0, 5)),
  subnormal: (dtype, count, seed) => {
    const least = dtype === "float32" ? 2 ** -149 : 2 ** -1074;
    return made(dtype, count, seed, (r) => (r.integer(2000) - 1000) * least);
  },
  "zeros of both signs": (dtype, count, seed) => made(dtype, count, seed, (r) => (r.bits() % 2 ? 0 : -0)),
  "with NaN and infinities": (dtype, count, seed) =>
    made(dtype, count, seed, (r) => (r.integer(4) ? r.uniform(-1, 1) : (SPECIAL[r.integer(7)] as number))),
};

function made(
  dtype: Dtype,
  count: number,
  seed: number,
  next: (source: ReturnType<typeof random>) => number,
): FloatArray {
  const source = random(seed);
  return floats(dtype, count).map(() => next(source)) as FloatArray;
}

/** NaN of every sign and payload that a sum or a file may bring. */
export function oddNaNs(dtype: Dtype): FloatArray {
  if (dtype === "float32")
    return new Float32Array(new Uint32Array([0xffc00000, 0x7fc00000, 0x7f800001, 0xffffffff]).buffer);
  const bits = [0xfff8000000000000n, 0x7ff8000000000000n, 0x7ff0000000000001n, 0xffffffffffffffffn];
  return new Float64Array(new BigUint64Array(bits).buffer);
}
