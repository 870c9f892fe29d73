// Kinds of arrays, told without instanceof, so that arrays of other realms are known too.

import { decodeFloat16 } from "../float16.js";
import type { Dtype, Elements } from "../types.js";

interface ElementsConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): Elements;
}

const TypedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object;

function getterOf<T>(name: string | symbol): (this: unknown) => T {
  return Object.getOwnPropertyDescriptor(TypedArrayPrototype, name)?.get as (this: unknown) => T;
}

// The intrinsic accessors: no property of the caller's array can shadow them. Each has a function of its own, so that
// V8 can inline it.
const nameGetter = getterOf<string | undefined>(Symbol.toStringTag);
const lengthGetter = getterOf<number>("length");
const bufferGetter = getterOf<ArrayBufferLike>("buffer");
const byteOffsetGetter = getterOf<number>("byteOffset");
const byteLengthGetter = getterOf<number>("byteLength");
const { keys, set } = TypedArrayPrototype as {
  keys(this: unknown): unknown;
  set(this: unknown, from: unknown, offset: number): void;
};

/** "Float32Array" and the like; undefined for what is no typed array. */
export function typedArrayName(value: unknown): string | undefined {
  return nameGetter.call(value);
}

/** The length; 0 when detached or out of bounds. */
export function lengthOf(array: unknown): number {
  return lengthGetter.call(array);
}

// A small array's buffer is made when first asked for, which takes longer than a small softmax: ask for it last.
export function bufferOf(array: unknown): ArrayBufferLike {
  return bufferGetter.call(array);
}

export function byteOffsetOf(array: unknown): number {
  return byteOffsetGetter.call(array);
}

export function byteLengthOf(array: unknown): number {
  return byteLengthGetter.call(array);
}

/** Copies all of `from` into `to`, from index `start` on. */
export function copyInto(to: Elements, from: Elements, start = 0): void {
  set.call(to, from, start);
}

/** The length; a TypeError for an array whose buffer is detached, or has shrunk from under it. */
export function checkLength(array: unknown, name: string): number {
  const length = lengthOf(array);
  if (length === 0) checkGone(array, name);
  return length;
}

function checkGone(array: unknown, name: string): void {
  try {
    keys.call(array);
  } catch {
    throw new TypeError(`${name}: expected an array with live memory, got one whose buffer is detached or has shrunk`);
  }
}

/** The names of the arrays that have elements of a dtype. */
export const TYPE_NAMES: Readonly<Record<Dtype, string>> = {
  float16: "Float16Array",
  float32: "Float32Array",
  float64: "Float64Array",
};

export function dtypeOf(typeName: string | undefined): Dtype | undefined {
  if (typeName === "Float32Array") return "float32";
  if (typeName === "Float64Array") return "float64";
  return typeName === "Float16Array" ? "float16" : undefined;
}

/** A zero-filled array for elements of the dtype. */
export function allocate(dtype: Dtype, length: number): Elements {
  if (dtype === "float32") return new Float32Array(length);
  return dtype === "float64" ? new Float64Array(length) : new Uint16Array(length);
}

/** The same for a result that may be far larger than what it is made of. */
export function allocateLarge(dtype: Dtype, length: number): Elements {
  try {
    return allocate(dtype, length);
  } catch (cause) {
    const bytes = length * (dtype === "float64" ? 8 : dtype === "float32" ? 4 : 2);
    throw new RangeError(`out of memory: asked for a result of ${bytes} bytes`, { cause });
  }
}

/** The elements as numbers, in fresh memory; those of a Uint16Array are float16 bits. */
export function toNumbers(array: Elements): Float64Array {
  const numbers = new Float64Array(array);
  return typedArrayName(array) === "Uint16Array" ? numbers.map(decodeFloat16) : numbers;
}

/** Whether two typed arrays of one type and length share bytes, other than by being the same stretch of them. */
export function overlaps(a: unknown, b: unknown): boolean {
  return a !== b && byteOffsetOf(a) !== byteOffsetOf(b) && shareBytes(a, b);
}

/** Whether two typed arrays share bytes. */
export function shareBytes(a: unknown, b: unknown): boolean {
  if (bufferOf(a) !== bufferOf(b)) return false;
  const startA = byteOffsetOf(a);
  const startB = byteOffsetOf(b);
  return startA < startB + byteLengthOf(b) && startB < startA + byteLengthOf(a);
}

/** What an error message says that it got. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  const name = typedArrayName(value);
  if (name !== undefined) return `${name}(${lengthOf(value)})`;
  if (Array.isArray(value)) return `an array of length ${value.length}`;
  if (typeof value === "string") return value.length > 40 ? "a string" : JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (typeof value === "object") return "an object";
  return String(value);
}

/**
 * A view of our own over `length` elements of the array's memory. The methods and properties of the caller's array may
 * be the caller's: a subclass' species would run its code in the middle of our work.
 */
export function privateView(array: Elements, start = 0, length: number = lengthOf(array) - start): Elements {
  const View = constructorOf(typedArrayName(array));
  return new View(bufferOf(array), byteOffsetOf(array) + start * View.BYTES_PER_ELEMENT, length);
}

function constructorOf(typeName: string | undefined): ElementsConstructor {
  if (typeName === "Float32Array") return Float32Array;
  if (typeName === "Float64Array") return Float64Array;
  return Reflect.get(globalThis, typeName as string);
}

/** The bits of a Float16Array, a view over its memory; any other array as it is. */
export function toElements(array: Elements): Elements {
  if (typedArrayName(array) !== "Float16Array") return array;
  return new Uint16Array(bufferOf(array), byteOffsetOf(array), lengthOf(array));
}

/** A Float16Array over all of the memory that has its bits. */
export function fromBits(bits: Elements): Elements {
  return new (constructorOf("Float16Array"))(bits.buffer);
}
