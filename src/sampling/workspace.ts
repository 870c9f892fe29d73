// The memory that a sampler keeps, in an instance of its own: a row of logits, the mask, and what the kernels work in.

import { type SamplingKernels, samplingWorkBytes } from "../abi.js";
import { copyInto } from "../check/arrays.js";
import type { Engine } from "../engine.js";
import { align, type Memory } from "../memory.js";
import { type EditRow, type Floats, nothingOf } from "./edits.js";
import { samplingKernels } from "./engine.js";
import type { Filters } from "./options.js";

/** The kernel that draws wants room for as many rows. */
const ROWS = 4;

/** Bytes for the uniform number and the token. */
const DRAW_BYTES = 64;

export class Workspace {
  readonly #memory: Memory;
  readonly #kernels: SamplingKernels;
  readonly #columns: number;
  readonly #masked: boolean;
  readonly #start: number;
  #double = false;

  /** Undefined where no kernel can serve. `mask`: one byte a column. */
  static make(engine: Engine, columns: number, mask: Uint8Array | undefined): Workspace | undefined {
    const memory = engine.separate(bytesFor(columns, false));
    return memory && new Workspace(memory, columns, mask);
  }

  private constructor(memory: Memory, columns: number, mask: Uint8Array | undefined) {
    this.#memory = memory;
    this.#kernels = samplingKernels(memory);
    this.#columns = columns;
    this.#masked = mask !== undefined;
    this.#start = memory.reserve(bytesFor(columns, false));
    if (mask !== undefined) memory.bytes().set(mask, this.#start + DRAW_BYTES);
  }

  /** The uniform number of the next draw. */
  place(uniform: number): void {
    this.#memory.view("float64")[this.#start / 8] = uniform;
  }

  /** The same, of a seed's stream. */
  seed(low: number, high: number, step: number): void {
    this.#kernels.uniforms(this.#start, 1, 1, 0, low, high, step % 2 ** 32, Math.floor(step / 2 ** 32));
  }

  /** A class drawn from logits; -1 where none can be. Makes no objects. */
  draw(logits: Floats, double: boolean, beta: number, filters: Filters, edit: EditRow | undefined): number {
    if (double && !this.#double) this.#widen();
    const memory = this.#memory;
    const kernels = this.#kernels;
    const columns = this.#columns;
    const start = this.#start;
    const x = start + DRAW_BYTES + align(columns);
    const first = double ? x / 8 : x / 4;
    const view = memory.view(double ? "float64" : "float32") as Floats;
    copyInto(view, logits, first);
    if (this.#masked) {
      const select = double ? kernels.selectF64 : kernels.selectF32;
      select(x, x, start + DRAW_BYTES, columns, nothingOf(beta));
    }
    if (edit !== undefined) edit(view, first, 0);
    const token = start + 8;
    const draw = double ? kernels.drawF64 : kernels.drawF32;
    const topK = Math.min(filters.topK, columns);
    const work = x + rowBytes(columns, double);
    const { topP, minP } = filters;
    const failed = draw(x, 1, columns, beta, topK, topP, minP, 1, 1, start, token, 0, work, memory.scratch);
    return failed < 0 ? int32At(memory.bytes(), token) : -1;
  }

  free(): void {
    this.#memory.drop();
  }

  /** Takes the memory that rows of float64 want; what there is stays. */
  #widen(): void {
    this.#memory.release();
    this.#memory.reserve(bytesFor(this.#columns, true));
    this.#double = true;
  }
}

function rowBytes(columns: number, double: boolean): number {
  return align(ROWS * columns * (double ? 8 : 4));
}

function bytesFor(columns: number, double: boolean): number {
  return DRAW_BYTES + align(columns) + rowBytes(columns, double) + align(samplingWorkBytes(columns));
}

function int32At(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}
