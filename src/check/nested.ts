// Arrays of arrays: taken apart and put together.

import { describe } from "./arrays.js";
import { formatShape } from "./shape.js";

export interface Flat<T> {
  readonly values: T[];
  readonly shape: number[];
}

/** The elements in row-major order, each through `element`. A RangeError for ragged arrays. */
export function flatten<T>(
  nested: readonly unknown[],
  name: string,
  element: (value: unknown, where: string) => T,
): Flat<T> {
  const shape = shapeOf(nested);
  const values: T[] = [];
  collect(nested, 0, name);
  return { values, shape };

  function collect(value: unknown, depth: number, where: string): void {
    if (depth === shape.length) {
      if (Array.isArray(value)) throw ragged(where, "a number", value);
      values.push(element(value, where));
      return;
    }
    if (!Array.isArray(value)) throw ragged(where, `an array of length ${shape[depth]}`, value);
    const length = value.length;
    if (length !== shape[depth]) throw ragged(where, `an array of length ${shape[depth]}`, value);
    for (let i = 0; i < length; i++) collect(value[i], depth + 1, `${where}[${i}]`);
  }

  function ragged(where: string, expected: string, got: unknown): Error {
    const text = `${where}: expected ${expected} for shape ${formatShape(shape)}, got ${describe(got)}`;
    return Array.isArray(got) ? new RangeError(`${text}; nested arrays must not be ragged`) : new TypeError(text);
  }
}

/** The shape that the first elements tell. */
function shapeOf(nested: readonly unknown[]): number[] {
  const shape: number[] = [];
  for (let level: unknown = nested; Array.isArray(level); level = level[0]) {
    if (shape.length === 32) throw new RangeError("nested arrays: expected at most 32 levels");
    shape.push(level.length);
  }
  return shape;
}

/** Row-major values as arrays of arrays. */
export function nest(values: ArrayLike<number>, shape: readonly number[]): unknown[] {
  let at = 0;
  const build = (depth: number): unknown =>
    depth === shape.length ? values[at++] : Array.from({ length: shape[depth] as number }, () => build(depth + 1));
  return build(0) as unknown[];
}

/** Writes row-major values into arrays of arrays of that shape. */
export function fill(target: unknown[], values: ArrayLike<number>, shape: readonly number[]): void {
  let at = 0;
  const write = (level: unknown[], depth: number): void => {
    const last = depth === shape.length - 1;
    for (let i = 0; i < (shape[depth] as number); i++) {
      if (last) level[i] = values[at++];
      else write(level[i] as unknown[], depth + 1);
    }
  };
  write(target, 0);
}
