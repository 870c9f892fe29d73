// The special cases of the numerical contract, as rows that have one right answer to the last bit.

import type { SoftmaxOptions } from "./types.js";

/** softmax(x, options) = expected. */
export interface SpecialCase {
  readonly name: string;
  readonly x: readonly number[];
  readonly options?: SoftmaxOptions;
  readonly expected: readonly number[];
}

const INF: number = Infinity;
const third: number = 1 / 3;

export const SPECIAL_CASES: readonly SpecialCase[] = [
  {
    name: "NaN in a row",
    x: [1, NaN, 2, 1, 1, 1],
    options: { shape: [2, 3] },
    expected: [NaN, NaN, NaN, third, third, third],
  },
  { name: "NaN in a tail", x: [1, 2, 3, 4, 5, 6, NaN], expected: Array(7).fill(NaN) as number[] },
  { name: "+Infinity in a row", x: [1, INF, 2], expected: [NaN, NaN, NaN] },
  { name: "+Infinity, temperature 0", x: [1, INF, 2], options: { temperature: 0 }, expected: [NaN, NaN, NaN] },
  { name: "+Infinity, beta 0", x: [1, INF, 2], options: { beta: 0 }, expected: [NaN, NaN, NaN] },
  { name: "row all -Infinity", x: [-INF, -INF], expected: [NaN, NaN] },
  { name: "row all -Infinity, beta 0", x: [-INF, -INF], options: { beta: 0 }, expected: [NaN, NaN] },
  { name: "row fully masked", x: [1, NaN, INF], options: { where: [0, 0, 0] }, expected: [0, 0, 0] },
  {
    name: "masked NaN and Infinity",
    x: [NaN, 1, INF, 1],
    options: { where: [0, 1, 0, 1] },
    expected: [0, 0.5, 0, 0.5],
  },
  { name: "-Infinity among finite logits", x: [-INF, 5, 5], expected: [0, 0.5, 0.5] },
  { name: "one class", x: [-3.25e38, 1e30, 7], options: { shape: [3, 1] }, expected: [1, 1, 1] },
  { name: "temperature 0", x: [1, 3, 3], options: { temperature: 0 }, expected: [0, 0.5, 0.5] },
  { name: "beta Infinity", x: [2, 1, 3], options: { beta: INF }, expected: [0, 0, 1] },
  { name: "base Infinity", x: [2, 1, 3], options: { base: INF }, expected: [0, 0, 1] },
  { name: "temperature Infinity", x: [1, 3, 3], options: { temperature: INF }, expected: [third, third, third] },
  { name: "beta 0, -Infinity", x: [1, -INF, 9], options: { beta: 0 }, expected: [0.5, 0, 0.5] },
  { name: "base 1", x: [1, 2, 3], options: { base: 1 }, expected: [third, third, third] },
  { name: "beta -Infinity", x: [1, 3, 1], options: { beta: -INF }, expected: [0.5, 0, 0.5] },
  { name: "base 0", x: [1, 3, 2], options: { base: 0 }, expected: [1, 0, 0] },
  { name: "negative beta, +Infinity", x: [1, 1, INF], options: { beta: -1 }, expected: [0.5, 0.5, 0] },
  { name: "negative beta, -Infinity", x: [1, 1, -INF], options: { beta: -1 }, expected: [NaN, NaN, NaN] },
  { name: "a beta that float32 cannot hold", x: [1, 2, 2], options: { temperature: 1e-40 }, expected: [0, 0.5, 0.5] },
  { name: "a beta that float32 has as 0", x: [1, 2, 2], options: { beta: 1e-60 }, expected: [third, third, third] },
  { name: "thousands", x: [1000, 2000, 3000, 4000, 5000], expected: [0, 0, 0, 0, 1] },
  { name: "no classes", x: [], options: { shape: [3, 0] }, expected: [] },
  { name: "no rows", x: [], options: { shape: [0, 3] }, expected: [] },
  { name: "the largest float32 numbers", x: [3.4e38, -3.4e38, 3.4e38], expected: [0.5, 0, 0.5] },
];
