// A part of memory that a thread works on: the calling thread fills it, and records the kernel calls to make there.

import { PARALLEL_KERNELS, type ParallelKernels } from "../abi.js";
import type { Block } from "../heap.js";
import { type Linear, layoutAt, type Memory } from "../memory.js";
import type { Dtype, Elements } from "../types.js";
import type { Crew } from "./crew.js";
import type { PoolHeap } from "./heap.js";
import type { Call } from "./protocol.js";

export interface Slot extends Linear {
  readonly kernels: ParallelKernels;
  /** Forgets the calls of an earlier piece of work; up to `room` bytes of rows may pass, or one row. */
  begin(room: number): void;
  /** Has a thread make the calls; or, by `turns`, those of them that no other makes. */
  done(crew: Crew, turns?: number): Promise<void>;
}

/** Kernels that are not called: what they were to be called with goes to `calls`. */
function recorder(calls: Call[]): ParallelKernels {
  const names = Object.keys(PARALLEL_KERNELS);
  const record =
    (name: string) =>
    (...args: number[]) =>
      void calls.push([name, ...args]);
  return Object.fromEntries(names.map((name) => [name, record(name)])) as unknown as ParallelKernels;
}

/** A slot in the memory of the arrays. */
export class SharedSlot implements Slot {
  readonly kernels: ParallelKernels;
  readonly scratch: number;
  readonly rows: number;
  room = 0;
  readonly #heap: PoolHeap;
  readonly #calls: Call[] = [];
  /** Where the stretch is that rows pass through. */
  #window: Block | undefined;
  #bytes = 0;

  /** `kernels`: what is called at once, in place of being recorded. */
  constructor(heap: PoolHeap, kernels?: ParallelKernels) {
    this.#heap = heap;
    this.kernels = kernels ?? recorder(this.#calls);
    const { scratch, rows, start } = layoutAt(0);
    const at = heap.borrow("float64", start / 8).at as number;
    this.scratch = at + scratch;
    this.rows = at + rows;
  }

  begin(room: number): void {
    this.#calls.length = 0;
    this.room = room;
  }

  reserve(bytes: number): number {
    if (this.#window === undefined || bytes > this.#bytes) {
      this.#window?.free();
      this.#window = undefined;
      this.#window = this.#heap.borrow("float64", Math.ceil(bytes / 8));
      this.#bytes = bytes;
    }
    return this.#window.at as number;
  }

  release(): void {}

  view(dtype: Dtype): Elements {
    return this.#heap.memory.view(dtype);
  }

  bytes(): Uint8Array {
    return this.#heap.memory.bytes();
  }

  async done(crew: Crew, turns?: number): Promise<void> {
    await crew.do({ calls: this.#calls, turns, buffer: undefined, from: 0 });
  }
}

/** A slot that stands for a thread's own memory, which gets what it holds, and gives it back. */
export class PostedSlot implements Slot {
  readonly kernels: ParallelKernels;
  readonly scratch: number;
  readonly rows: number;
  room = 0;
  readonly #start: number;
  readonly #calls: Call[] = [];
  #buffer: ArrayBuffer = new ArrayBuffer(0);

  /** `memory`: of another instance of the threads' module, which has the same layout. */
  constructor({ scratch, rows, start }: Memory) {
    this.kernels = recorder(this.#calls);
    this.scratch = scratch;
    this.rows = rows;
    this.#start = start;
  }

  begin(room: number): void {
    this.#calls.length = 0;
    this.room = room;
  }

  reserve(bytes: number): number {
    const end = this.#start + Math.ceil(bytes / 8) * 8;
    // Where a thread died, its buffer is gone.
    if (this.#buffer.byteLength < end) this.#buffer = new ArrayBuffer(end);
    return this.#start;
  }

  release(): void {}

  view(dtype: Dtype): Elements {
    if (dtype === "float32") return new Float32Array(this.#buffer);
    return dtype === "float64" ? new Float64Array(this.#buffer) : new Uint16Array(this.#buffer);
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.#buffer);
  }

  async done(crew: Crew): Promise<void> {
    this.#buffer = (await crew.do({ calls: this.#calls, buffer: this.#buffer, from: this.rows })) as ArrayBuffer;
  }
}

/** The slots of a pool: whoever takes one gives it back. */
export class Slots {
  readonly #free: Slot[];
  readonly #waiting: ((slot: Slot) => void)[] = [];

  constructor(slots: readonly Slot[]) {
    this.#free = [...slots];
  }

  async take(): Promise<Slot> {
    return this.#free.pop() ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  give(slot: Slot): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(slot);
    else next(slot);
  }
}
