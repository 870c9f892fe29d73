// The sizes every op is tested at: each length up to ten vectors, then both sides of every block and tile border.

import type { Dtype } from "./contract.js";

function span(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Row lengths that are cheap at any batch size. */
export const SHORT_LENGTHS: readonly number[] = [
  ...span(1, 40),
  ...span(63, 65),
  ...span(127, 129),
  ...span(255, 257),
  ...span(511, 513),
  1000,
  ...span(1023, 1025),
];

/** Row lengths to take singly or in small batches: past the blocks, a vocabulary, and 2^20. */
export const LONG_LENGTHS: readonly number[] = [...span(2047, 2049), 4096, 50257, 2 ** 20];

/** The same, 2^20 in float32 alone, where there is most to lose. */
export function longLengths(dtype: Dtype): readonly number[] {
  return dtype === "float32" ? LONG_LENGTHS : LONG_LENGTHS.slice(0, -1);
}

export const LENGTHS: readonly number[] = [...SHORT_LENGTHS, ...LONG_LENGTHS];

export const BATCHES: readonly number[] = [...span(0, 9), 1000];
