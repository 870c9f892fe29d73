// Arrays that stay: the handles that `allocate` gives out, and what a call has to know of them.

import { allocate, checkLength, copyInto, describe } from "./check/arrays.js";
import { checkInput, type Input } from "./check/input.js";
import { checkIndex } from "./check/options.js";
import type { Output } from "./check/output.js";
import { checkShape, formatShape, sameShape, sizeOf } from "./check/shape.js";
import type { RawMask } from "./check/where.js";
import { dispose } from "./dispose.js";
import type { Engine } from "./engine.js";
import { decodeFloat16 } from "./float16.js";
import type { Block, Heap } from "./heap.js";
import type { Memory } from "./memory.js";
import type { Elements, ResidentDtype } from "./types.js";

/** What a handle is to a call: its dtype, its values and its shape. */
export interface Resident {
  readonly dtype: ResidentDtype;
  readonly data: Elements;
  readonly shape: readonly number[];
  /** The pointer, where kernels can work on it. */
  readonly at: number | undefined;
}

/** Where in the memory of the handles the inputs stand, and a result goes; undefined for what is not there. */
export interface Place {
  readonly memory: Memory;
  readonly x: number | undefined;
  readonly other: number | undefined;
  readonly y: number | undefined;
}

/** The arrays that one surface has allocated. */
export class Store {
  readonly #engine: Engine;
  #heap: Heap | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  allocate(dtype: unknown, shape: unknown): Handle {
    checkDtype(dtype);
    const sizes = checkShape(typeof shape === "number" ? [shape] : shape, "shape");
    return new Handle(this, dtype, sizes, this.#block(dtype, sizeOf(sizes)));
  }

  /** What a handle holds; undefined for anything else. */
  read(value: unknown, name: string): Resident | undefined {
    return Handle.read(value, this, name);
  }

  /** Where an array's values stand in the memory of the handles; an error for what is there, but in no live array. */
  locate(array: unknown, name: string): number | undefined {
    return this.#heap?.locate(array, name);
  }

  /** Where the kernels can work on the handles' memory itself; undefined where values have to pass through the window. */
  place(x: Input, other: Input | undefined, out: Output | undefined, mask: RawMask | undefined): Place | undefined {
    const heap = this.#heap;
    if (heap === undefined) return undefined;
    const from = x.at ?? heap.locate(x.data, x.name);
    const second = other && (other.at ?? heap.locate(other.data, other.name));
    const to = out?.data && (out.at ?? heap.locate(out.data, "out"));
    if (mask?.source !== undefined) heap.locate(mask.source, "where");
    return mask === undefined ? { memory: heap.memory, x: from, other: second, y: to } : undefined;
  }

  #block(dtype: ResidentDtype, length: number): Block {
    const bytes = length * (dtype === "float32" ? 4 : 8);
    this.#heap ??= this.#engine.heap(bytes);
    if (this.#heap !== undefined) return this.#heap.allocate(dtype, length);
    const { budget } = this.#engine;
    const data = budget.take(bytes, bytes, () => allocate(dtype, length));
    return { at: undefined, data: () => data, free: () => budget.count(-bytes) };
  }
}

/** A handle. It is told by its private fields, which nothing else can have. */
class Handle {
  readonly dtype: ResidentDtype;
  readonly shape: readonly number[];
  readonly #store: Store;
  /** Undefined once freed. */
  #block: Block | undefined;

  constructor(store: Store, dtype: ResidentDtype, shape: readonly number[], block: Block) {
    this.dtype = dtype;
    this.shape = Object.freeze(shape);
    this.#store = store;
    this.#block = block;
    Object.freeze(this);
  }

  static read(value: unknown, store: Store, name: string): Resident | undefined {
    if (typeof value !== "object" || value === null || !(#store in value)) return undefined;
    if (value.#store !== store) {
      throw new TypeError(`${name}: expected an array allocated by this instance, got one of another instance`);
    }
    return { dtype: value.dtype, data: value.#data(name), shape: value.shape, at: value.#block?.at };
  }

  get data(): Elements {
    return this.#data("data");
  }

  set(values: unknown, offset?: unknown): void {
    const input = checkInput(values, "values", this.#store);
    const to = this.#data("set");
    this.#store.locate(input.data, "values");
    const start = checkOffset(offset, checkLength(input.data, "values"), input.shape, this.shape);
    const bits = input.label !== undefined;
    copyInto(to, bits ? Float32Array.from(input.data, decodeFloat16) : input.data, start);
  }

  free(): void {
    const block = this.#block;
    this.#block = undefined;
    block?.free();
  }

  [dispose](): void {
    this.free();
  }

  #data(name: string): Elements {
    if (this.#block !== undefined) return this.#block.data();
    throw new TypeError(`${name}: expected an allocated array, got one that was freed`);
  }
}

function checkDtype(dtype: unknown): asserts dtype is ResidentDtype {
  if (dtype === "float32" || dtype === "float64") return;
  const text = `dtype: expected "float32" or "float64", got ${describe(dtype)}`;
  throw typeof dtype === "string" ? new RangeError(text) : new TypeError(text);
}

/** Where `length` values of shape `own`, if they have one, go in an array of the shape. */
function checkOffset(
  offset: unknown,
  length: number,
  own: readonly number[] | undefined,
  shape: readonly number[],
): number {
  const size = sizeOf(shape);
  if (offset === undefined) {
    if (length === size && (own === undefined || sameShape(own, shape))) return 0;
    throw new RangeError(`values: expected shape ${formatShape(shape)}, got ${formatShape(own ?? [length])}`);
  }
  return checkIndex(offset, "offset", size - length + 1);
}
