// How rows pass through linear memory where a kernel wants them contiguous: those along other axes than the last are
// turned on their way in and out. As in window.ts, memory grows with the longest row, not with the batch.

import type { Kernels } from "./abi.js";
import { allocate, privateView } from "./check/arrays.js";
import type { Request } from "./check.js";
import { type Memory, ROWS } from "./memory.js";
import type { Elements } from "./types.js";
import { chunkOf, copyPanel, WINDOW_BYTES } from "./window.js";

/** Rows in linear memory, and where their results go. */
export interface Rows {
  readonly memory: Memory;
  readonly request: Request;
  /** Whether the elements are float64; else they are float32. */
  readonly double: boolean;
  /** Pointers to the rows of each input. */
  readonly inputs: readonly number[];
  /** Pointer to the result's rows; in the window the first input's. */
  readonly y: number;
  /** Pointer to what the op asked for beside the rows. */
  readonly extra: number;
  /** The index of the first row in the batch. */
  readonly first: number;
  readonly count: number;
  readonly columns: number;
}

/** What an op does with rows. */
export interface RowsOp {
  /** What masked elements of each input count as. */
  readonly fills: (beta: number) => readonly number[];
  /** What masked elements of the result are; undefined where rows give numbers alone. */
  readonly masked?: number;
  /** How many float64 numbers a row gives, 0 to 2; they are left at `memory.rows`, ROWS apart. */
  readonly numbers: number;
  /** Those of a row without elements. */
  readonly empty?: number;
  /** Runs kernels over (outer, length, inner) elements at x before they are turned. */
  readonly before?: (memory: Memory, request: Request, x: number, mask: number, slabs: number, columns: number) => void;
  readonly run: (rows: Rows) => void;
}

/** Passes all rows through an op: elements into target or fresh memory, and the numbers that rows give. */
export function passRows(
  memory: Memory,
  request: Request,
  op: RowsOp,
  extraBytes = 0,
): { elements: Elements; numbers: Float64Array } {
  const { dtype, extent, target } = request;
  const { outer, length, inner } = extent;
  const size = outer * length * inner;
  const batch = outer * inner;
  const numbers = new Float64Array(batch * op.numbers);
  const take = ({ memory, first, count }: Rows): void => {
    const from = memory.view("float64");
    for (let n = 0; n < op.numbers; n++) {
      const at = memory.rows / 8 + n * ROWS;
      numbers.set(from.subarray(at, at + count), n * batch + first);
    }
  };
  const none = op.masked === undefined;
  if (size === 0) {
    numbers.fill(op.empty ?? 0, 0, batch);
    return { elements: target ?? allocate(dtype, 0), numbers };
  }
  if (extraBytes === 0 && runInPlace(request, op, take)) return { elements: target as Elements, numbers };
  const elements = none ? allocate(dtype, 0) : (target ?? allocate(dtype, size));
  const window = new RowWindow(memory, request, op.numbers > 0 ? ROWS : batch, extraBytes);
  try {
    const to = privateView(elements);
    for (const chunk of window.chunks()) {
      window.load(chunk, op);
      const rows = window.rows(chunk);
      op.run(rows);
      take(rows);
      if (op.masked !== undefined) window.store(chunk, op.masked, to);
    }
  } finally {
    memory.release();
  }
  return { elements, numbers };
}

/** Over arrays that stay, without a copy; false where some stand elsewhere, or rows are not contiguous. */
function runInPlace(request: Request, op: RowsOp, take: (rows: Rows) => void): boolean {
  const { place, extent, dtype } = request;
  const { outer, length, inner } = extent;
  const inputs = place?.inputs.filter((at) => at !== undefined) ?? [];
  if (place === undefined || inner !== 1 || inputs.length <= request.others.length) return false;
  if (op.masked !== undefined && place.y === undefined) return false;
  const { memory } = place;
  const double = dtype === "float64";
  const rowBytes = length * (double ? 8 : 4);
  const step = op.numbers > 0 ? ROWS : outer;
  for (let first = 0; first < outer; first += step) {
    const start = first * rowBytes;
    const rows = {
      memory,
      request,
      double,
      inputs: inputs.map((at) => at + start),
      y: (place.y ?? 0) + start,
      extra: 0,
      first,
      count: Math.min(step, outer - first),
      columns: length,
    };
    op.run(rows);
    take(rows);
  }
  return true;
}

/** The slabs and columns that pass at a time. */
export interface Chunk {
  readonly o: number;
  readonly column: number;
  readonly slabs: number;
  readonly columns: number;
}

/** A reserved stretch of memory: a chunk of each input, one more to turn in, the mask, and what the op asks for. */
export class RowWindow {
  readonly #memory: Memory;
  readonly #request: Request;
  readonly #inputs: readonly number[];
  readonly #stage: number;
  readonly #mask: number;
  readonly #extra: number;
  readonly #slabs: number;
  readonly #columns: number;

  /** For at most `most` rows at a time. `extraBytes`: what comes beside them. */
  constructor(memory: Memory, request: Request, most: number, extraBytes: number) {
    const { dtype, extent, mask, others } = request;
    const inputs = 1 + others.length;
    const width = dtype === "float64" ? 8 : 4;
    const areas = inputs + (extent.inner > 1 ? 1 : 0);
    const elementBytes = areas * width + (mask === undefined ? 0 : 1);
    const free = Math.max(0, Math.min(WINDOW_BYTES, memory.room) - extraBytes);
    const room = Math.min(Math.floor(free / elementBytes), most * extent.length);
    const { slabs, columns } = chunkOf(extent, room);
    const bytes = align8(slabs * extent.length * columns * width);
    const maskBytes = mask === undefined ? 0 : align8(slabs * extent.length * columns);
    const start = memory.reserve(areas * bytes + maskBytes + extraBytes);
    this.#memory = memory;
    this.#request = request;
    this.#slabs = slabs;
    this.#columns = columns;
    this.#inputs = Array.from({ length: inputs }, (_, i) => start + i * bytes);
    this.#stage = extent.inner > 1 ? start + inputs * bytes : 0;
    this.#mask = mask === undefined ? 0 : start + areas * bytes;
    this.#extra = start + areas * bytes + maskBytes;
  }

  *chunks(): Iterable<Chunk> {
    const { outer, inner } = this.#request.extent;
    for (let o = 0; o < outer; o += this.#slabs) {
      for (let column = 0; column < inner; column += this.#columns) {
        const slabs = Math.min(this.#slabs, outer - o);
        yield { o, column, slabs, columns: Math.min(this.#columns, inner - column) };
      }
    }
  }

  rows({ o, column, slabs, columns }: Chunk): Rows {
    const { extent, dtype } = this.#request;
    return {
      memory: this.#memory,
      request: this.#request,
      double: dtype === "float64",
      inputs: this.#inputs,
      y: this.#inputs[0] as number,
      extra: this.#extra,
      first: o * extent.inner + column,
      count: slabs * columns,
      columns: extent.length,
    };
  }

  /** Copies a chunk of every input in: widened, masked, and turned into rows. */
  load(chunk: Chunk, { fills, before }: Pick<RowsOp, "fills" | "before">): void {
    const { data, others, mask, beta } = this.#request;
    const values = fills(beta);
    if (mask !== undefined) this.#copyIn(chunk, mask, this.#memory.bytes(), this.#mask);
    this.#inputs.forEach((at, i) => {
      const to = this.#stage || at;
      const from = privateView(i === 0 ? data : (others[i - 1] as Elements));
      this.#loadInput(chunk, from, to, values[i] as number);
      if (i === 0) before?.(this.#memory, this.#request, to, this.#mask, chunk.slabs, chunk.columns);
      if (this.#stage !== 0) this.#turn(this.#stage, at, chunk.slabs, this.#request.extent.length, chunk.columns);
    });
  }

  #loadInput(chunk: Chunk, from: Elements, to: number, fill: number): void {
    const memory = this.#memory;
    const count = this.#countOf(chunk);
    // float16 is staged in the upper half of what it takes as float32, and widened from there.
    const bits = from.BYTES_PER_ELEMENT === 2;
    const at = bits ? to + 2 * count : to;
    const view = memory.view(bits ? "float16" : this.#request.dtype === "float64" ? "float64" : "float32");
    this.#copyIn(chunk, from, view, at / view.BYTES_PER_ELEMENT);
    if (bits) memory.kernels.widenF16(at, to, count);
    this.#select(to, count, fill);
  }

  /** Copies a chunk of the result out: turned back, masked, and narrowed. */
  store(chunk: Chunk, masked: number, to: Elements): void {
    const { dtype, extent } = this.#request;
    const memory = this.#memory;
    const { slabs, columns } = chunk;
    const count = this.#countOf(chunk);
    const y = this.#inputs[0] as number;
    const from = this.#stage || y;
    if (this.#stage !== 0) this.#turn(y, from, slabs, columns, extent.length);
    this.#select(from, count, masked);
    if (dtype === "float16") memory.kernels.narrowF16(from, from, count);
    const view = memory.view(dtype);
    const start = this.#startOf(chunk);
    const first = from / view.BYTES_PER_ELEMENT;
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
    (this.#request.dtype === "float64" ? turn64 : turn32)(x, y, outer, length, inner);
  }

  #select(x: number, count: number, fill: number): void {
    if (this.#mask === 0) return;
    const { selectF32, selectF64 } = this.#memory.kernels;
    (this.#request.dtype === "float64" ? selectF64 : selectF32)(x, x, this.#mask, count, fill);
  }
}

function align8(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

type Op = { [N in keyof Kernels]: N extends `${infer O}F32` ? O : never }[keyof Kernels];

/** An op's kernel for float64 or float32. */
export function kernelFor<N extends Op>({ kernels }: Memory, op: N, double: boolean): Kernels[`${N}F32`] {
  return kernels[`${op}${double ? "F64" : "F32"}` as `${N}F32`];
}
