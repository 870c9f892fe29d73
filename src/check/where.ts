// Masks: any accepted form as one byte an element of x.

import { checkLength, describe, typedArrayName } from "./arrays.js";
import { flatten, type Row } from "./nested.js";
import { type Extent, formatShape, sizeOf } from "./shape.js";
import { readTensor, startOf, type Tensor } from "./tensor.js";

/** A mask's values, one byte each, and its shape where it has one. */
export interface RawMask {
  readonly bytes: Uint8Array;
  readonly shape: readonly number[] | undefined;
  /** The caller's typed array, or the innermost of the caller's arrays: `out` must not overlap them. */
  readonly source: unknown;
  readonly rows: readonly Row[];
}

/** Reads a mask; callbacks of the caller's may run. */
export function readMask(where: unknown): RawMask {
  if (typedArrayName(where) !== undefined) return typedMask(where);
  if (Array.isArray(where)) {
    const { values, shape, rows } = flatten(where, "where", keepByte);
    return { bytes: new Uint8Array(values), shape: shape.length > 1 ? shape : undefined, source: undefined, rows };
  }
  const tensor = typeof where === "object" && where !== null ? readTensor(where, "where") : undefined;
  if (tensor !== undefined) return tensorMask(tensor);
  throw new TypeError(`where: expected booleans or 0 and 1 in an array, or { data, shape }, got ${describe(where)}`);
}

function typedMask(where: unknown): RawMask {
  const bytes = bytesOf(where, 0, checkLength(where, "where"), "where");
  return { bytes, shape: undefined, source: where, rows: [] };
}

function tensorMask(tensor: Tensor): RawMask {
  const { data, shape } = tensor;
  const isTyped = typedArrayName(data) !== undefined;
  if (!isTyped && !Array.isArray(data)) {
    throw new TypeError(`where.data: expected an array of booleans or 0 and 1, got ${describe(data)}`);
  }
  const start = startOf(tensor, isTyped ? checkLength(data, "where.data") : (data as Row).length, "where");
  const bytes = bytesOf(data, start, sizeOf(shape), "where.data");
  return { bytes, shape, source: isTyped ? data : undefined, rows: isTyped ? [] : [data as Row] };
}

function bytesOf(values: unknown, start: number, length: number, name: string): Uint8Array {
  // An additive mask of 0 and -Infinity says the opposite of what a mask of 0 and 1 does.
  if (typedArrayName(values)?.startsWith("Float")) {
    throw new TypeError(`${name}: expected booleans or integers 0 and 1, got ${describe(values)}`);
  }
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    bytes[i] = keepByte((values as Row)[start + i], () => `${name}[${start + i}]`);
  }
  return bytes;
}

function keepByte(value: unknown, where: () => string): number {
  if (value === 1 || value === true || value === 1n) return 1;
  if (value === 0 || value === false || value === 0n) return 0;
  const message = `${where()}: expected true, false, 0 or 1, got ${describe(value)}`;
  throw typeof value === "number" || typeof value === "bigint" ? new RangeError(message) : new TypeError(message);
}

/** Values given for every element of x, for one axis, or in a shape of their own: one for each element, in x's order. */
export function broadcastTo<A extends Values>(
  values: A,
  own: readonly number[] | undefined,
  shape: readonly number[],
  extent: Extent,
  name: string,
): A {
  const size = sizeOf(shape);
  if (own !== undefined) return broadcast(values, own, shape, name);
  if (values.length === size) return values;
  if (values.length === extent.length) return broadcastAxis(values, extent);
  throw new RangeError(
    `${name}: expected ${size} elements (all of x) or ${extent.length} (one axis), got ${values.length}`,
  );
}

type Values = Uint8Array | Float32Array | Float64Array;

function make<A extends Values>(like: A, length: number): A {
  return new (like.constructor as new (length: number) => A)(length);
}

function broadcastAxis<A extends Values>(values: A, { outer, length, inner }: Extent): A {
  const all = make(values, outer * length * inner);
  for (let l = 0; l < length; l++) all.fill(values[l] as number, l * inner, (l + 1) * inner);
  for (let o = 1; o < outer; o++) all.copyWithin(o * length * inner, 0, length * inner);
  return all;
}

/** NumPy's rule: sizes are aligned at the last axis, and each is x's or 1. */
function broadcast<A extends Values>(values: A, from: readonly number[], to: readonly number[], name: string): A {
  const missing = to.length - from.length;
  const fits = missing >= 0 && from.every((n, i) => n === to[missing + i] || n === 1);
  if (!fits) {
    throw new RangeError(`${name}: shape ${formatShape(from)} does not broadcast to x's shape ${formatShape(to)}`);
  }
  const all = make(values, sizeOf(to));
  let at = 0;
  const copy = (axis: number, start: number, block: number): void => {
    if (axis === to.length) {
      all[at++] = values[start] as number;
      return;
    }
    const own = axis < missing ? 1 : (from[axis - missing] as number);
    const step = block / own;
    for (let i = 0; i < (to[axis] as number); i++) copy(axis + 1, own === 1 ? start : start + i * step, step);
  };
  if (all.length > 0) copy(0, 0, values.length);
  return all;
}
