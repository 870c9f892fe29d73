// out: read while callbacks may still run, held against x and the mask once they cannot.

import type { Store } from "../store.js";
import type { Elements } from "../types.js";
import { checkLength, describe, lengthOf, overlaps, shareBytes, TYPE_NAMES, typedArrayName } from "./arrays.js";
import { checkInput, type Input, NO_ROWS } from "./input.js";
import { flatten, type Row } from "./nested.js";
import { formatShape, sameShape } from "./shape.js";
import type { RawMask } from "./where.js";

/** Where a result is to go: memory, or the rows of nested arrays, which are filled at the end. */
export interface Output {
  readonly object: unknown;
  readonly data: Elements | undefined;
  readonly shape: readonly number[] | undefined;
  readonly rows: readonly Row[];
  /** The pointer to an allocated array; undefined for all else. */
  readonly at: number | undefined;
}

/** Reads `out`, which must be of x's kind. Callbacks of the caller's may run. */
export function readOut(out: unknown, x: Input, store: Store | undefined): Output | undefined {
  if (out === undefined) return undefined;
  if (x.kind === "nested") return readNested(out);
  if (x.kind !== "typed") return readTensorOut(out, x, store);
  const own = ArrayBuffer.isView(out) ? undefined : store?.read(out, "out");
  if (own === undefined) {
    return { object: out, data: checkType(out, x, "out"), shape: undefined, rows: NO_ROWS, at: undefined };
  }
  // A typed array as x has no shape to hold it against.
  return { object: out, data: checkType(own.data, x, "out"), shape: x.shape && own.shape, rows: NO_ROWS, at: own.at };
}

function readNested(out: unknown): Output {
  if (!Array.isArray(out)) throw new TypeError(`out: expected nested arrays as x is, got ${describe(out)}`);
  const { shape, rows } = flatten(out, "out", () => 0);
  return { object: out, data: undefined, shape, rows, at: undefined };
}

function readTensorOut(out: unknown, x: Input, store: Store | undefined): Output {
  if (typeof out !== "object" || out === null || ArrayBuffer.isView(out) || Array.isArray(out)) {
    throw new TypeError(`out: expected a tensor as x is, got ${describe(out)}`);
  }
  const { data, shape } = checkInput(out, "out", store);
  return { object: out, data: checkType(data, x, "out.data"), shape, rows: NO_ROWS, at: undefined };
}

function checkType(array: unknown, x: Input, name: string): Elements {
  const expected = x.label === undefined ? TYPE_NAMES[x.dtype] : "Uint16Array";
  if (typedArrayName(array) === expected) return array as Elements;
  throw new TypeError(`${name}: expected ${expected} as x is, got ${describe(array)}`);
}

/** Holds `out` against x, whose shape is given, and the mask; no callback runs from here on. */
export function checkOut(
  out: Output,
  x: Input,
  shape: readonly number[],
  length: number,
  mask: RawMask | undefined,
): void {
  if (out.shape !== undefined && !sameShape(out.shape, shape)) {
    throw new RangeError(`out: expected shape ${formatShape(shape)} as x has, got ${formatShape(out.shape)}`);
  }
  if (out.data === undefined) checkRows(out.rows, x.rows, mask?.rows ?? []);
  else checkMemory(out.data, x.data, length, mask?.source, out.at !== undefined && x.at !== undefined);
}

/** Allocated arrays are apart, or one. */
function checkMemory(out: Elements, x: Elements, length: number, mask: unknown, allocated: boolean): void {
  if (checkLength(out, "out") !== length) {
    throw new RangeError(`out: expected length ${length} as x has, got ${lengthOf(out)}`);
  }
  if (!allocated && overlaps(out, x)) throw overlap("x", "x itself or ");
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
