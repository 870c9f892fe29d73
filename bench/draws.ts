// Whether draws can come from the distribution that was asked for, in float64 throughout.

import { compensatedSum } from "./float64.js";
import { type Filters, sortedIndices } from "./sampling-loops.js";

/** Standard deviations: two in 1e9 sums go further by chance. */
const LIMIT = 6;

/** The probabilities of one row: temperature, then the k largest, then the fewest whose mass reaches topP. */
export function distribution(
  row: Float32Array,
  { temperature = 1, topK = row.length, topP = 1 }: Filters,
): Float64Array {
  const order = sortedIndices(row);
  const max = row[order[0]!]!;
  const e = Float64Array.from(row, (value) => Math.exp((value - max) / temperature));
  for (const i of order.subarray(topK)) e[i] = 0;
  const limit = topP * compensatedSum(e);
  let mass = 0;
  for (const i of order) {
    if (topP < 1 && mass >= limit) e[i] = 0;
    mass += e[i]!;
  }
  const sum = compensatedSum(e);
  return e.map((value) => value / sum);
}

/**
 * Draws of the rows of x, a row after the other and again from the first one on: throws for a class of probability 0, and
 * where the mean of log p, or of the place in the cumulative distribution, is far from what it should be.
 */
export function checkDraws(
  name: string,
  x: Float32Array,
  columns: number,
  filters: Filters,
  draws: readonly number[],
): void {
  const rows = Array.from({ length: x.length / columns }, (_, row) =>
    describe(distribution(x.subarray(row * columns, (row + 1) * columns), filters)),
  );
  const sums = { log: 0, logVariance: 0, place: 0, placeVariance: 0 };
  draws.forEach((token, i) => {
    const row = rows[i % rows.length]!;
    const p = row.p[token];
    if (!(p !== undefined && p > 0)) throw new Error(`${name} drew ${token} (draw ${i}), of probability ${p}`);
    sums.log += Math.log(p) - row.log;
    sums.logVariance += row.logVariance;
    sums.place += row.below[token]! + p / 2 - 1 / 2;
    sums.placeVariance += row.placeVariance;
  });
  for (const [sum, variance] of [
    [sums.log, sums.logVariance],
    [sums.place, sums.placeVariance],
  ] as const) {
    const z = sum / Math.sqrt(variance);
    if (!(Math.abs(z) < LIMIT)) throw new Error(`${name}: ${draws.length} draws are ${z} standard deviations off`);
  }
}

/** A distribution, what is below each class, and the moments of log p and of the middle of the drawn class' part. */
function describe(p: Float64Array) {
  const below = new Float64Array(p.length);
  let [cumulated, log, square, cube] = [0, 0, 0, 0];
  for (let i = 0; i < p.length; i++) {
    below[i] = cumulated;
    cumulated += p[i]!;
    const l = p[i] === 0 ? 0 : Math.log(p[i]!);
    log += p[i]! * l;
    square += p[i]! * l * l;
    cube += p[i]! ** 3;
  }
  return { p, below, log, logVariance: square - log * log, placeVariance: (1 - cube) / 12 };
}
