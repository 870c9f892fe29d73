// Kinds of arrays, told without instanceof, so that arrays of other realms are known too.

import type { Dtype, FloatArray } from "../types.js";

export type AnyTypedArray = Exclude<ArrayBufferView, DataView> & ArrayLike<number | bigint>;

const TypedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object;

function getter<T>(name: string | symbol): (array: unknown) => T {
  const get = Object.getOwnPropertyDescriptor(TypedArrayPrototype, name)?.get as (this: unknown) => T;
  return (array) => get.call(array);
}

/** "Float32Array" and the like; undefined for what is no typed array. */
export const typedArrayName: (value: unknown) => string | undefined = getter(Symbol.toStringTag);

/** The intrinsic length: no property of the array itself can shadow it. 0 when detached or out of bounds. */
export const lengthOf: (array: unknown) => number = getter("length");

const bufferOf: (array: unknown) => ArrayBufferLike = getter("buffer");
const byteOffsetOf: (array: unknown) => number = getter("byteOffset");
const byteLengthOf: (array: unknown) => number = getter("byteLength");
const keysOf = (Uint8Array.prototype as { keys: (this: unknown) => unknown }).keys;

/** Whether the array's buffer is detached, or has shrunk from under it. */
export function isGone(array: unknown): boolean {
  if (lengthOf(array) > 0) return false;
  try {
    keysOf.call(array);
    return false;
  } catch {
    return true;
  }
}

export function dtypeOf(typeName: string | undefined): Dtype | undefined {
  if (typeName === "Float32Array") return "float32";
  return typeName === "Float64Array" ? "float64" : undefined;
}

/** A zero-filled array of the dtype. */
export function allocate(dtype: Dtype, length: number): FloatArray {
  return dtype === "float32" ? new Float32Array(length) : new Float64Array(length);
}

/** Whether two typed arrays share bytes, other than by being the same stretch of them. */
export function overlaps(a: unknown, b: unknown): boolean {
  return shareBytes(a, b) && !(byteOffsetOf(a) === byteOffsetOf(b) && byteLengthOf(a) === byteLengthOf(b));
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
 * A view of our own over the array's memory. The methods of the caller's array may be the caller's: a subclass' species
 * would run its code in the middle of our work.
 */
export function privateView(array: FloatArray): FloatArray {
  const buffer = bufferOf(array);
  return array.BYTES_PER_ELEMENT === 4
    ? new Float32Array(buffer, byteOffsetOf(array), lengthOf(array))
    : new Float64Array(buffer, byteOffsetOf(array), lengthOf(array));
}
