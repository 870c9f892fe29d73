// The largest of a row, NaN counted as larger than every number, -0 as equal to 0; the first index on ties.

import type { Row } from "./rows.js";

/** The index of the maximum. */
export function argmaxRow(z: Row): number {
  return z.reduce((best, v, i) => (order(v, z[best] as number) < 0 ? i : best), 0);
}

/** The indices of the k largest: the largest first, or in their own order. */
export function topKRow(z: Row, k: number, sorted: boolean): readonly number[] {
  // Sorting leaves ties as they are.
  const chosen = [...z.keys()].sort((i, j) => order(z[i] as number, z[j] as number)).slice(0, k);
  return sorted ? chosen : chosen.sort((i, j) => i - j);
}

/** Less than 0 where a comes first. */
function order(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  return Number(a < b) - Number(a > b);
}
