// Masks: any accepted form as one byte an element of x.

import { describe, typedArrayName } from "./arrays.js";
import { flatten } from "./nested.js";
import { checkShape, type Extent, formatShape, sizeOf } from "./shape.js";

/** A mask's values, one byte each, and its shape where it has one. */
export interface RawMask {
  readonly bytes: Uint8Array;
  readonly shape: readonly number[] | undefined;
  /** The caller's typed array, for the overlap check. */
  readonly source: unknown;
}

/** Reads a mask; callbacks of the caller's may run. */
export function readMask(where: unknown): RawMask {
  if (typedArrayName(where) !== undefined) return { bytes: bytesOf(where, "where"), shape: undefined, source: where };
  if (Array.isArray(where)) {
    const { values, shape } = flatten(where, "where", keepAt);
    return { bytes: Uint8Array.from(values), shape: shape.length > 1 ? shape : undefined, source: undefined };
  }
  if (typeof where !== "object" || where === null) throw wrongKind(where);
  const { data, shape, dims } = where as Record<string, unknown>;
  if (data === undefined || (shape ?? dims) === undefined) throw wrongKind(where);
  const own = shape === undefined ? checkShape(dims, "where.dims") : checkShape(shape, "where.shape");
  const bytes = bytesOf(data, "where.data");
  if (sizeOf(own) !== bytes.length) {
    throw new RangeError(`where: shape ${formatShape(own)} does not multiply to its length ${bytes.length}`);
  }
  return { bytes, shape: own, source: data };
}

function wrongKind(where: unknown): TypeError {
  return new TypeError(`where: expected booleans or 0 and 1 in an array, or { data, shape }, got ${describe(where)}`);
}

function bytesOf(values: unknown, name: string): Uint8Array {
  if (typedArrayName(values) === undefined && !Array.isArray(values)) {
    throw new TypeError(`${name}: expected an array of booleans or 0 and 1, got ${describe(values)}`);
  }
  const list = values as ArrayLike<unknown>;
  const bytes = new Uint8Array(list.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = keepByte(list[i], name, i);
  return bytes;
}

function keepByte(value: unknown, name: string, index: number): number {
  return value === 1 || value === 0 ? value : keepAt(value, `${name}[${index}]`);
}

function keepAt(value: unknown, where: string): number {
  if (value === true || value === 1 || value === 1n) return 1;
  if (value === false || value === 0 || value === 0n) return 0;
  const message = `${where}: expected true, false, 0 or 1, got ${describe(value)}`;
  throw typeof value === "number" || typeof value === "bigint" ? new RangeError(message) : new TypeError(message);
}

/** The mask of every element of x, in x's order. */
export function broadcastMask(mask: RawMask, shape: readonly number[], extent: Extent): Uint8Array {
  const size = sizeOf(shape);
  if (mask.shape !== undefined) return broadcast(mask.bytes, mask.shape, shape);
  if (mask.bytes.length === size) return mask.bytes;
  if (mask.bytes.length === extent.length) return broadcastAxis(mask.bytes, extent);
  throw new RangeError(
    `where: expected ${size} elements (all of x) or ${extent.length} (one axis), got ${mask.bytes.length}`,
  );
}

function broadcastAxis(bytes: Uint8Array, { outer, length, inner }: Extent): Uint8Array {
  const all = new Uint8Array(outer * length * inner);
  for (let l = 0; l < length; l++) all.fill(bytes[l] as number, l * inner, (l + 1) * inner);
  for (let o = 1; o < outer; o++) all.copyWithin(o * length * inner, 0, length * inner);
  return all;
}

/** NumPy's rule: sizes are aligned at the last axis, and each is x's or 1. */
function broadcast(bytes: Uint8Array, from: readonly number[], to: readonly number[]): Uint8Array {
  const missing = to.length - from.length;
  const fits = missing >= 0 && from.every((n, i) => n === to[missing + i] || n === 1);
  if (!fits) {
    throw new RangeError(`where: shape ${formatShape(from)} does not broadcast to x's shape ${formatShape(to)}`);
  }
  const all = new Uint8Array(sizeOf(to));
  let at = 0;
  const copy = (axis: number, start: number, block: number): void => {
    if (axis === to.length) {
      all[at++] = bytes[start] as number;
      return;
    }
    const own = axis < missing ? 1 : (from[axis - missing] as number);
    const step = block / own;
    for (let i = 0; i < (to[axis] as number); i++) copy(axis + 1, own === 1 ? start : start + i * step, step);
  };
  if (all.length > 0) copy(0, 0, bytes.length);
  return all;
}
