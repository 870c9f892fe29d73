// Shapes and axes.

import { describe, typedArrayName } from "./arrays.js";

/** The three numbers that a kernel knows of a shape: rows of `length` elements that stand `inner` apart. */
export interface Extent {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
  /** The axes taken together: from `first` to before `end`. */
  readonly first: number;
  readonly end: number;
}

/** Where row r begins. */
export function firstOf({ length, inner }: Pick<Extent, "length" | "inner">, r: number): number {
  return Math.floor(r / inner) * length * inner + (r % inner);
}

/** A copy of a shape: a list of integers of 0 and more. */
export function checkShape(shape: unknown, name: string): number[] {
  if (!Array.isArray(shape) && !isIntegerArray(shape)) {
    throw new TypeError(`${name}: expected an array of sizes, got ${describe(shape)}`);
  }
  const sizes = new Array<number>(shape.length);
  for (let i = 0; i < sizes.length; i++) sizes[i] = checkSize(shape[i], name, i);
  return sizes;
}

function isIntegerArray(value: unknown): value is ArrayLike<unknown> {
  return /^(Int|Uint)(8|16|32)Array$/.test(typedArrayName(value) ?? "");
}

function checkSize(size: unknown, name: string, index: number): number {
  if (typeof size !== "number") throw new TypeError(`${name}[${index}]: expected a number, got ${describe(size)}`);
  if (Number.isSafeInteger(size) && size >= 0) return size;
  throw new RangeError(`${name}[${index}]: expected an integer of 0 or more, got ${size}`);
}

/** The product of the sizes from axis `first` to before axis `end`. */
export function sizeOf(shape: readonly number[], first = 0, end: number = shape.length): number {
  let size = 1;
  for (let axis = first; axis < end; axis++) size *= shape[axis] as number;
  return size;
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

/** What `axis` makes of a shape. A scalar counts as a row of one. */
export function checkAxis(axis: unknown, shape: readonly number[]): Extent {
  if (axis === null) return extent(shape, 0, shape.length - 1);
  const rank = Math.max(shape.length, 1);
  if (axis === undefined) return extent(shape, rank - 1, rank - 1);
  if (typeof axis === "number") {
    const only = checkAxisNumber(axis, rank, shape);
    return extent(shape, only, only);
  }
  if (!Array.isArray(axis)) {
    throw new TypeError(`axis: expected an integer, a list of adjacent axes or null, got ${describe(axis)}`);
  }
  const axes: number[] = [];
  for (let i = 0; i < axis.length; i++) axes.push(checkAxisNumber(axis[i], rank, shape));
  axes.sort((a, b) => a - b);
  const first = axes[0];
  if (first === undefined || axes.some((a, i) => a !== first + i)) {
    throw new RangeError(`axis: expected adjacent axes, each once, got [${axis.join(", ")}]`);
  }
  return extent(shape, first, first + axes.length - 1);
}

function checkAxisNumber(axis: unknown, rank: number, shape: readonly number[]): number {
  if (typeof axis !== "number") throw new TypeError(`axis: expected an integer, got ${describe(axis)}`);
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  throw new RangeError(
    `axis: expected an integer from ${-rank} to ${rank - 1} for shape ${formatShape(shape)}, got ${axis}`,
  );
}

function extent(shape: readonly number[], first: number, last: number): Extent {
  return {
    outer: sizeOf(shape, 0, first),
    length: sizeOf(shape, first, Math.min(last + 1, shape.length)),
    inner: sizeOf(shape, last + 1),
    first,
    end: last + 1,
  };
}

/**
 * What an op makes of its rows: as many elements again, one number, a count of them, or tensors of as many elements on
 * each axis.
 */
export type Form = "same" | "reduced" | "kept" | "chosen" | "squared" | "cubed";

/**
 * The shape of an op's result: `kept` leaves axes of size 1 where rows were reduced; new axes come last, that of a count of
 * elements too.
 */
export function resultShape(
  form: Form,
  shape: readonly number[],
  { first, end, length }: Extent,
  count = 1,
): readonly number[] {
  if (form === "same") return shape;
  const before = shape.slice(0, first);
  const after = shape.slice(end);
  if (form === "kept") return [...before, ...shape.slice(first, end).fill(1), ...after];
  if (form === "reduced") return [...before, ...after];
  if (form === "chosen") return [...before, ...after, count];
  return [...before, ...after, length, length, ...(form === "cubed" ? [length] : [])];
}
