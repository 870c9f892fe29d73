// A batch in chunks of whole rows: some whole slabs of (length, inner), or of one slab some columns. Rows along other axes
// than the last are turned on their way in and out, for kernels that want them contiguous.

import type { Kernels } from "./abi.js";
import { privateView } from "./check/arrays.js";
import type { Extent, Request } from "./check.js";
import { type Linear, ROWS } from "./memory.js";
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
  readonly memory: Linear;
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
  /** Bytes that it needs beside the rows, and after those for each row; default none. */
  readonly extra?: { readonly bytes: number; readonly rowBytes?: number };
  /** Calls kernels, which may run later. */
  readonly run: (rows: Rows) => void;
  /** Takes what these left for each row beside the rows. */
  readonly take?: (rows: Rows) => void;
}

/** The bytes that may pass at a time. */
export function room(memory: Linear): number {
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

/** What an op takes of memory. */
type Needs = Pick<RowsOp, "numbers" | "anyAxis" | "extra">;

/** An input's way through linear memory: copied to `from`, thence widened, masked and turned to `to`. */
interface Way {
  readonly values: Elements;
  readonly from: number;
  readonly to: number;
}

/**
 * The chunks of a call, and the memory that they pass through: each input, one more to turn in, the mask, the extra. The
 * kernels may run later than they are called: `load` copies nothing to where one that it calls still has to work.
 */
export class Chunks {
  readonly #memory: Linear;
  readonly #request: Request;
  readonly #double: boolean;
  readonly #slabs: number;
  readonly #columns: number;
  readonly #first: Way;
  readonly #second: Way | undefined;
  readonly #turned: boolean;
  /** 0 where nothing is masked. */
  readonly #mask: number;
  readonly #extra: number;

  /** Reserves memory, to be released by whoever asked for it. */
  constructor(memory: Linear, request: Request, op: Needs) {
    const { dtype, extent, mask, data, other } = request;
    const { outer, length, inner } = extent;
    const { bytes: extraBytes, rowBytes = 0 } = op.extra ?? { bytes: 0 };
    this.#memory = memory;
    this.#request = request;
    this.#double = dtype === "float64";
    const turned = isTurned(request, op);
    const width = this.#double ? 8 : 4;
    const areas = 1 + (other === undefined ? 0 : 1) + (turned ? 1 : 0);
    const elementBytes = areas * width + (mask === undefined ? 0 : 1);
    const most = Math.floor((room(memory) - extraBytes) / (elementBytes + rowBytes / length));
    const rows = op.numbers > 0 ? ROWS : outer * inner;
    const { slabs, columns } = chunkOf(extent, Math.min(most, rows * length));
    const count = slabs * length * columns;
    const areaBytes = Math.ceil((count * width) / 8) * 8;
    const maskBytes = mask === undefined ? 0 : Math.ceil(count / 8) * 8;
    const start = memory.reserve(areas * areaBytes + maskBytes + extraBytes + slabs * columns * rowBytes);
    this.#slabs = slabs;
    this.#columns = columns;
    this.#turned = turned;
    this.#first = { values: privateView(data), from: turned ? start + (areas - 1) * areaBytes : start, to: start };
    if (other !== undefined) {
      // Where rows are turned, it is copied to where the first input goes, and turned before that.
      const to = start + areaBytes;
      this.#second = { values: privateView(other), from: turned ? start : to, to };
    }
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
    const { mask, beta } = this.#request;
    const [fill, otherFill] = fills(beta);
    const first = this.#first;
    const second = this.#second;
    if (mask !== undefined) this.#copyIn(chunk, mask, this.#memory.bytes(), this.#mask);
    this.#copyValues(chunk, first);
    if (second !== undefined) {
      this.#copyValues(chunk, second);
      this.#arrange(chunk, second, otherFill as number);
    }
    this.#arrange(chunk, first, fill as number);
    if (before !== undefined) this.#prepare(chunk, before);
    return this.#rows(chunk);
  }

  #rows({ o, column, slabs, columns }: Chunk): Rows {
    const { extent } = this.#request;
    const x = this.#first.to;
    return {
      memory: this.#memory,
      request: this.#request,
      double: this.#double,
      x,
      other: this.#second?.to ?? 0,
      y: x,
      extra: this.#extra,
      first: o * extent.inner + column,
      outer: this.#turned ? slabs * columns : slabs,
      length: extent.length,
      inner: this.#turned ? 1 : columns,
    };
  }

  /** float16 is staged in the upper half of what it takes as float32, to be widened from there. */
  #copyValues(chunk: Chunk, { values, from }: Way): void {
    const half = isHalf(values);
    const at = half ? from + 2 * this.#countOf(chunk) : from;
    const view = this.#memory.view(half ? "float16" : this.#double ? "float64" : "float32");
    this.#copyIn(chunk, values, view, at / view.BYTES_PER_ELEMENT);
  }

  #arrange(chunk: Chunk, { values, from, to }: Way, fill: number): void {
    const count = this.#countOf(chunk);
    if (isHalf(values)) this.#memory.kernels.widenF16(from + 2 * count, from, count);
    this.#select(from, chunk, fill);
    this.#turn(chunk, from, to);
  }

  #prepare(chunk: Chunk, before: (rows: Rows) => void): void {
    const { from, to } = this.#first;
    before(this.#rows(chunk));
    if (this.#mask === 0) return;
    this.#turn(chunk, to, from, true);
    this.#select(from, chunk, 0);
    this.#turn(chunk, from, to);
  }

  /** Makes a chunk of the result ready to be copied out: turned back, masked, and narrowed. */
  finish(chunk: Chunk, masked: number): void {
    const { from, to } = this.#first;
    this.#turn(chunk, to, from, true);
    this.#select(from, chunk, masked);
    if (this.#request.dtype === "float16") this.#memory.kernels.narrowF16(from, from, this.#countOf(chunk));
  }

  /** Copies it out. */
  copyOut(chunk: Chunk, to: Elements): void {
    const { dtype, extent } = this.#request;
    const view = this.#memory.view(dtype);
    const first = this.#first.from / view.BYTES_PER_ELEMENT;
    this.#copy(chunk, view, first, chunk.columns, to, this.#startOf(chunk), extent.inner);
  }

  #copyIn<A extends Elements | Uint8Array>(chunk: Chunk, from: A, to: A, at: number): void {
    this.#copy(chunk, from, this.#startOf(chunk), this.#request.extent.inner, to, at, chunk.columns);
  }

  /** Copies whole slabs in one stretch, a panel in stretches of its columns, which stand apart by the two pitches. */
  #copy<A extends Elements | Uint8Array>(
    chunk: Chunk,
    from: A,
    fromStart: number,
    fromPitch: number,
    to: A,
    toStart: number,
    toPitch: number,
  ): void {
    const { length, inner } = this.#request.extent;
    const whole = chunk.columns === inner;
    const width = whole ? this.#countOf(chunk) : chunk.columns;
    for (let row = 0; row < (whole ? 1 : length); row++) {
      const start = fromStart + row * fromPitch;
      to.set(from.subarray(start, start + width), toStart + row * toPitch);
    }
  }

  #startOf({ o, column }: Chunk): number {
    const { length, inner } = this.#request.extent;
    return o * length * inner + column;
  }

  #countOf({ slabs, columns }: Chunk): number {
    return slabs * this.#request.extent.length * columns;
  }

  /** From where rows stand as in the batch to where kernels want them, if these are two places; or back. */
  #turn({ slabs, columns }: Chunk, from: number, to: number, back = false): void {
    if (from === to) return;
    const { length } = this.#request.extent;
    const { turn32, turn64 } = this.#memory.kernels;
    (this.#double ? turn64 : turn32)(from, to, slabs, back ? columns : length, back ? length : columns);
  }

  #select(x: number, chunk: Chunk, fill: number): void {
    if (this.#mask !== 0) kernelFor(this.#memory, "select", this.#double)(x, x, this.#mask, this.#countOf(chunk), fill);
  }
}

function isHalf(values: Elements): boolean {
  return values.BYTES_PER_ELEMENT === 2;
}

type Op = { [N in keyof Kernels]: N extends `${infer O}F32` ? O : never }[keyof Kernels];

/** An op's kernel for float64 or float32. */
export function kernelFor<N extends Op>({ kernels }: Linear, op: N, double: boolean): Kernels[`${N}F32`] {
  return kernels[`${op}${double ? "F64" : "F32"}` as `${N}F32`];
}
