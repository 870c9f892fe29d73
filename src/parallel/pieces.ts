// A call in pieces of whole rows, each for a thread to work on: in place where arrays stay, else through a slot.

import { allocate, privateView } from "../check/arrays.js";
import type { Request } from "../check.js";
import { type Chunk, Chunks, isTurned, type Rows, WINDOW_BYTES } from "../chunks.js";
import { ROWS } from "../memory.js";
import type { Plan } from "../plan.js";
import type { Elements } from "../types.js";
import { numbersFor, rowsOf, type Standing, takeNumbers } from "../window.js";
import type { Slot } from "./slot.js";
import type { Turns } from "./team.js";

/** A piece of a call. */
export interface Piece {
  readonly rows: number;
  /** Fills a slot, and records there which kernels are to be called. */
  load(slot: Slot): void;
  /** Takes what they made. */
  take(slot: Slot): void;
  /** Whether it can be loaded once more, should it remain half done. */
  readonly again: boolean;
}

/**
 * In bytes, the least that is worth a message, and the most between two looks at a signal. What passes through a slot is no
 * more than what stays in the cache.
 */
const LEAST_PASSING_BYTES = 512 * 1024;
const LEAST_BYTES = 1024 * 1024;
const MOST_BYTES = 4 * 1024 * 1024;

/** Pieces a thread, where rows pass through slots. */
const PIECES = 4;

/** How many elements a call reads. */
export function sizeOf({ extent: { outer, length, inner } }: Request): number {
  return outer * length * inner;
}

/** Where a call's results go. */
export interface Results {
  readonly elements: Elements;
  readonly numbers: Float64Array;
}

/** Room for those of a call of at least one element. */
export function resultsOf({ request, op }: Plan): Results {
  const { dtype, target } = request;
  const size = op.masked === undefined ? 0 : sizeOf(request);
  return { elements: target ?? allocate(dtype, size), numbers: numbersFor(request, op) };
}

/** How many times over a chunk takes memory. */
function areasOf({ request, op }: Plan): number {
  return 1 + (request.other === undefined ? 0 : 1) + (isTurned(request, op) ? 1 : 0);
}

/** Pieces of rows that stand in shared memory, for so many threads. */
export function standingPieces(
  { request, op }: Plan,
  place: Standing,
  threads: number,
  { numbers }: Results,
): readonly Piece[] {
  const { outer, length, inner } = request.extent;
  const slabBytes = length * inner * (request.dtype === "float64" ? 8 : 4);
  const most = op.numbers > 0 ? ROWS : outer;
  return fallingSteps(outer, threads, slabBytes, most).map(([first, count]) => ({
    rows: count * inner,
    again: place.copied || place.x !== place.y,
    load(slot) {
      slot.begin(0);
      op.run(rowsOf(request, place, slot, first, count));
    },
    take: (slot) => takeNumbers(slot, first, count, op.numbers, numbers),
  }));
}

/** How many turns a thread has at rows that stand, if they are not less than TURN_BYTES. */
const TURNS = 16;
const TURN_BYTES = 128 * 1024;

/** Turns at rows that stand in shared memory. */
export function standingTurns({ request, op }: Plan, place: Standing, workers: number): Turns {
  const { outer, length, inner } = request.extent;
  const slabBytes = length * inner * (request.dtype === "float64" ? 8 : 4);
  const bytes = Math.max(TURN_BYTES, (outer * slabBytes) / (workers * TURNS));
  const step = Math.max(1, Math.round(bytes / slabBytes));
  return {
    count: Math.ceil(outer / step),
    act: (turn, slot) => op.run(rowsOf(request, place, slot, turn * step, Math.min(step, outer - turn * step))),
  };
}

/** [first, count] of pieces, each its thread's share of two thirds of what is left: few messages, and all end together. */
function fallingSteps(
  slabs: number,
  threads: number,
  slabBytes: number,
  most: number,
): readonly (readonly [number, number])[] {
  const steps: (readonly [number, number])[] = [];
  for (let first = 0; first < slabs; ) {
    const bytes = Math.min(MOST_BYTES, Math.max(LEAST_BYTES, ((slabs - first) * slabBytes) / (1.5 * threads)));
    const count = Math.min(most, slabs - first, Math.max(1, Math.round(bytes / slabBytes)));
    steps.push([first, count]);
    first += count;
  }
  return steps;
}

/** Pieces of rows that pass through slots. `slot`: any. */
export function passingPieces(
  plan: Plan,
  threads: number,
  slot: Slot,
  { elements, numbers }: Results,
): readonly Piece[] {
  const { request, op } = plan;
  const bytes = (sizeOf(request) * (request.dtype === "float64" ? 8 : 4)) / (threads * PIECES);
  const room = Math.min(WINDOW_BYTES, Math.max(LEAST_PASSING_BYTES, bytes) * areasOf(plan)) + (op.extra?.bytes ?? 0);
  const to = privateView(elements);
  slot.begin(room);
  const chunks = [...new Chunks(slot, request, op).all()];
  return chunks.map((chunk) => passingPiece(plan, chunk, room, to, numbers));
}

function passingPiece({ request, op }: Plan, chunk: Chunk, room: number, to: Elements, numbers: Float64Array): Piece {
  let chunks: Chunks;
  let rows: Rows;
  return {
    rows: chunk.slabs * chunk.columns,
    again: true,
    load(slot) {
      slot.begin(room);
      chunks = new Chunks(slot, request, op);
      rows = chunks.load(chunk, op);
      op.run(rows);
      if (op.masked !== undefined) chunks.finish(chunk, op.masked);
    },
    take(slot) {
      takeNumbers(slot, rows.first, rows.outer, op.numbers, numbers);
      op.take?.(rows);
      if (op.masked !== undefined) chunks.copyOut(chunk, to);
    },
  };
}
