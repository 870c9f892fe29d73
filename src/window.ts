// How a batch passes through linear memory: in place in one window, in chunks of whole rows along the last axis, and in
// whole slabs or panels of columns along any other. So memory grows with the longest row, not with the batch.

import { allocate, copyInto, privateView } from "./check/arrays.js";
import type { Extent, Request } from "./check.js";
import type { Memory } from "./memory.js";
import type { Place } from "./store.js";
import type { FloatArray } from "./types.js";

/** Large enough to make the calls' cost vanish, small enough for the second-level cache. */
export const WINDOW_BYTES: number = 256 * 1024;

/** The least columns of a panel: a cache line of float32. */
const PANEL_COLUMNS = 16;

/**
 * Runs an op's kernels over a chunk of (outer, length, inner) elements, from `x` to `y`, which may be the same; `mask` is
 * 0 or a pointer, and then they are the same.
 */
export type ChunkKernel = (
  memory: Memory,
  request: Request,
  x: number,
  y: number,
  mask: number,
  outer: number,
  length: number,
  inner: number,
) => void;

/** Passes data through the window into target, or into fresh memory: at once if it fits, else chunk by chunk. */
export function stream(memory: Memory, request: Request, apply: ChunkKernel): FloatArray {
  const { dtype, data, mask, extent } = request;
  const { outer, length, inner } = extent;
  const size = outer * length * inner;
  if (size === 0) return request.target ?? allocate(dtype, 0);
  if (request.place !== undefined) return passInPlace(request.place, request, apply);
  const width = dtype === "float32" ? 4 : 8;
  const elementBytes = mask === undefined ? width : width + 1;
  const { slabs, columns } = chunkOf(extent, Math.floor(WINDOW_BYTES / elementBytes));
  const elements = slabs * length * columns;
  const x = memory.reserve(elements * elementBytes);
  try {
    const chunk = { memory, request, apply, x, mask: mask === undefined ? 0 : x + elements * width };
    if (elements === size) return passWhole(chunk, size);
    const result = request.target ?? allocate(dtype, size);
    const [from, to] = [privateView(data), privateView(result)];
    if (columns === inner) passSlabs(chunk, from, to, slabs);
    else passPanels(chunk, from, to, columns);
    return result;
  } finally {
    memory.release();
  }
}

/** What passes at a time: some whole slabs of (length, inner); or of one slab some columns, where it does not fit whole. */
function chunkOf({ outer, length, inner }: Extent, room: number): { slabs: number; columns: number } {
  const slab = length * inner;
  if (slab <= room || inner === 1)
    return { slabs: Math.min(outer, Math.max(1, Math.floor(room / slab))), columns: inner };
  return { slabs: 1, columns: Math.min(inner, Math.max(PANEL_COLUMNS, Math.floor(room / length))) };
}

/** The call at hand, and where in the window its elements and their mask stand. */
interface Chunk {
  readonly memory: Memory;
  readonly request: Request;
  readonly apply: ChunkKernel;
  readonly x: number;
  readonly mask: number;
}

/** What a small call takes counts here: no view of the caller's array is made, and a fresh result is cut out at once. */
function passWhole({ memory, request, apply, x, mask }: Chunk, size: number): FloatArray {
  const { dtype, data, target, extent } = request;
  const view = memory.view(dtype);
  const first = x / view.BYTES_PER_ELEMENT;
  view.set(data, first);
  if (request.mask !== undefined) memory.bytes().set(request.mask, mask);
  apply(memory, request, x, x, mask, extent.outer, extent.length, extent.inner);
  if (target === undefined) return view.slice(first, first + size);
  copyInto(target, view.subarray(first, first + size));
  return target;
}

/** Into memory where the kernels can work: an x from elsewhere is copied there first, some slabs at a time. */
function passInPlace({ memory, x, y }: Place, request: Request, apply: ChunkKernel): FloatArray {
  const { dtype, data, extent } = request;
  const { outer, length, inner } = extent;
  const target = request.target as FloatArray;
  if (x !== undefined) {
    apply(memory, request, x, y, 0, outer, length, inner);
    return target;
  }
  const view = memory.view(dtype);
  const from = privateView(data);
  const { slabs } = chunkOf(extent, Math.floor(WINDOW_BYTES / view.BYTES_PER_ELEMENT));
  for (let o = 0; o < outer; o += slabs) {
    const count = Math.min(slabs, outer - o);
    const start = o * length * inner;
    const at = y + start * view.BYTES_PER_ELEMENT;
    view.set(from.subarray(start, start + count * length * inner), at / view.BYTES_PER_ELEMENT);
    apply(memory, request, at, at, 0, count, length, inner);
  }
  return target;
}

function passSlabs({ memory, request, apply, x, mask }: Chunk, from: FloatArray, to: FloatArray, slabs: number): void {
  const { outer, length, inner } = request.extent;
  const view = memory.view(request.dtype);
  const first = x / view.BYTES_PER_ELEMENT;
  for (let o = 0; o < outer; o += slabs) {
    const count = Math.min(slabs, outer - o);
    const start = o * length * inner;
    const size = count * length * inner;
    view.set(from.subarray(start, start + size), first);
    if (request.mask !== undefined) memory.bytes().set(request.mask.subarray(start, start + size), mask);
    apply(memory, request, x, x, mask, count, length, inner);
    to.set(view.subarray(first, first + size), start);
  }
}

function passPanels(
  { memory, request, apply, x, mask }: Chunk,
  from: FloatArray,
  to: FloatArray,
  columns: number,
): void {
  const { outer, length, inner } = request.extent;
  const view = memory.view(request.dtype);
  const first = x / view.BYTES_PER_ELEMENT;
  for (let o = 0; o < outer; o++) {
    for (let column = 0; column < inner; column += columns) {
      const width = Math.min(columns, inner - column);
      const start = o * length * inner + column;
      copyPanel(from, start, inner, view, first, width, length, width);
      if (request.mask !== undefined) {
        copyPanel(request.mask, start, inner, memory.bytes(), mask, width, length, width);
      }
      apply(memory, request, x, x, mask, 1, length, width);
      copyPanel(view, first, width, to, start, inner, length, width);
    }
  }
}

/** Copies `rows` stretches of `width` elements that stand apart by the two pitches. */
function copyPanel<A extends FloatArray | Uint8Array>(
  from: A,
  fromStart: number,
  fromPitch: number,
  to: A,
  toStart: number,
  toPitch: number,
  rows: number,
  width: number,
): void {
  for (let r = 0; r < rows; r++) {
    const a = fromStart + r * fromPitch;
    to.set(from.subarray(a, a + width), toStart + r * toPitch);
  }
}
