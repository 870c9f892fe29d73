// How the errors of one contender depend on how far below a row's largest logit the others are.

import type { Case } from "./cases.js";
import type { Contender, FloatArray } from "./contender.js";
import { mulberry32, SEED } from "./data.js";
import { batchesOf, ops } from "./ops.js";

/** Logits are within ±LARGEST. */
export const LARGEST = 256;

/** How far below it they reach: probabilities of 2^-126 and more, which is e^-87.3. */
export const FARTHEST = 86;

/** The width of a bin of distances. */
export const BIN = 2;

/**
 * What a row has: `softmax` a class at the maximum and 255 at uniform distances below it, all probabilities counting;
 * `logSoftmax` one at the maximum and one below it, the log-probability of the first counting.
 */
export const DISTANCE_CASES = {
  softmax: { op: "softmax", rows: 4096, columns: 256, dtype: "float32", axis: -1 },
  logSoftmax: { op: "logSoftmax", rows: 2 ** 18, columns: 2, dtype: "float32", axis: -1 },
} as const satisfies Readonly<Record<string, Case>>;

export interface DistanceTask {
  readonly contender: string;
  readonly op: keyof typeof DISTANCE_CASES;
}

/** The largest relative error in each bin of distances. */
export async function errorsByDistance(contender: Contender, op: DistanceTask["op"]): Promise<number[]> {
  const given = DISTANCE_CASES[op];
  const x = distantLogits(given);
  const [batch, prepare] = [batchesOf(given, x)(), await contender.load(given, "array to array")];
  const { run, result } = await prepare(batch);
  await run();
  return largestErrors(await result(), ops[op].exact(batch), distances(x, given));
}

/** The first of each row is its largest, of any size that leaves all of them within ±LARGEST. */
export function distantLogits({ rows, columns }: Pick<Case, "rows" | "columns">, seed: number = SEED): Float32Array {
  const random = mulberry32(seed);
  const x = new Float32Array(rows * columns);
  for (let start = 0; start < x.length; start += columns) {
    const max = LARGEST - (2 * LARGEST - FARTHEST) * random();
    x[start] = max;
    for (let i = 1; i < columns; i++) x[start + i] = max - FARTHEST * random();
  }
  return x;
}

/** Which distance each result stands for; NaN where it does not count. */
export function distances(x: Float32Array, { op, columns }: Pick<Case, "op" | "columns">): Float64Array {
  return Float64Array.from(x, (value, i) => {
    const first = i - (i % columns);
    if (op === "softmax") return x[first]! - value;
    return i === first ? value - x[i + 1]! : NaN;
  });
}

/** What lies beyond the last bin by a rounding counts in it. */
export function largestErrors(actual: FloatArray, expected: Float64Array, at: Float64Array): number[] {
  const largest = new Array<number>(FARTHEST / BIN).fill(0);
  at.forEach((distance, i) => {
    if (Number.isNaN(distance)) return;
    const bin = Math.min(Math.floor(distance / BIN), largest.length - 1);
    largest[bin] = Math.max(largest[bin]!, Math.abs((actual[i]! - expected[i]!) / expected[i]!));
  });
  return largest;
}
