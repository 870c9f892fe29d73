// The sole owner of pointers, growth and views.

import { type Kernels, SCRATCH_BYTES } from "./abi.js";
import type { Dtype, Elements } from "./types.js";

const PAGE_BYTES = 65536;
const ALIGNMENT = 64;

/** Most rows in one call of a kernel that takes or gives numbers a row. */
export const ROWS = 512;

/** Bytes for those numbers: two of float64 and one of int32 a row. */
const ROW_BYTES: number = ROWS * 20;

/** What a module can address. */
export const CEILING_BYTES: number = 2 ** 32;

/** What the memories behind one surface may take together. */
export class Budget {
  readonly limit: number;
  #taken = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Counts bytes that are there anyway; less than 0: that are gone. */
  count(bytes: number): void {
    this.#taken += bytes;
  }

  /** What `make` makes, which takes `added` bytes more; a RangeError where the limit or the engine has no room. */
  take<T>(added: number, asked: number, make: () => T): T {
    if (this.#taken + added > this.limit) throw this.exceeded(asked);
    try {
      const made = make();
      this.#taken += added;
      return made;
    } catch (cause) {
      throw this.exceeded(asked, cause);
    }
  }

  exceeded(asked: number, cause?: unknown): RangeError {
    return new RangeError(`out of memory: asked for ${asked} bytes, the limit is ${this.limit} bytes`, { cause });
  }
}

/** What rows pass through: an instance's memory, or a part of one. */
export interface Linear {
  readonly kernels: Kernels;
  /** Pointer to SCRATCH_BYTES bytes. */
  readonly scratch: number;
  /** Pointer to numbers a row: ROWS of float64, as many again, and ROWS of int32. */
  readonly rows: number;
  /** The most bytes that may be reserved. */
  readonly room: number;
  /** A pointer to `bytes` bytes, until `release`; views are to be asked for after it. */
  reserve(bytes: number): number;
  release(): void;
  /** The whole memory as elements of the dtype. */
  view(dtype: Dtype): Elements;
  /** The whole memory as bytes. */
  bytes(): Uint8Array;
}

/**
 * Linear memory of one instance: scratch for the kernels, room for numbers a row, then a stretch that a call reserves and gives back. In the
 * memory of a heap, the heap has that stretch.
 */
export class Memory implements Linear {
  readonly kernels: Kernels;
  readonly scratch: number;
  readonly rows: number;
  /** Pointer to the stretch. */
  readonly start: number;
  readonly room: number;
  #uint16: Uint16Array = new Uint16Array(0);
  #float32: Float32Array = new Float32Array(0);
  #float64: Float64Array = new Float64Array(0);
  #bytes: Uint8Array = new Uint8Array(0);
  #buffer: ArrayBuffer | undefined;
  readonly #budget: Budget;
  readonly #initialBytes: number;
  /** Up to where there are views, and the limit allows it. */
  #usable = 0;
  #reserved = false;

  /** `kernels`: as instantiated; the budget has counted their memory. */
  constructor(kernels: Kernels, budget: Budget) {
    this.kernels = kernels;
    this.#budget = budget;
    this.#initialBytes = kernels.memory.buffer.byteLength;
    const { scratch, rows, start } = layoutAt(kernels.heapBase.value >>> 0);
    this.scratch = scratch;
    this.rows = rows;
    this.start = start;
    this.room = budget.limit - this.start;
  }

  /** The memory of another instance of the same module, out of the same budget; `bytes` bytes have room in it. */
  twin(instantiate: () => Kernels, bytes: number): Memory {
    const pages = Math.ceil(Math.max(this.start + align(bytes), this.#initialBytes) / PAGE_BYTES);
    return this.#budget.take(pages * PAGE_BYTES, bytes, () => {
      const kernels = instantiate();
      const memory = new Memory(kernels, this.#budget);
      kernels.memory.grow(pages - this.#initialBytes / PAGE_BYTES);
      return memory;
    });
  }

  /** Grows the memory if it must, and then makes the views anew. */
  reserve(bytes: number): number {
    if (this.#reserved) throw new Error("softmax-simd: memory is reserved already");
    this.reach(this.start + bytes, bytes);
    this.#reserved = true;
    return this.start;
  }

  release(): void {
    this.#reserved = false;
  }

  /** Counts the memory as gone, for an instance that is used no more. */
  drop(): void {
    this.#budget.count(-this.kernels.memory.buffer.byteLength);
  }

  /** Sees that there is memory up to `end`, for a request of `bytes` bytes; views are to be asked for after it. */
  reach(end: number, bytes: number): void {
    if (end > this.#usable) this.#grow(end, bytes);
  }

  /** The same array until the memory grows. */
  view(dtype: Dtype): Elements {
    if (dtype === "float32") return this.#float32;
    return dtype === "float64" ? this.#float64 : this.#uint16;
  }

  bytes(): Uint8Array {
    return this.#bytes;
  }

  /** What the views are over; reading it here is cheaper than from a view. */
  buffer(): ArrayBuffer | undefined {
    return this.#buffer;
  }

  #grow(end: number, bytes: number): void {
    const { memory } = this.kernels;
    const missing = Math.ceil((end - memory.buffer.byteLength) / PAGE_BYTES);
    if (end > this.#budget.limit) throw this.#budget.exceeded(bytes);
    if (missing > 0) this.#budget.take(missing * PAGE_BYTES, bytes, () => memory.grow(missing));
    const { buffer } = memory;
    this.#uint16 = new Uint16Array(buffer);
    this.#float32 = new Float32Array(buffer);
    this.#float64 = new Float64Array(buffer);
    this.#bytes = new Uint8Array(buffer);
    this.#buffer = buffer;
    this.#usable = Math.min(buffer.byteLength, this.#budget.limit);
  }
}

/** Pointers, from `base` on: to scratch, to numbers a row, and to where the stretch begins. */
export function layoutAt(base: number): Pick<Memory, "scratch" | "rows" | "start"> {
  const scratch = align(base);
  const rows = align(scratch + SCRATCH_BYTES);
  return { scratch, rows, start: align(rows + ROW_BYTES) };
}

/** The next multiple of a cache line. */
export function align(pointer: number): number {
  return Math.ceil(pointer / ALIGNMENT) * ALIGNMENT;
}
