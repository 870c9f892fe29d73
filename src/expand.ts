// How results much larger than their rows leave linear memory: for each row many rows of as many elements, made and
// copied out a window at a time.

import { allocateLarge, lengthOf, privateView } from "./check/arrays.js";
import type { Request } from "./check.js";
import { Chunks, type Rows, type RowsOp, room } from "./chunks.js";
import type { Linear } from "./memory.js";
import type { Elements } from "./types.js";

/** Rows that each row s of an input makes: those from `first` to before `end` of `each`. */
export interface Expansion extends Pick<RowsOp, "fills" | "before"> {
  readonly each: number;
  readonly first: number;
  readonly end: number;
  /** Makes `outer` rows of the result from `first` on, counted over all of the rows at x, at y. */
  readonly run: (rows: Rows) => void;
}

/** Passes rows through an expansion, into target or fresh memory. */
export function expandRows(memory: Linear, request: Request, op: Expansion): Elements {
  const { dtype, extent, target } = request;
  const { outer, length, inner } = extent;
  const made = op.end - op.first;
  const result = target ?? allocateLarge(dtype, outer * inner * made * length);
  if (lengthOf(result) === 0) return result;
  const width = dtype === "float64" ? 8 : 4;
  const outRows = Math.max(1, Math.floor(room(memory) / 2 / (length * width)));
  const chunks = new Chunks(memory, request, { numbers: 0, extra: { bytes: outRows * length * width } });
  try {
    const to = privateView(result);
    for (const chunk of chunks.all()) expandChunk(chunks.load(chunk, op), op, outRows, to);
  } finally {
    memory.release();
  }
  return result;
}

/** Rows of one chunk: all that they make in one sequence where that is all there is of it, else row by row. */
function expandChunk(rows: Rows, { each, first, end, run }: Expansion, most: number, to: Elements): void {
  const { memory, request, length, extra } = rows;
  const { dtype } = request;
  const made = end - first;
  const whole = made === each;
  const runs = whole ? 1 : rows.outer;
  const view = memory.view(dtype);
  const at = extra / view.BYTES_PER_ELEMENT;
  let start = rows.first * made * length;
  for (let r = 0; r < runs; r++) {
    const last = whole ? rows.outer * made : r * each + end;
    for (let row = whole ? 0 : r * each + first; row < last; row += most) {
      const count = Math.min(most, last - row);
      run({ ...rows, y: extra, first: row, outer: count });
      if (dtype === "float16") memory.kernels.narrowF16(extra, extra, count * length);
      to.set(view.subarray(at, at + count * length), start);
      start += count * length;
    }
  }
}
