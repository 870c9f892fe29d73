// The errors of one contender over many uniform logits.

import type { Contender, FloatArray } from "./contender.js";
import { uniformLogits } from "./data.js";
import { compensatedSum, softmaxFloat64 } from "./float64.js";
import { batchesOf } from "./ops.js";

export interface ErrorTask {
  readonly contender: string;
  readonly rows: number;
  readonly columns: number;
  /** Logits are uniform within ±reach. */
  readonly reach: number;
}

export interface Errors {
  /** Relative, over all probabilities of 2^-126 and more; what is below may be flushed to 0. */
  readonly max: number;
  readonly mean: number;
  /** The most by which a row's sum, added in float64, is off 1. */
  readonly sum: number;
}

const SMALLEST_NORMAL = 2 ** -126;

export async function errorsOf(contender: Contender, { rows, columns, reach }: ErrorTask): Promise<Errors> {
  const given = { op: "softmax", rows, columns, dtype: "float32", axis: -1 } as const;
  const x = uniformLogits(rows * columns, reach);
  const prepare = await contender.load(given, "array to array");
  const { run, result } = await prepare(batchesOf(given, x)());
  await run();
  return compare(await result(), softmaxFloat64(x, given), columns);
}

export function compare(actual: FloatArray, expected: Float64Array, columns: number): Errors {
  let [max, total, count] = [0, 0, 0];
  expected.forEach((e, i) => {
    if (e < SMALLEST_NORMAL) return;
    const error = Math.abs(actual[i]! - e) / e;
    max = Math.max(max, error);
    total += error;
    count++;
  });
  let sum = 0;
  for (let start = 0; start < actual.length; start += columns) {
    sum = Math.max(sum, Math.abs(compensatedSum(actual.subarray(start, start + columns)) - 1));
  }
  return { max, mean: total / count, sum };
}
