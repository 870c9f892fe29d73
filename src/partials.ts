// What is known of rows whose columns stand in several places: their maxima, and the sums of exponentials over these. Plain
// JavaScript in float64; the exponentials of the rows themselves are the ops'.

import { lengthOf } from "./check/arrays.js";
import { checkPartials, numbersOf } from "./check/partials.js";
import type { Partials, PartialsLike } from "./partials-types.js";

/** A maximum a row, then as many sums. */
export function partialsOf(numbers: Float64Array, beta: number): Partials {
  const rows = numbers.length / 2;
  return { max: numbers.slice(0, rows), sum: numbers.slice(rows), beta };
}

/**
 * The partials of rows of which each of `partials` knows a part, all of one β: a maximum and a sum a row. Several
 * arguments or one array of them, in any order; what it gives may be merged again. Its arrays are fresh. As the
 * reduction of online softmax (Milakov and Gimelshein 2018).
 *
 * Accuracy: a sum's relative error is at most (4 n + 2 ln K) 2^-53 beyond those of the sums given, for n of them over K
 * columns, merged in any tree.
 *
 * @throws TypeError for a wrong kind of argument; RangeError for none, another β, or another number of rows.
 * @example
 * const [left, right] = [softmaxPartials([1, 2]), softmaxPartials([3])];
 * normalizeWith([3], mergePartials(left, right)); // [0.6652409557748218]
 */
export function mergePartials(...partials: readonly PartialsLike[] | readonly [readonly PartialsLike[]]): Partials {
  const [only] = partials;
  const all = (Array.isArray(only) ? Array.from(only) : partials).map((p, i) => checkPartials(p, `partials[${i}]`));
  const [first] = all;
  if (first === undefined) throw new RangeError("partials: expected one or more, got none");
  const { beta } = first;
  const rows = lengthOf(first.max.data);
  const odd = all.findIndex((p) => p.beta !== beta);
  if (odd > 0)
    throw new RangeError(`partials[${odd}].beta: expected ${beta} as partials[0] has, got ${all[odd]?.beta}`);
  const parts = all.map(({ max, sum }) => ({ max: numbersOf(max, rows), sum: numbersOf(sum, rows) }));
  const largest = beta < 0 ? Math.min : Math.max;
  const max = new Float64Array(rows);
  const sum = new Float64Array(rows);
  for (let r = 0; r < rows; r++) {
    const most = largest(...parts.map((p) => p.max[r] as number));
    max[r] = most;
    for (const p of parts) sum[r] = (sum[r] as number) + lifted(p.sum[r] as number, p.max[r] as number, most, beta);
  }
  return { max, sum, beta };
}

/** A sum over the exponential of its maximum, over that of the largest. */
function lifted(sum: number, max: number, most: number, beta: number): number {
  if (max === most || sum === 0) return sum;
  // Halved, the difference of two finite numbers cannot overflow.
  return sum * Math.exp(2 * (beta * (max / 2 - most / 2)));
}
