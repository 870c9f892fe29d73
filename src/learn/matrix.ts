// Samples as a matrix, one a row: from any kind of array, checked.

import { checkLength, describe, privateView, toElements } from "../check/arrays.js";
import { checkInput, type Kind } from "../check/input.js";
import { nest } from "../check/nested.js";
import { checkShape, formatShape, sameShape } from "../check/shape.js";
import { decodeFloat16 } from "../float16.js";

export type Floats = Float32Array | Float64Array;

/** Checked samples, the caller's own memory or a copy. float16 comes as float32. */
export interface Matrix {
  readonly dtype: "float32" | "float64";
  readonly data: Floats;
  readonly rows: number;
  readonly columns: number;
  readonly kind: Kind;
  /** An array of numbers that is not nested. */
  readonly flat: boolean;
}

/** What is known of a matrix beside its values: for arrays without a shape, `rows` or `columns`, and who says so. */
export interface Expected {
  readonly shape: readonly number[] | undefined;
  readonly rows?: number | undefined;
  readonly columns?: number | undefined;
  readonly by: string;
}

/** The option `shape`. */
export function checkMatrixShape(shape: unknown): readonly number[] | undefined {
  if (shape === undefined) return undefined;
  const sizes = checkShape(shape, "shape");
  if (sizes.length === 2) return sizes;
  throw new RangeError(`shape: expected [rows, columns], got ${formatShape(sizes)}`);
}

/** Reads a matrix; callbacks of the caller's may run, and none after its length is known. */
export function readMatrix(x: unknown, name: string, expected: Expected): Matrix {
  const { kind, dtype, data: own, shape } = checkInput(x, name);
  const length = checkLength(own, name);
  const [rows, columns] = sizesOf(name, length, shape, expected);
  const data = dtype === "float16" ? Float32Array.from(toElements(own), decodeFloat16) : privateView(own);
  return {
    dtype: dtype === "float64" ? "float64" : "float32",
    data: data as Floats,
    rows,
    columns,
    kind,
    flat: kind === "nested" && shape === undefined,
  };
}

function sizesOf(
  name: string,
  length: number,
  own: readonly number[] | undefined,
  { shape, rows, columns, by }: Expected,
): readonly [number, number] {
  const given = shape ?? own;
  if (own !== undefined && shape !== undefined && !sameShape(own, shape)) {
    throw new RangeError(`shape: expected ${formatShape(own)} as ${name} has, got ${formatShape(shape)}`);
  }
  if (given !== undefined && given.length !== 2) {
    throw new RangeError(`${name}: expected two axes, [rows, columns], got shape ${formatShape(given)}`);
  }
  const [r, c] = (given ?? [rows ?? quotient(length, columns), columns ?? quotient(length, rows)]) as [number, number];
  if (rows !== undefined && r !== rows) throw new RangeError(`${name}: expected ${rows} rows as ${by}, got ${r}`);
  if (columns !== undefined && c !== columns) {
    throw new RangeError(`${name}: expected ${columns} columns as ${by}, got ${c}`);
  }
  if (Number.isInteger(r) && Number.isInteger(c) && r * c === length) return [r, c];
  if (given !== undefined) {
    throw new RangeError(`shape: ${formatShape(given)} holds ${r * c} elements, ${name} has ${length}`);
  }
  const wanted = rows === undefined ? `${columns} columns` : `${rows} rows`;
  throw new RangeError(`${name}: expected a multiple of ${wanted} as ${by}, got ${length} elements`);
}

function quotient(length: number, by: number | undefined): number {
  return length === 0 ? 0 : length / by!;
}

/** A RangeError for the first value that is not finite. */
export function checkFinite({ data, columns }: Matrix, name: string): void {
  for (let i = 0; i < data.length; i++) {
    // Zero for finite numbers, and quicker than asking for each.
    if (data[i]! * 0 === 0) continue;
    const at = `row ${Math.floor(i / columns)}, column ${i % columns}`;
    throw new RangeError(`${name}: expected finite numbers, got ${data[i]} in ${at}`);
  }
}

/** Values a row in the matrix' own kind. */
export function deliver({ kind, flat, rows }: Matrix, values: Floats, columns: number): unknown {
  if (flat) return Array.from(values);
  if (kind === "nested") return nest(values, [rows, columns]);
  return kind === "typed" ? values : { data: values, [kind]: [rows, columns] };
}

/** One weight a sample, of 0 or more, not all of them 0. Callbacks may run. */
export function readWeights(weights: unknown): Float64Array | undefined {
  if (weights === undefined) return undefined;
  if (!Array.isArray(weights) && !ArrayBuffer.isView(weights)) {
    throw new TypeError(`sampleWeight: expected an array of numbers, got ${describe(weights)}`);
  }
  return Float64Array.from(weights as ArrayLike<number>, (weight: unknown, i) => {
    if (typeof weight !== "number") {
      throw new TypeError(`sampleWeight[${i}]: expected a number, got ${describe(weight)}`);
    }
    if (weight >= 0 && weight < Infinity) return weight;
    throw new RangeError(`sampleWeight[${i}]: expected a finite number of 0 or more, got ${weight}`);
  });
}

/** Their sum; without weights, how many samples there are. */
export function totalOf(weights: Float64Array | undefined, samples: number): number {
  if (samples === 0) throw new RangeError("X: expected at least one row, got none");
  if (weights === undefined) return samples;
  if (weights.length !== samples) {
    throw new RangeError(`sampleWeight: expected ${samples} weights as y has labels, got ${weights.length}`);
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total > 0 && total < Infinity) return total;
  throw new RangeError(`sampleWeight: expected a sum that is positive and finite, got ${total}`);
}
