// How a batch passes through linear memory: in place in one window, in chunks of whole rows along the last axis, and in
// whole slabs or panels of columns along any other. So memory grows with the longest row, not with the batch.

import { allocate, copyInto, privateView } from "./check/arrays.js";
import type { Request } from "./check.js";
import type { Memory } from "./memory.js";
import type { FloatArray } from "./types.js";

/** Large enough to make the calls' cost vanish, small enough for the second-level cache. */
export const WINDOW_BYTES: number = 256 * 1024;

/** The least columns of a panel: a cache line of float32. */
const PANEL_COLUMNS = 16;

/** Runs an op's kernels over a chunk of (outer, length, inner) elements at `x`, in place; `mask` is 0 or a pointer. */
export type ChunkKernel = (
  memory: Memory,
  request: Request,
  x: number,
  mask: number,
  outer: number,
  length: number,
  inner: number,
) => void;

/** Passes data through the window into target, or into fresh memory: at once if it fits, else chunk by chunk. */
export function stream(memory: Memory, request: Request, apply: ChunkKernel): FloatArray {
  const { outer, length, inner } = request.extent;
  const slab = length * inner;
  const elementBytes = (request.dtype === "float32" ? 4 : 8) + (request.mask === undefined ? 0 : 1);
  const room = Math.floor(WINDOW_BYTES / elementBytes);
  if (outer * slab === 0) return request.target ?? allocate(request.dtype, 0);
  if (outer * slab <= room) return streamWhole(memory, request, apply, outer * slab * elementBytes);
  if (inner === 1 || slab <= room) {
    const slabs = Math.max(1, Math.floor(room / slab));
    return streamSlabs(memory, request, apply, slabs, slabs * slab * elementBytes);
  }
  const columns = Math.min(inner, Math.max(PANEL_COLUMNS, Math.floor(room / length)));
  return streamPanels(memory, request, apply, columns, columns * length * elementBytes);
}

/** What a small call takes counts here: no view of the caller's array is made, and a fresh result is cut out at once. */
function streamWhole(memory: Memory, request: Request, apply: ChunkKernel, bytes: number): FloatArray {
  const { dtype, data, mask, target, extent } = request;
  const { outer, length, inner } = extent;
  const count = outer * length * inner;
  const x = memory.reserve(bytes);
  try {
    const view = memory.view(dtype);
    const first = x / view.BYTES_PER_ELEMENT;
    const maskAt = mask === undefined ? 0 : x + count * view.BYTES_PER_ELEMENT;
    view.set(data, first);
    if (mask !== undefined) memory.bytes().set(mask, maskAt);
    apply(memory, request, x, maskAt, outer, length, inner);
    if (target === undefined) return view.slice(first, first + count);
    copyInto(target, view.subarray(first, first + count));
    return target;
  } finally {
    memory.release();
  }
}

/** Whole slabs of (length, inner), as many at a time as fit. */
function streamSlabs(memory: Memory, request: Request, apply: ChunkKernel, slabs: number, bytes: number): FloatArray {
  const { dtype, mask, extent } = request;
  const { outer, length, inner } = extent;
  const data = privateView(request.data);
  const x = memory.reserve(bytes);
  try {
    const result = request.target ?? allocate(dtype, data.length);
    const target = privateView(result);
    const view = memory.view(dtype);
    const first = x / view.BYTES_PER_ELEMENT;
    const maskAt = mask === undefined ? 0 : x + slabs * length * inner * view.BYTES_PER_ELEMENT;
    for (let o = 0; o < outer; o += slabs) {
      const count = Math.min(slabs, outer - o);
      const start = o * length * inner;
      const end = start + count * length * inner;
      view.set(data.subarray(start, end), first);
      if (mask !== undefined) memory.bytes().set(mask.subarray(start, end), maskAt);
      apply(memory, request, x, maskAt, count, length, inner);
      target.set(view.subarray(first, first + end - start), start);
    }
    return result;
  } finally {
    memory.release();
  }
}

/** Panels of some columns of one slab, for slabs that do not fit whole. */
function streamPanels(
  memory: Memory,
  request: Request,
  apply: ChunkKernel,
  columns: number,
  bytes: number,
): FloatArray {
  const { dtype, mask, extent } = request;
  const { outer, length, inner } = extent;
  const data = privateView(request.data);
  const x = memory.reserve(bytes);
  try {
    const result = request.target ?? allocate(dtype, data.length);
    const target = privateView(result);
    const view = memory.view(dtype);
    const first = x / view.BYTES_PER_ELEMENT;
    const maskAt = mask === undefined ? 0 : x + columns * length * view.BYTES_PER_ELEMENT;
    for (let o = 0; o < outer; o++) {
      for (let column = 0; column < inner; column += columns) {
        const width = Math.min(columns, inner - column);
        const start = o * length * inner + column;
        copyPanel(data, start, inner, view, first, width, length, width);
        if (mask !== undefined) copyPanel(mask, start, inner, memory.bytes(), maskAt, width, length, width);
        apply(memory, request, x, maskAt, 1, length, width);
        copyPanel(view, first, width, target, start, inner, length, width);
      }
    }
    return result;
  } finally {
    memory.release();
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
