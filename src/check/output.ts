// out: read while callbacks may still run, held against x and the mask once they cannot.

import type { Store } from "../store.js";
import type { FloatArray } from "../types.js";
import { checkGone, describe, dtypeOf, lengthOf, overlaps, shareBytes, typedArrayName } from "./arrays.js";
import { checkInput, type Input, NO_ROWS } from "./input.js";
import { flatten, type Row } from "./nested.js";
import { formatShape } from "./shape.js";
import type { RawMask } from "./where.js";

/** Where a result is to go: memory, or the rows of nested arrays, which are filled at the end. */
export interface Output {
  readonly object: unknown;
  readonly data: FloatArray | undefined;
  readonly shape: readonly number[] | undefined;
  readonly rows: readonly Row[];
}

/** Reads `out`, which must be of x's kind. Callbacks of the caller's may run. */
export function readOut(out: unknown, x: Input, store: Store | undefined): Output | undefined {
  if (out === undefined) return undefined;
  if (x.kind === "nested") return readNested(out);
  if (x.kind !== "typed") return readTensorOut(out, x, store);
  const own = ArrayBuffer.isView(out) ? undefined : store?.read(out, "out");
  if (own === undefined) return { object: out, data: checkDtype(out, x, "out"), shape: undefined, rows: NO_ROWS };
  // A typed array as x has no shape to hold it against.
  return { object: out, data: checkDtype(own.data, x, "out"), shape: x.shape && own.shape, rows: NO_ROWS };
}

function readNested(out: unknown): Output {
  if (!Array.isArray(out)) throw new TypeError(`out: expected nested arrays as x is, got ${describe(out)}`);
  const { shape, rows } = flatten(out, "out", () => 0);
  return { object: out, data: undefined, shape, rows };
}

function readTensorOut(out: unknown, x: Input, store: Store | undefined): Output {
  if (typeof out !== "object" || out === null || ArrayBuffer.isView(out) || Array.isArray(out)) {
    throw new TypeError(`out: expected a tensor as x is, got ${describe(out)}`);
  }
  const { data, shape } = checkInput(out, "out", store);
  return { object: out, data: checkDtype(data, x, "out.data"), shape, rows: NO_ROWS };
}

function checkDtype(array: unknown, x: Input, name: string): FloatArray {
  if (dtypeOf(typedArrayName(array)) === x.dtype) return array as FloatArray;
  throw new TypeError(`${name}: expected ${typedArrayName(x.data)} as x is, got ${describe(array)}`);
}

/** Holds `out` against x, whose shape is given, and the mask; no callback runs from here on. */
export function checkOut(out: Output, x: Input, shape: readonly number[], mask: RawMask | undefined): void {
  if (out.shape !== undefined && formatShape(out.shape) !== formatShape(shape)) {
    throw new RangeError(`out: expected shape ${formatShape(shape)} as x has, got ${formatShape(out.shape)}`);
  }
  if (out.data === undefined) checkRows(out.rows, x.rows, mask?.rows ?? []);
  else checkMemory(out.data, x.data, mask?.source);
}

function checkMemory(out: FloatArray, x: FloatArray, mask: unknown): void {
  checkGone(out, "out");
  if (lengthOf(out) !== lengthOf(x)) {
    throw new RangeError(`out: expected length ${lengthOf(x)} as x has, got ${lengthOf(out)}`);
  }
  if (overlaps(out, x)) throw overlap("x", "x itself or ");
  if (mask !== undefined && shareBytes(out, mask)) throw overlap("where");
}

function checkRows(out: readonly Row[], x: readonly Row[], mask: readonly Row[]): void {
  if (out.some(Object.isFrozen)) throw new TypeError("out: expected arrays that can be written, got frozen ones");
  if (new Set(out).size < out.length)
    throw new RangeError("out: expected each row once, got one array as several rows");
  if (share(out, x) && !out.every((row, i) => row === x[i])) throw overlap("x", "x itself or ");
  if (share(out, mask)) throw overlap("where");
}

function share(a: readonly Row[], b: readonly Row[]): boolean {
  const rows = new Set(b);
  return a.some((row) => rows.has(row));
}

function overlap(name: string, also = ""): RangeError {
  return new RangeError(`out: expected ${also}memory apart from ${name}, got memory that overlaps it`);
}
