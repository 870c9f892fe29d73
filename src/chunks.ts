// A batch in chunks of whole rows: some whole slabs of (length, inner), or of one slab some columns. Rows along other axes
// than the last are turned on their way in and out, for kernels that want them contiguous.

import type { Kernels } from "./abi.js";
import { privateView } from "./check/arrays.js";
import type { Extent, Request } from "./check.js";
import { type Memory, ROWS } from "./memory.js";
import type { Elements } from "./types.js";

/**
 * Large enough to make the calls' cost vanish, small enough for the second-level cache. Of 64 KiB to 2 MiB it is the best
 * for rows of 128 KiB by 5 to 15%, and as good as any for shorter ones; along other axes panels are four times as wide as
 * with 256 KiB.
 */
export const WINDOW_BYTES: number = 1024 * 1024;

/** The least columns of a panel: a cache line of float32. */
const PANEL_COLUMNS = 16;

/** Rows in linear memory, and where their results go. */
export interface Rows {
  readonly memory: Memory;
  readonly request: Request;
  /** Whether the elements are float64; else they are float32. */
  readonly double: boolean;
  /** Pointer to (outer, length, inner) elements. */
  readonly x: number;
  /** Pointer to those of a second input; 0 where there is none. */
  readonly other: number;
  /** Pointer to the result's; in the window x. */
  readonly y: number;
  /** Pointer to what the op asked for beside them. */
  readonly extra: number;
  /** The index of the first row in the batch. */
  readonly first: number;
  readonly outer: number;
  readonly length: number;
  /** 1 for an op that takes no other axis than the last. */
  readonly inner: number;
}

/** What an op does with rows. */
export interface RowsOp {
  /** What masked elements of each input count as. */
  readonly fills: (beta: number) => readonly number[];
  /** What masked elements of the result are; undefined where rows give numbers alone. */
  readonly masked?: number;
  /** How many float64 numbers a row gives, 0 to 2; they are left at `memory.rows`, ROWS apart. */
  readonly numbers: number;
  /** The first of those of a row without elements; default 0. */
  readonly empty?: number;
  /** Whether the float32 kernel takes rows along any axis; else they are turned. */
  readonly anyAxis?: true;
  /** What comes first: it works on contiguous rows in place, and masked elements are 0 after it. */
  readonly before?: (rows: Rows) => void;
  readonly run: (rows: Rows) => void;
}

/** The bytes that may pass at a time. */
export function room(memory: Memory): number {
  return Math.min(WINDOW_BYTES, memory.room);
}

/** Whether the op's kernel wants rows turned that stand apart. */
export function isTurned({ extent, dtype }: Request, { anyAxis }: Pick<RowsOp, "anyAxis">): boolean {
  return extent.inner > 1 && (dtype === "float64" || !anyAxis);
}

/** The slabs and columns that pass at a time where there is room for so many elements. */
export function chunkOf({ outer, length, inner }: Extent, elements: number): { slabs: number; columns: number } {
  const slab = length * inner;
  if (slab <= elements || inner === 1)
    return { slabs: Math.min(outer, Math.max(1, Math.floor(elements / slab))), columns: inner };
  return { slabs: 1, columns: Math.min(inner, Math.max(PANEL_COLUMNS, Math.floor(elements / length))) };
}

/** Where a chunk stands in the batch. */
export interface Chunk {
  readonly o: number;
  readonly column: number;
  readonly slabs: number;
  readonly columns: number;
}

/** The chunks of a call, and the memory that they pass through: each input, one more to turn in, the mask, the extra. */
export class Chunks {
  readonly #memory: Memory;
  readonly #request: Request;
  readonly #double: boolean;
  readonly #slabs: number;
  readonly #columns: number;
  readonly #x: number;
  /** 0 where there is no second input. */
  readonly #other: number;
  /** 0 where rows are not turned. */
  readonly #stage: number;
  /** 0 where nothing is masked. */
  readonly #mask: number;
  readonly #extra: number;

  /** Reserves memory, to be released by whoever asked for it. */
  constructor(memory: Memory, request: Request, op: Pick<RowsOp, "numbers" | "anyAxis">, extraBytes: number) {
    const { dtype, extent, mask, other } = request;
    const { outer, length, inner } = extent;
    this.#memory = memory;
    this.#request = request;
    this.#double = dtype === "float64";
    const turned = isTurned(request, op);
    const width = this.#double ? 8 : 4;
    const areas = 1 + (other === undefined ? 0 : 1) + (turned ? 1 : 0);
    const elementBytes = areas * width + (mask === undefined ? 0 : 1);
    const most = Math.max(0, Math.floor((room(memory) - extraBytes) / elementBytes));
    const rows = op.numbers > 0 ? ROWS : outer * inner;
    const { slabs, columns } = chunkOf(extent, Math.min(most, rows * length));
    const count = slabs * length * columns;
    const areaBytes = Math.ceil((count * width) / 8) * 8;
    const maskBytes = mask === undefined ? 0 : Math.ceil(count / 8) * 8;
    const start = memory.reserve(areas * areaBytes + maskBytes + extraBytes);
    this.#slabs = slabs;
    this.#columns = columns;
    this.#x = start;
    this.#other = other === undefined ? 0 : start + areaBytes;
    this.#stage = turned ? start + (areas - 1) * areaBytes : 0;
    this.#mask = mask === undefined ? 0 : start + areas * areaBytes;
    this.#extra = start + areas * areaBytes + maskBytes;
  }

  *all(): Iterable<Chunk> {
    const { outer, inner } = this.#request.extent;
    for (let o = 0; o < outer; o += this.#slabs) {
      for (let column = 0; column < inner; column += this.#columns) {
        const columns = Math.min(this.#columns, inner - column);
        yield { o, column, slabs: Math.min(this.#slabs, outer - o), columns };
      }
    }
  }

  /** Copies a chunk of every input in: widened, masked, and turned where need be. */
  load(chunk: Chunk, { fills, before }: Pick<RowsOp, "fills" | "before">): Rows {
    const { data, other, mask, beta } = this.#request;
    const [fill, otherFill] = fills(beta);
    if (mask !== undefined) this.#copyIn(chunk, mask, this.#memory.bytes(), this.#mask);
    this.#loadInput(chunk, data, this.#x, fill as number, before);
    if (other !== undefined) this.#loadInput(chunk, other, this.#other, otherFill as number, undefined);
    if (this.#stage !== 0) return this.#rows(chunk, this.#x, chunk.slabs * chunk.columns, 1);
    return this.#rows(chunk, this.#x, chunk.slabs, chunk.columns);
  }

  #rows({ o, column }: Chunk, x: number, outer: number, inner: number): Rows {
    const { extent } = this.#request;
    return {
      memory: this.#memory,
      request: this.#request,
      double: this.#double,
      x,
      other: this.#other,
      y: x,
      extra: this.#extra,
      first: o * extent.inner + column,
      outer,
      length: extent.length,
      inner,
    };
  }

  #loadInput(chunk: Chunk, data: Elements, at: number, fill: number, before: RowsOp["before"]): void {
    const to = this.#stage || at;
    this.#widenIn(chunk, privateView(data), to);
    this.#select(to, chunk, fill);
    this.#turnIn(chunk, at);
    if (before === undefined) return;
    before(this.#rows(chunk, at, chunk.slabs * chunk.columns, 1));
    if (this.#mask === 0) return;
    this.#turnOut(chunk, at);
    this.#select(to, chunk, 0);
    this.#turnIn(chunk, at);
  }

  /** From where rows stand as in the batch to x. */
  #turnIn({ slabs, columns }: Chunk, x: number): void {
    if (this.#stage !== 0) this.#turn(this.#stage, x, slabs, this.#request.extent.length, columns);
  }

  /** … and back. */
  #turnOut({ slabs, columns }: Chunk, x: number): void {
    if (this.#stage !== 0) this.#turn(x, this.#stage, slabs, columns, this.#request.extent.length);
  }

  #widenIn(chunk: Chunk, from: Elements, to: number): void {
    const memory = this.#memory;
    const count = this.#countOf(chunk);
    // float16 is staged in the upper half of what it takes as float32, and widened from there.
    const half = from.BYTES_PER_ELEMENT === 2;
    const at = half ? to + 2 * count : to;
    const view = memory.view(half ? "float16" : this.#double ? "float64" : "float32");
    this.#copyIn(chunk, from, view, at / view.BYTES_PER_ELEMENT);
    if (half) memory.kernels.widenF16(at, to, count);
  }

  /** Copies a chunk of the result out: turned back, masked, and narrowed. */
  store(chunk: Chunk, masked: number, to: Elements): void {
    const { dtype, extent } = this.#request;
    const { columns } = chunk;
    const memory = this.#memory;
    const from = this.#stage || this.#x;
    const count = this.#countOf(chunk);
    this.#turnOut(chunk, this.#x);
    this.#select(from, chunk, masked);
    if (dtype === "float16") memory.kernels.narrowF16(from, from, count);
    const view = memory.view(dtype);
    const first = from / view.BYTES_PER_ELEMENT;
    const start = this.#startOf(chunk);
    if (columns === extent.inner) to.set(view.subarray(first, first + count), start);
    else copyPanel(view, first, columns, to, start, extent.inner, extent.length, columns);
  }

  #copyIn<A extends Elements | Uint8Array>(chunk: Chunk, from: A, to: A, at: number): void {
    const { length, inner } = this.#request.extent;
    const start = this.#startOf(chunk);
    if (chunk.columns === inner) to.set(from.subarray(start, start + this.#countOf(chunk)), at);
    else copyPanel(from, start, inner, to, at, chunk.columns, length, chunk.columns);
  }

  #startOf({ o, column }: Chunk): number {
    const { length, inner } = this.#request.extent;
    return o * length * inner + column;
  }

  #countOf({ slabs, columns }: Chunk): number {
    return slabs * this.#request.extent.length * columns;
  }

  #turn(x: number, y: number, outer: number, length: number, inner: number): void {
    const { turn32, turn64 } = this.#memory.kernels;
    (this.#double ? turn64 : turn32)(x, y, outer, length, inner);
  }

  #select(x: number, chunk: Chunk, fill: number): void {
    if (this.#mask !== 0) kernelFor(this.#memory, "select", this.#double)(x, x, this.#mask, this.#countOf(chunk), fill);
  }
}

type Op = { [N in keyof Kernels]: N extends `${infer O}F32` ? O : never }[keyof Kernels];

/** An op's kernel for float64 or float32. */
export function kernelFor<N extends Op>({ kernels }: Memory, op: N, double: boolean): Kernels[`${N}F32`] {
  return kernels[`${op}${double ? "F64" : "F32"}` as `${N}F32`];
}

/** Copies `rows` stretches of `width` elements that stand apart by the two pitches. */
function copyPanel<A extends Elements | Uint8Array>(
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
