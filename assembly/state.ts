// What an op keeps in the caller's scratch memory, after its Scale: for up to PANEL vectors of rows, a row a lane.

import { Anchor, Scale } from "./exp";
import { lanes } from "./simd";
import { Total } from "./total";

/** Most vectors of rows side by side: of float32, a cache line. */
export const PANEL: i32 = 4;

/** Bytes of PANEL vectors: from one line of a panel to the next, where it stands in scratch memory. */
// @ts-ignore: decorator
@inline
export const LINE: usize = 64;

/** float32 rows of fewer elements are turned: up to 50% faster, where from here on the baseline module loses. */
export const NARROW: i32 = 48;

/** Lines of sums: line e mod `sumLines` has the accumulators of element e. */
// @ts-ignore: decorator
@inline
export function sumLines<T>(): i32 {
  return 4 * lanes<T>();
}

/** A line with a value for each row: its maximum, what is subtracted from it, 1 over its sum. */
// @ts-ignore: decorator
@inline
export function lineAt(scratch: usize): usize {
  return scratch + ((offsetof<Scale<f64>>() + 15) & -16);
}

/** The anchors of the rows in vector j. */
// @ts-ignore: decorator
@inline
export function anchorAt(scratch: usize, j: i32): Anchor {
  return changetype<Anchor>(lineAt(scratch) + LINE + <usize>j * offsetof<Anchor>());
}

/** … and their totals. */
// @ts-ignore: decorator
@inline
export function totalAt(scratch: usize, j: i32): Total {
  return changetype<Total>(lineAt(scratch) + LINE + PANEL * offsetof<Anchor>() + <usize>j * offsetof<Total>());
}

/** The lines of sums, at most 16. */
// @ts-ignore: decorator
@inline
export function sumsAt(scratch: usize): usize {
  return lineAt(scratch) + LINE + PANEL * (offsetof<Anchor>() + offsetof<Total>());
}

/** The lines of a panel of turned rows, fewer than NARROW; after them stands what normalizer.ts keeps, below 5120 bytes. */
// @ts-ignore: decorator
@inline
export function linesAt(scratch: usize): usize {
  return sumsAt(scratch) + 16 * LINE;
}
