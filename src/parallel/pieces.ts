// A call in pieces of whole rows, each for a thread to work on: in place where arrays stay, else through a slot.

import { allocate, privateView } from "../check/arrays.js";
import type { Request } from "../check.js";
import { type Chunk, Chunks, isTurned, type Rows, type RowsOp, WINDOW_BYTES } from "../chunks.js";
import { ROWS } from "../memory.js";
import type { Plan } from "../plan.js";
import { type Passed, rowsOf, type Standing, standing, takeNumbers } from "../window.js";
import type { Slot } from "./slot.js";

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
 * How many pieces a thread is to have: enough for it to be done when the others are. In bytes, a piece in place is from
 * 128 KiB, beside which a message takes little, to 4 MiB, in whose time a signal is noticed; one that passes through a slot
 * stays in the cache.
 */
const PIECES = 4;
const LEAST_BYTES = 128 * 1024;
const MOST_BYTES = 4 * 1024 * 1024;

/** How many elements a call reads. */
export function sizeOf({ extent: { outer, length, inner } }: Request): number {
  return outer * length * inner;
}

/** Where the results of a call of at least one element go. */
export function passedOf({ request, op }: Plan): Passed {
  const { dtype, target, extent } = request;
  const size = op.masked === undefined ? 0 : sizeOf(request);
  return {
    elements: target ?? allocate(dtype, size),
    numbers: new Float64Array(extent.outer * extent.inner * op.numbers),
  };
}

/** The pieces of such a call for so many threads. `slot`: any; `mayStand`: whether threads reach the arrays that stay. */
export function piecesOf(
  plan: Plan,
  passed: Passed,
  threads: number,
  slot: Slot,
  mayStand: boolean,
): readonly Piece[] {
  const { request, op, extraBytes = 0 } = plan;
  const { extent, dtype } = request;
  const bytes = (sizeOf(request) * (dtype === "float64" ? 8 : 4)) / (threads * PIECES);
  const place = mayStand && extraBytes === 0 && extent.outer >= threads ? standing(request, op) : undefined;
  if (place !== undefined) return standingPieces(request, op, place, bytes, passed);
  const room = Math.min(WINDOW_BYTES, Math.max(LEAST_BYTES, bytes) * areasOf(plan)) + extraBytes;
  return passingPieces(plan, room, slot, passed);
}

/** How many times over a chunk takes memory. */
function areasOf({ request, op }: Plan): number {
  return 1 + (request.other === undefined ? 0 : 1) + (isTurned(request, op) ? 1 : 0);
}

/** Rows that stand in shared memory. */
function standingPieces(
  request: Request,
  op: RowsOp,
  place: Standing,
  bytes: number,
  { numbers }: Passed,
): readonly Piece[] {
  const { outer, length, inner } = request.extent;
  const rowBytes = length * inner * (request.dtype === "float64" ? 8 : 4);
  const wanted = Math.max(1, Math.round(Math.min(MOST_BYTES, Math.max(LEAST_BYTES, bytes)) / rowBytes));
  const step = op.numbers > 0 ? Math.min(ROWS, wanted) : wanted;
  const again = place.copied || place.x !== place.y;
  return starts(outer, step).map((first) => {
    const count = Math.min(step, outer - first);
    return {
      rows: count * inner,
      again,
      load: (slot) => op.run(rowsOf(request, place, slot, first, count)),
      take: (slot) => takeNumbers(slot, first, count, op.numbers, numbers),
    };
  });
}

/** Rows that pass through slots. */
function passingPieces(plan: Plan, room: number, slot: Slot, { elements, numbers }: Passed): readonly Piece[] {
  const { request, op, extraBytes = 0 } = plan;
  const to = privateView(elements);
  slot.begin(room);
  const chunks = [...new Chunks(slot, request, op, extraBytes).all()];
  return chunks.map((chunk) => passingPiece(plan, chunk, room, to, numbers));
}

function passingPiece(
  { request, op, extraBytes = 0 }: Plan,
  chunk: Chunk,
  room: number,
  to: Passed["elements"],
  numbers: Float64Array,
): Piece {
  let chunks: Chunks;
  let rows: Rows;
  return {
    rows: chunk.slabs * chunk.columns,
    again: true,
    load(slot) {
      slot.begin(room);
      chunks = new Chunks(slot, request, op, extraBytes);
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

/** 0, step, 2 step, … before end. */
export function starts(end: number, step: number): readonly number[] {
  return Array.from({ length: Math.ceil(end / step) }, (_, i) => i * step);
}
