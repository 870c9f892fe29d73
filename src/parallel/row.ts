// Softmax of one long row by several threads, on the grid of blocks by which a single thread adds: the maximum of each
// segment, then of all; the exponentials and each block's sum; all sums in the order of the row; what is left to multiply.

import type { ParallelKernels } from "../abi.js";
import type { Memory } from "../memory.js";
import { ROWS_SOFTMAX } from "../ops/softmax.js";
import type { Plan } from "../plan.js";
import type { Standing } from "../window.js";
import type { PoolHeap } from "./heap.js";
import type { Slot } from "./slot.js";
import { lost, type Progress, type Team, type Turns, takeTurns, workersOf } from "./team.js";

/** Bytes of a block, whose sum is added as one. */
const BLOCK_BYTES = 1024;

/** Segments a worker, taken by turns. */
const SEGMENTS = 4;

/** From how many bytes on a row gains by it. */
const LONG_BYTES = 8 * 1024 * 1024;

/** Whether a call's rows are too few to keep the threads busy, and long enough to be split. */
export function isLong({ request, op }: Plan, { copied }: Standing, threads: number): boolean {
  const { outer, length, inner } = request.extent;
  const bytes = length * (request.dtype === "float64" ? 8 : 4);
  return op === ROWS_SOFTMAX && !copied && inner === 1 && outer < threads && bytes >= LONG_BYTES;
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
}

/** softmax of each of few long rows that stand in shared memory. */
export async function splitRows(
  { request }: Plan,
  { memory, x, y }: Standing,
  heap: PoolHeap,
  team: Team,
  own: Slot | undefined,
  progress: Progress,
): Promise<void> {
  const { beta, dtype, extent } = request;
  const { outer, length } = extent;
  const width = dtype === "float64" ? 8 : 4;
  const blocks = Math.ceil((length * width) / BLOCK_BYTES);
  const workers = workersOf(team.threads, own);
  const step = Math.ceil(blocks / (workers * SEGMENTS)) * (BLOCK_BYTES / width);
  const segments = Array.from({ length: Math.ceil(length / step) }, (_, i) => i * step);
  const area = heap.borrow("float64", segments.length + 1 + blocks);
  try {
    const values = area.at as number;
    const sums = values + 8 * (segments.length + 1);
    for (let r = 0; r < outer; r++) {
      const at = r * length * width;
      const row = { memory, double: width === 8, beta, length, x: x + at, y: y + at, values, sums };
      await splitRow(row, segments, step, async (act) => {
        progress.check();
        const died = await takeTurns(team, heap, { count: segments.length, act }, own);
        if (died !== undefined) throw lost(died);
      });
      progress.advance(1);
    }
  } finally {
    area.free();
  }
}

async function splitRow(
  { memory, double, beta, length, x, y, values, sums }: Row,
  segments: readonly number[],
  step: number,
  takeAll: (act: Turns["act"]) => Promise<void>,
): Promise<void> {
  const width = double ? 8 : 4;
  const suffix = double ? "F64" : "F32";
  const each = (act: (slot: Slot, i: number, at: number, count: number) => void): Promise<void> =>
    takeAll((i, slot) => {
      const start = segments[i] as number;
      act(slot, i, start * width, Math.min(step, length - start));
    });
  await each(({ kernels, scratch }, i, at, count) => {
    kernels[`longMaximum${suffix}`](x + at, y + at, count, beta, values + 8 * i, scratch);
  });
  const max = Math.max(...memory.view("float64").subarray(values / 8, values / 8 + segments.length));
  await each(({ kernels, scratch }, _, at, count) => {
    kernels[`longExponentials${suffix}`](x + at, y + at, count, beta, max, sums + (8 * at) / BLOCK_BYTES, scratch);
  });
  const at = values + 8 * segments.length;
  const blocks = Math.ceil((length * width) / BLOCK_BYTES);
  // Here and now: to ask a thread takes longer.
  (memory.kernels as ParallelKernels)[`longFactor${suffix}`](sums, blocks, at);
  const factor = memory.view("float64")[at / 8] as number;
  await each(({ kernels }, _, offset, count) => kernels[`longScale${suffix}`](y + offset, count, factor));
}
