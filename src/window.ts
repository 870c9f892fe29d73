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

/** Where the numbers go that the rows of a call give. */
export function numbersFor({ extent }: Request, op: RowsOp): Float64Array {
  return op.numbers === 0 ? NONE : new Float64Array(extent.outer * extent.inner * op.numbers);
}

/** Passes a call's rows through an op, into target or fresh memory; what numbers they give goes to `numbers`. */
export function stream(memory: Memory, request: Request, op: RowsOp, numbers: Float64Array): Elements {
  const { mask, extent, place, dtype, other } = request;
  const size = extent.outer * extent.length * extent.inner;
  const at = place && standing(request, op);
  if (at !== undefined && size > 0) return passInPlace(request, op, at, numbers);
  const bytes = size * ((dtype === "float64" ? 8 : 4) + (mask === undefined ? 0 : 1));
  const maps = op.masked !== undefined && op.numbers === 0 && op.extra === undefined && other === undefined;
  const fits = size > 0 && bytes <= room(memory);
  if (maps && fits && !isTurned(request, op)) return passWhole(memory, request, op, size, memory.reserve(bytes));
  return pass(memory, request, op, numbers);
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

/** The same in chunks of whole rows. */
export function pass(memory: Linear, request: Request, op: RowsOp, numbers: Float64Array = NONE): Elements {
  const { dtype, extent, target } = request;
  const { outer, length, inner } = extent;
  const { masked } = op;
  if (outer * length * inner === 0) {
    numbers.fill(op.empty ?? 0, 0, outer * inner);
    return target ?? allocate(dtype, 0);
  }
  const elements = masked === undefined ? NONE : (target ?? allocate(dtype, outer * length * inner));
  const chunks = new Chunks(memory, request, op);
  try {
    const to = privateView(elements);
    for (const chunk of chunks.all()) {
      const rows = chunks.load(chunk, op);
      op.run(rows);
      if (masked !== undefined) chunks.finish(chunk, masked);
      takeNumbers(memory, rows.first, rows.outer, op.numbers, numbers);
      op.take?.(rows);
      if (masked !== undefined) chunks.copyOut(chunk, to);
    }
  } finally {
    memory.release();
  }
  return elements;
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
  if (place === undefined || op.extra !== undefined || isTurned(request, op)) return undefined;
  const { memory, x, other = 0, y = 0 } = place;
  const copied = x === undefined;
  // Elements that come back need a place; x may be copied there, where it is that of elements.
  if (op.masked === undefined ? copied : place.y === undefined) return undefined;
  if (request.other !== undefined && (copied || place.other === undefined)) return undefined;
  return { memory, x: x ?? y, other, y, copied };
}

/** `count` of the slabs of arrays that stay, from `first` on, for the kernels of `memory`; copied there where need be. */
export function rowsOf(request: Request, at: Standing, memory: Linear, first: number, count: number): Rows {
  const { dtype, data, extent } = request;
  const { length, inner } = extent;
  const double = dtype === "float64";
  const start = first * length * inner;
  const skipped = start * (double ? 8 : 4);
  if (at.copied)
    at.memory.view(dtype).set(privateView(data, start, count * length * inner), at.y / (double ? 8 : 4) + start);
  return {
    memory,
    request,
    double,
    x: at.x + skipped,
    other: at.other && at.other + skipped,
    y: at.y + skipped,
    extra: 0,
    first: first * inner,
    outer: count,
    length,
    inner,
  };
}

/** Works between arrays that stay; an input from elsewhere is copied where the result goes, some rows at a time. */
function passInPlace(request: Request, op: RowsOp, at: Standing, numbers: Float64Array): Elements {
  const { extent, dtype, target } = request;
  const { outer } = extent;
  const { memory, copied } = at;
  const width = dtype === "float64" ? 8 : 4;
  const step = copied ? chunkOf(extent, room(memory) / width).slabs : op.numbers > 0 ? ROWS : outer;
  for (let first = 0; first < outer; first += step) {
    const count = Math.min(step, outer - first);
    op.run(rowsOf(request, at, memory, first, count));
    if (op.numbers > 0) takeNumbers(memory, first, count, op.numbers, numbers);
  }
  return target as Elements;
}
