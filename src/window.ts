// How a batch passes through linear memory: in place in one window, in chunks of whole rows along the last axis, and in
// whole slabs or panels of columns along any other. So memory grows with the longest row, not with the batch.

import { allocate, copyInto, privateView } from "./check/arrays.js";
import type { Extent, Request } from "./check.js";
import type { Memory } from "./memory.js";
import type { Elements } from "./types.js";

/**
 * Large enough to make the calls' cost vanish, small enough for the second-level cache. Of 64 KiB to 2 MiB it is the best
 * for rows of 128 KiB by 5 to 15%, and as good as any for shorter ones; along other axes panels are four times as wide as
 * with 256 KiB.
 */
export const WINDOW_BYTES: number = 1024 * 1024;

/** The least columns of a panel: a cache line of float32. */
const PANEL_COLUMNS = 16;

/** Up to here copying in a loop is quicker than the engine's own set, subarray and slice. */
const FEW = 32;

/**
 * Runs an op's kernels over a chunk of (outer, length, inner) elements, from `x` to `y`, which may be the same; `mask` is
 * 0 or a pointer, and then they are the same. The elements are float64 if that is the request's dtype, and float32 if
 * not.
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
export function stream(memory: Memory, request: Request, apply: ChunkKernel): Elements {
  const { dtype, mask, target, extent, place } = request;
  const { outer, length, inner } = extent;
  const size = outer * length * inner;
  if (size === 0) return target ?? allocate(dtype, 0);
  if (place?.y !== undefined) return passInPlace(place.memory, place.inputs[0], place.y, request, apply);
  const width = dtype === "float64" ? 8 : 4;
  const elementBytes = mask === undefined ? width : width + 1;
  const room = Math.floor(Math.min(WINDOW_BYTES, memory.room) / elementBytes);
  if (size <= room) return passWhole(memory, request, apply, size, memory.reserve(size * elementBytes));
  const { slabs, columns } = chunkOf(extent, room);
  const elements = slabs * length * columns;
  const x = memory.reserve(elements * elementBytes);
  try {
    const result = target ?? allocate(dtype, size);
    const chunk = { memory, request, apply, x, mask: mask === undefined ? 0 : x + elements * width };
    const [from, to] = [privateView(request.data), privateView(result)];
    if (columns === inner) passSlabs(chunk, from, to, slabs);
    else passPanels(chunk, from, to, columns);
    return result;
  } finally {
    memory.release();
  }
}

/** What passes at a time: some whole slabs of (length, inner); or of one slab some columns, where it does not fit whole. */
export function chunkOf({ outer, length, inner }: Extent, room: number): { slabs: number; columns: number } {
  const slab = length * inner;
  if (slab <= room || inner === 1)
    return { slabs: Math.min(outer, Math.max(1, Math.floor(room / slab))), columns: inner };
  return { slabs: 1, columns: Math.min(inner, Math.max(PANEL_COLUMNS, Math.floor(room / length))) };
}

/** Where `count` elements are put that are to pass at x: float16 in the upper half of what it takes as float32. */
function staged({ dtype }: Request, x: number, count: number): number {
  return dtype === "float16" ? x + 2 * count : x;
}

/** Runs the kernels over what is staged for x, and leaves the result there. */
function compute(
  memory: Memory,
  request: Request,
  apply: ChunkKernel,
  x: number,
  mask: number,
  outer: number,
  length: number,
  inner: number,
): void {
  if (request.dtype !== "float16") {
    apply(memory, request, x, x, mask, outer, length, inner);
    return;
  }
  const count = outer * length * inner;
  // Widening from the upper half overwrites no bits that it has not read.
  memory.kernels.widenF16(staged(request, x, count), x, count);
  apply(memory, request, x, x, mask, outer, length, inner);
  memory.kernels.narrowF16(x, x, count);
}

/** At once, which is where what a small call takes counts: no object is made but the result. */
function passWhole(memory: Memory, request: Request, apply: ChunkKernel, size: number, x: number): Elements {
  try {
    const { dtype, data, target, extent } = request;
    const view = memory.view(dtype);
    const width = view.BYTES_PER_ELEMENT;
    const first = x / width;
    put(data, view, staged(request, x, size) / width, size);
    let mask = 0;
    if (request.mask !== undefined) {
      mask = x + size * (dtype === "float64" ? 8 : 4);
      memory.bytes().set(request.mask, mask);
    }
    compute(memory, request, apply, x, mask, extent.outer, extent.length, extent.inner);
    return take(view, first, size, target, dtype);
  } finally {
    memory.release();
  }
}

function put(from: Elements, to: Elements, start: number, count: number): void {
  if (count > FEW) {
    to.set(from, start);
    return;
  }
  for (let i = 0; i < count; i++) to[start + i] = from[i] as number;
}

function take(
  from: Elements,
  start: number,
  count: number,
  target: Elements | undefined,
  dtype: Request["dtype"],
): Elements {
  if (count > FEW) {
    if (target === undefined) return from.slice(start, start + count);
    copyInto(target, from.subarray(start, start + count));
    return target;
  }
  const to = target ?? allocate(dtype, count);
  for (let i = 0; i < count; i++) to[i] = from[start + i] as number;
  return to;
}

/** Into memory where the kernels can work: an x from elsewhere is copied there first, some slabs at a time. */
function passInPlace(memory: Memory, x: number | undefined, y: number, request: Request, apply: ChunkKernel): Elements {
  const { dtype, data, extent } = request;
  const { outer, length, inner } = extent;
  const target = request.target as Elements;
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

/** The call at hand, and where in the window its elements and their mask stand. */
interface Chunk {
  readonly memory: Memory;
  readonly request: Request;
  readonly apply: ChunkKernel;
  readonly x: number;
  readonly mask: number;
}

function passSlabs({ memory, request, apply, x, mask }: Chunk, from: Elements, to: Elements, slabs: number): void {
  const { outer, length, inner } = request.extent;
  const view = memory.view(request.dtype);
  const width = view.BYTES_PER_ELEMENT;
  for (let o = 0; o < outer; o += slabs) {
    const count = Math.min(slabs, outer - o);
    const start = o * length * inner;
    const size = count * length * inner;
    view.set(from.subarray(start, start + size), staged(request, x, size) / width);
    if (request.mask !== undefined) memory.bytes().set(request.mask.subarray(start, start + size), mask);
    compute(memory, request, apply, x, mask, count, length, inner);
    to.set(view.subarray(x / width, x / width + size), start);
  }
}

function passPanels({ memory, request, apply, x, mask }: Chunk, from: Elements, to: Elements, columns: number): void {
  const { outer, length, inner } = request.extent;
  const view = memory.view(request.dtype);
  const bytes = view.BYTES_PER_ELEMENT;
  for (let o = 0; o < outer; o++) {
    for (let column = 0; column < inner; column += columns) {
      const width = Math.min(columns, inner - column);
      const start = o * length * inner + column;
      copyPanel(from, start, inner, view, staged(request, x, length * width) / bytes, width, length, width);
      if (request.mask !== undefined) {
        copyPanel(request.mask, start, inner, memory.bytes(), mask, width, length, width);
      }
      compute(memory, request, apply, x, mask, 1, length, width);
      copyPanel(view, x / bytes, width, to, start, inner, length, width);
    }
  }
}

/** Copies `rows` stretches of `width` elements that stand apart by the two pitches. */
export function copyPanel<A extends Elements | Uint8Array>(
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
