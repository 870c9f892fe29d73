// Arrays of arrays: taken apart and put together.

import { describe } from "./arrays.js";
import { formatShape } from "./shape.js";

/** An innermost array, as the caller has it. */
export type Row = readonly unknown[];

export interface Flat<T> {
  readonly values: readonly T[];
  readonly shape: readonly number[];
  /** The innermost arrays, in order. */
  readonly rows: readonly Row[];
}

/** Turns an element into a value, or throws an error that begins with `where()`. */
export type ReadElement<T> = (element: unknown, where: () => string) => T;

const MAX_DEPTH = 32;

/** The elements in row-major order, each read once. A RangeError for ragged arrays. */
export function flatten<T>(nested: Row, name: string, read: ReadElement<T>): Flat<T> {
  const values: T[] = [];
  const shape: number[] = [];
  const rows: Row[] = [];
  const path: number[] = [];
  // The first way down tells the shape.
  let shapeKnown = false;
  collect(nested, 0);
  return { values, shape, rows };

  function collect(level: Row, depth: number): void {
    const length = level.length;
    if (!shapeKnown) open(length);
    if (length !== shape[depth]) throw misfit(level, depth);
    for (let i = 0; i < length; i++) {
      const element = level[i];
      path[depth] = i;
      if (Array.isArray(element)) collect(element, depth + 1);
      else leaf(element, depth + 1, level);
    }
  }

  function open(length: number): void {
    if (shape.length === MAX_DEPTH) throw new RangeError(`${name}: expected at most ${MAX_DEPTH} levels of arrays`);
    shape.push(length);
    shapeKnown = length === 0;
  }

  function leaf(element: unknown, depth: number, row: Row): void {
    shapeKnown = true;
    if (depth !== shape.length) throw misfit(element, depth);
    if (path[depth - 1] === 0) rows.push(row);
    values.push(read(element, where));
  }

  function where(depth: number = shape.length): string {
    const indices = path.slice(0, depth).map((i) => `[${i}]`);
    return `${name}${indices.join("")}`;
  }

  function misfit(got: unknown, depth: number): Error {
    const expected = depth < shape.length ? `an array of length ${shape[depth]}` : "a single value";
    const text = `${where(depth)}: expected ${expected} for shape ${formatShape(shape)}, got ${describe(got)}`;
    const ragged = Array.isArray(got) || typeof got === "number" || typeof got === "boolean";
    return ragged ? new RangeError(`${text}; nested arrays must not be ragged`) : new TypeError(text);
  }
}

/** Row-major values as arrays of arrays. */
export function nest(values: ArrayLike<number>, shape: readonly number[]): unknown[] {
  let at = 0;
  const build = (depth: number): unknown =>
    depth === shape.length ? values[at++] : Array.from({ length: shape[depth] as number }, () => build(depth + 1));
  return build(0) as unknown[];
}

/** Writes row-major values into rows of equal length. */
export function fill(rows: readonly Row[], values: ArrayLike<number>): void {
  const columns = values.length / rows.length;
  rows.forEach((row, r) => {
    for (let c = 0; c < columns; c++) (row as unknown[])[c] = values[r * columns + c];
  });
}
