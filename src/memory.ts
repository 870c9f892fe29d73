// The sole owner of pointers, growth and views.

import { type Kernels, SCRATCH_BYTES } from "./abi.js";
import type { Dtype, Elements } from "./types.js";

const PAGE_BYTES = 65536;
const ALIGNMENT = 64;

/** What a module can address. */
export const CEILING_BYTES: number = 2 ** 32;

/** Linear memory of one instance: scratch for the kernels, then one stretch that a call reserves and gives back. */
export class Memory {
  readonly kernels: Kernels;
  /** Pointer to SCRATCH_BYTES bytes. */
  readonly scratch: number;
  #uint16: Uint16Array = new Uint16Array(0);
  #float32: Float32Array = new Float32Array(0);
  #float64: Float64Array = new Float64Array(0);
  #bytes: Uint8Array = new Uint8Array(0);
  readonly #window: number;
  readonly #limit: number;
  #reserved = false;

  constructor(kernels: Kernels, limit: number) {
    this.kernels = kernels;
    this.#limit = limit;
    this.scratch = align(kernels.heapBase.value >>> 0);
    this.#window = align(this.scratch + SCRATCH_BYTES);
  }

  /**
   * A pointer to `bytes` bytes, until `release`. Grows the memory if it must, and then makes the views anew, so views
   * are to be asked for after it.
   */
  reserve(bytes: number): number {
    if (this.#reserved) throw new Error("softmax-simd: memory is reserved already");
    const end = this.#window + bytes;
    if (end > this.#bytes.length) this.#grow(end, bytes);
    this.#reserved = true;
    return this.#window;
  }

  release(): void {
    this.#reserved = false;
  }

  /** The whole memory as elements of the dtype. */
  view(dtype: Dtype): Elements {
    if (dtype === "float32") return this.#float32;
    return dtype === "float64" ? this.#float64 : this.#uint16;
  }

  /** The whole memory as bytes. */
  bytes(): Uint8Array {
    return this.#bytes;
  }

  #grow(end: number, bytes: number): void {
    const { memory } = this.kernels;
    const missing = Math.ceil((end - memory.buffer.byteLength) / PAGE_BYTES);
    if (end > this.#limit) throw outOfMemory(bytes, this.#limit);
    try {
      if (missing > 0) memory.grow(missing);
    } catch (cause) {
      throw outOfMemory(bytes, this.#limit, cause);
    }
    this.#uint16 = new Uint16Array(memory.buffer);
    this.#float32 = new Float32Array(memory.buffer);
    this.#float64 = new Float64Array(memory.buffer);
    this.#bytes = new Uint8Array(memory.buffer);
  }
}

function align(pointer: number): number {
  return Math.ceil(pointer / ALIGNMENT) * ALIGNMENT;
}

function outOfMemory(bytes: number, limit: number, cause?: unknown): RangeError {
  return new RangeError(`out of memory: asked for ${bytes} bytes, the limit is ${limit} bytes`, { cause });
}
