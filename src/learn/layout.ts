// How matrices stand in linear memory: rows padded with zeros to whole vectors, each stretch on a cache line of its own.

import { align } from "../memory.js";
import type { Floats, Matrix } from "./matrix.js";

/** The length of a padded row: a multiple of a float32 vector. */
export function pitchOf(columns: number): number {
  return Math.ceil(columns / 4) * 4;
}

/** Where stretches of so many bytes stand one after the other, and where the last one ends. */
export function layout(sizes: readonly number[], start: number): number[] {
  const pointers = [start];
  for (const size of sizes) pointers.push(align(pointers.at(-1)! + size));
  return pointers;
}

/** Copies `rows` rows of the matrix, from row `first` on, to index `at`. */
export function putRows(
  to: Floats,
  at: number,
  { data, columns }: Pick<Matrix, "data" | "columns">,
  first: number,
  rows: number,
): void {
  const pitch = pitchOf(columns);
  if (pitch === columns) {
    to.set(data.subarray(first * columns, (first + rows) * columns), at);
    return;
  }
  for (let r = 0; r < rows; r++) {
    const start = at + r * pitch;
    to.set(data.subarray((first + r) * columns, (first + r + 1) * columns), start);
    to.fill(0, start + columns, start + pitch);
  }
}
