// Softmax of one long row by several threads, on the grid of blocks by which a single thread adds: the maximum of each
// segment, then of all; the exponentials and each block's sum; all sums in the order of the row; what is left to multiply.

import type { ParallelKernels } from "../abi.js";
import { privateView } from "../check/arrays.js";
import type { Memory } from "../memory.js";
import { ROWS_SOFTMAX } from "../ops/softmax.js";
import type { Plan } from "../plan.js";
import type { Elements } from "../types.js";
import { standing } from "../window.js";
import type { PoolHeap } from "./heap.js";
import type { Piece, Results } from "./pieces.js";
import type { Slot } from "./slot.js";
import { type Progress, type Team, work, workersOf } from "./team.js";

/** Bytes of a block, whose sum is added as one. */
const BLOCK_BYTES = 1024;

/** Segments a thread: while some are worked on, others are copied. */
const SEGMENTS = 2;

/** From how many bytes on a row gains by it. */
const LONG_BYTES = 4 * 1024 * 1024;

/** Whether a call's rows are too few to keep the threads busy, and long enough to be split. */
export function isLong({ request, op }: Plan, threads: number): boolean {
  const { dtype, mask, extent } = request;
  const { outer, length, inner } = extent;
  const width = dtype === "float64" ? 8 : 4;
  const isPlain = op === ROWS_SOFTMAX && mask === undefined && dtype !== "float16" && inner === 1;
  return isPlain && outer < threads && length * width >= LONG_BYTES;
}

/** A row in shared memory, and what is known of its parts. */
interface Row {
  readonly memory: Memory;
  readonly double: boolean;
  readonly beta: number;
  readonly length: number;
  readonly x: number;
  readonly y: number;
  /** Pointer to the segments' maxima, then the factor. */
  readonly values: number;
  /** Pointer to the blocks' sums. */
  readonly sums: number;
  /** Where the row comes from and goes to, unless it stands there. */
  readonly from: Elements | undefined;
  readonly to: Elements | undefined;
}

/** softmax of each of few long rows. */
export async function splitRows(
  { request }: Plan,
  { elements }: Results,
  heap: PoolHeap,
  team: Team,
  progress: Progress,
): Promise<void> {
  const { outer, length } = request.extent;
  const width = request.dtype === "float64" ? 8 : 4;
  const blocks = Math.ceil((length * width) / BLOCK_BYTES);
  const step = Math.ceil(blocks / (workersOf(team) * SEGMENTS)) * (BLOCK_BYTES / width);
  const segments = Array.from({ length: Math.ceil(length / step) }, (_, i) => i * step);
  const place = standing(request, ROWS_SOFTMAX);
  const area = heap.borrow("float64", segments.length + 1 + blocks);
  const passing = place === undefined || place.copied ? heap.borrow(request.dtype, length) : undefined;
  try {
    const values = area.at as number;
    const sums = values + 8 * (segments.length + 1);
    for (let r = 0; r < outer; r++) {
      const at = r * length * width;
      const stands = passing === undefined && place !== undefined;
      const row: Row = {
        memory: heap.memory,
        double: width === 8,
        beta: request.beta,
        length,
        x: stands ? place.x + at : (passing?.at as number),
        y: stands ? place.y + at : (passing?.at as number),
        values,
        sums,
        from: stands ? undefined : privateView(request.data, r * length, length),
        to: stands ? undefined : privateView(elements, r * length, length),
      };
      await splitRow(row, segments, step, team, progress);
      progress.advance(1);
    }
  } finally {
    passing?.free();
    area.free();
  }
}

async function splitRow(
  row: Row,
  segments: readonly number[],
  step: number,
  team: Team,
  progress: Progress,
): Promise<void> {
  const { memory, double, beta, length, x, y, values, sums, from, to } = row;
  const width = double ? 8 : 4;
  const suffix = double ? "F64" : "F32";
  const each = (
    load: (slot: Slot, i: number, at: number, count: number) => void,
    take: (start: number, count: number) => void = () => {},
  ): Promise<void> => {
    const pieces: readonly Piece[] = segments.map((start, i) => {
      const count = Math.min(step, length - start);
      return {
        rows: 0,
        again: false,
        load(slot) {
          slot.begin(0);
          load(slot, i, start * width, count);
        },
        take: () => take(start, count),
      };
    });
    return work(team, pieces, progress);
  };
  const view = (start: number, count: number): Elements =>
    memory.view(double ? "float64" : "float32").subarray(y / width + start, y / width + start + count);

  await each(({ kernels, scratch }, i, at, count) => {
    if (from !== undefined) view(at / width, count).set(from.subarray(at / width, at / width + count));
    kernels[`longMaximum${suffix}`](x + at, y + at, count, beta, values + 8 * i, scratch);
  });
  const maxima = memory.view("float64").subarray(values / 8, values / 8 + segments.length);
  const max = Math.max(...maxima);
  await each(({ kernels, scratch }, _, at, count) => {
    kernels[`longExponentials${suffix}`](x + at, y + at, count, beta, max, sums + (8 * at) / BLOCK_BYTES, scratch);
  });
  const at = values + 8 * segments.length;
  const blocks = Math.ceil((length * width) / BLOCK_BYTES);
  // Here and now: to ask a thread takes longer.
  (memory.kernels as ParallelKernels)[`longFactor${suffix}`](sums, blocks, at);
  const factor = memory.view("float64")[at / 8] as number;
  await each(
    ({ kernels }, _, offset, count) => kernels[`longScale${suffix}`](y + offset, count, factor),
    (start, count) => to?.set(view(start, count), start),
  );
}
