// How data pass through linear memory: as they are where they fit one window, else chunk by chunk, so that memory grows
// with the longest row and not with the batch; and not at all where they stand in the memory of arrays that stay.

import { allocate, copyInto, privateView } from "./check/arrays.js";
import type { Request } from "./check.js";
import { Chunks, chunkOf, isTurned, type Rows, type RowsOp, room } from "./chunks.js";
import { type Linear, type Memory, ROWS } from "./memory.js";
import type { Elements } from "./types.js";

/** Up to here copying in a loop is quicker than the engine's own set, subarray and slice. */
const FEW = 32;

const NONE = new Float64Array(0);

/** Passes an op's one input through, into target or into fresh memory. */
export function stream(memory: Memory, request: Request, op: RowsOp): Elements {
  const { mask, extent, place, dtype, target } = request;
  const { outer, length, inner } = extent;
  const size = outer * length * inner;
  if (size === 0) return target ?? allocate(dtype, 0);
  const at = place && standing(request, op);
  if (at !== undefined) {
    passInPlace(request, op, at, NONE);
    return target as Elements;
  }
  const elementBytes = (dtype === "float64" ? 8 : 4) + (mask === undefined ? 0 : 1);
  if (isTurned(request, op) || size * elementBytes > room(memory)) return pass(memory, request, op).elements;
  return passWhole(memory, request, op, size, memory.reserve(size * elementBytes));
}

/** At once, which is where what a small call takes counts: few objects are made. */
function passWhole(memory: Memory, request: Request, op: RowsOp, size: number, x: number): Elements {
  try {
    const { dtype, data, target, extent, mask } = request;
    const { kernels } = memory;
    const double = dtype === "float64";
    const view = memory.view(dtype);
    const width = view.BYTES_PER_ELEMENT;
    // float16 is staged in the upper half of what it takes as float32: widening overwrites no bits that it has not read.
    const half = dtype === "float16";
    put(data, view, (half ? x + 2 * size : x) / width, size);
    if (half) kernels.widenF16(x + 2 * size, x, size);
    const select = double ? kernels.selectF64 : kernels.selectF32;
    const maskAt = x + size * (double ? 8 : 4);
    if (mask !== undefined) {
      memory.bytes().set(mask, maskAt);
      select(x, x, maskAt, size, op.fills(request.beta)[0] as number);
    }
    const { outer, length, inner } = extent;
    op.run({ memory, request, double, x, other: 0, y: x, extra: 0, first: 0, outer, length, inner });
    if (mask !== undefined) select(x, x, maskAt, size, op.masked as number);
    if (half) kernels.narrowF16(x, x, size);
    return take(view, x / width, size, target, dtype);
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

/** Elements, in target or fresh memory, and the numbers that rows gave. */
export interface Passed {
  readonly elements: Elements;
  readonly numbers: Float64Array;
}

/** Passes any number of inputs through. `extraBytes`: what the op needs beside a chunk of them. */
export function pass(memory: Memory, request: Request, op: RowsOp, extraBytes = 0): Passed {
  const { dtype, extent, target, place } = request;
  const { outer, length, inner } = extent;
  const batch = outer * inner;
  const numbers = op.numbers === 0 ? NONE : new Float64Array(batch * op.numbers);
  const size = op.masked === undefined ? 0 : batch * length;
  if (batch * length === 0) {
    numbers.fill(op.empty ?? 0, 0, batch);
    return { elements: target ?? allocate(dtype, 0), numbers };
  }
  const at = place && extraBytes === 0 ? standing(request, op) : undefined;
  if (at !== undefined) {
    passInPlace(request, op, at, numbers);
    return { elements: target as Elements, numbers };
  }
  const elements = size === 0 ? (NONE as Elements) : (target ?? allocate(dtype, size));
  const chunks = new Chunks(memory, request, op, extraBytes);
  try {
    const to = privateView(elements);
    for (const chunk of chunks.all()) {
      const rows = chunks.load(chunk, op);
      op.run(rows);
      if (op.masked !== undefined) chunks.finish(chunk, op.masked);
      takeNumbers(memory, rows.first, rows.outer, op.numbers, numbers);
      if (op.masked !== undefined) chunks.copyOut(chunk, to);
    }
  } finally {
    memory.release();
  }
  return { elements, numbers };
}

/** Copies the `each` numbers that each of `count` rows gave to their place among all rows'. */
export function takeNumbers(memory: Linear, first: number, count: number, each: number, numbers: Float64Array): void {
  for (let n = 0; n < each; n++) {
    const at = memory.rows / 8 + n * ROWS;
    numbers.set(memory.view("float64").subarray(at, at + count), (n * numbers.length) / each + first);
  }
}

/** Arrays that stay, for a kernel to work on where they stand. */
export interface Standing {
  readonly memory: Memory;
  /** Pointer to the first input's values; where those have to be copied first, to where they are. */
  readonly x: number;
  /** 0 where there is no second input. */
  readonly other: number;
  /** 0 where rows give numbers alone. */
  readonly y: number;
  /** Whether the first input stands elsewhere, to be copied where the result goes. */
  readonly copied: boolean;
}

/** Undefined where rows have to pass: not all arrays stay, or the op wants more than contiguous rows of them. */
export function standing(request: Request, op: RowsOp): Standing | undefined {
  const { place } = request;
  if (place === undefined || isTurned(request, op)) return undefined;
  const { memory, x, other = 0, y = 0 } = place;
  const copied = x === undefined;
  // Where elements come back, or x is copied, they need a place.
  if (place.y === undefined && (copied || op.masked !== undefined)) return undefined;
  if (request.other !== undefined && (copied || place.other === undefined)) return undefined;
  return { memory, x: x ?? y, other, y, copied };
}

/** `count` of the slabs of arrays that stay, from `first` on, for the kernels of `memory`. */
export function rowsOf(request: Request, at: Standing, memory: Linear, first: number, count: number): Rows {
  const { length, inner } = request.extent;
  const double = request.dtype === "float64";
  const skipped = first * length * inner * (double ? 8 : 4);
  return {
    memory,
    request,
    double,
    x: at.x + skipped,
    other: at.other === 0 ? 0 : at.other + skipped,
    y: at.y + skipped,
    extra: 0,
    first: first * inner,
    outer: count,
    length,
    inner,
  };
}

/** Works between arrays that stay; an input from elsewhere is copied where the result goes, some rows at a time. */
function passInPlace(request: Request, op: RowsOp, at: Standing, numbers: Float64Array): void {
  const { extent, dtype, data } = request;
  const { outer, length, inner } = extent;
  const { memory, copied } = at;
  const width = dtype === "float64" ? 8 : 4;
  const step = copied ? chunkOf(extent, room(memory) / width).slabs : op.numbers > 0 ? ROWS : outer;
  for (let first = 0; first < outer; first += step) {
    const count = Math.min(step, outer - first);
    const start = first * length * inner;
    if (copied) memory.view(dtype).set(privateView(data, start, count * length * inner), at.y / width + start);
    op.run(rowsOf(request, at, memory, first, count));
    if (op.numbers > 0) takeNumbers(memory, first, count, op.numbers, numbers);
  }
}

/** Copies the first input, some slabs of it, to where the result goes. */
export function copyThere({ data, dtype, extent }: Request, { memory, y }: Standing, first: number, count: number): void {
  const slab = extent.length * extent.inner;
  memory.view(dtype).set(privateView(data, first * slab, count * slab), y / (dtype === "float64" ? 8 : 4) + first * slab);
}
