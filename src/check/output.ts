// out: read while callbacks may still run, held against x and the mask once they cannot.

import type { Store } from "../store.js";
import type { Elements } from "../types.js";
import { checkLength, describe, lengthOf, overlaps, shareBytes, TYPE_NAMES, typedArrayName } from "./arrays.js";
import { checkInput, type Input, NO_ROWS } from "./input.js";
import { flatten, type Row } from "./nested.js";
import { type Form, formatShape, sameShape, sizeOf } from "./shape.js";
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
  if (x.kind === "nested") return readNested(out, x);
  if (x.kind !== "typed") return readTensorOut(out, x, store);
  const own = ArrayBuffer.isView(out) ? undefined : store?.read(out, "out");
  if (own === undefined) {
    return { object: out, data: checkType(out, x, "out"), shape: undefined, rows: NO_ROWS, at: undefined };
  }
  // A typed array as x has no shape to hold it against.
  return { object: out, data: checkType(own.data, x, "out"), shape: x.shape && own.shape, rows: NO_ROWS, at: own.at };
}

function readNested(out: unknown, x: Input): Output {
  if (!Array.isArray(out)) throw new TypeError(`out: expected nested arrays as ${x.name} is, got ${describe(out)}`);
  const { shape, rows } = flatten(out, "out", () => 0);
  return { object: out, data: undefined, shape, rows, at: undefined };
}

function readTensorOut(out: unknown, x: Input, store: Store | undefined): Output {
  if (typeof out !== "object" || out === null || ArrayBuffer.isView(out) || Array.isArray(out)) {
    throw new TypeError(`out: expected a tensor as ${x.name} is, got ${describe(out)}`);
  }
  const { data, shape } = checkInput(out, "out", store);
  return { object: out, data: checkType(data, x, "out.data"), shape, rows: NO_ROWS, at: undefined };
}

function checkType(array: unknown, x: Input, name: string): Elements {
  const expected = x.label === undefined ? TYPE_NAMES[x.dtype] : "Uint16Array";
  if (typedArrayName(array) === expected) return array as Elements;
  throw new TypeError(`${name}: expected ${expected} as ${x.name} is, got ${describe(array)}`);
}

/** Holds `out` against the result's shape, and all other arguments; no callback runs from here on. */
export function checkOut(
  out: Output,
  x: Input,
  other: Input | undefined,
  beside: readonly Input[],
  form: Form,
  shape: readonly number[],
  mask: RawMask | undefined,
): void {
  const as = form === "same" ? ` as ${x.name} has` : "";
  if (out.shape !== undefined && !sameShape(out.shape, shape)) {
    throw new RangeError(`out: expected shape ${formatShape(shape)}${as}, got ${formatShape(out.shape)}`);
  }
  if (out.data !== undefined && checkLength(out.data, "out") !== sizeOf(shape)) {
    throw new RangeError(`out: expected length ${sizeOf(shape)}${as}, got ${lengthOf(out.data)}`);
  }
  const isSame = form === "same";
  if (out.data === undefined) {
    checkWritable(out.rows);
    checkRows(out.rows, x, isSame);
    if (other !== undefined) checkRows(out.rows, other, isSame);
    for (const input of beside) checkRows(out.rows, input, false);
    if (mask !== undefined && share(out.rows, mask.rows)) throw overlap("where");
    return;
  }
  checkMemory(out.data, x, isSame, out.at);
  if (other !== undefined) checkMemory(out.data, other, isSame, out.at);
  for (const input of beside) checkMemory(out.data, input, false, out.at);
  if (mask?.source !== undefined && shareBytes(out.data, mask.source)) throw overlap("where");
}

/** Apart from an input, or all of it where `same` allows. */
function checkRows(out: readonly Row[], { name, rows }: Input, same: boolean): void {
  if (share(out, rows) && !(same && out.every((row, i) => row === rows[i]))) throw overlap(name, same);
}

/** The same for memory. Allocated arrays are apart, or one. */
function checkMemory(out: Elements, { name, data, at }: Input, same: boolean, outAt: number | undefined): void {
  if (same && outAt !== undefined && at !== undefined) return;
  if (same ? overlaps(out, data) : shareBytes(out, data)) throw overlap(name, same);
}

function checkWritable(rows: readonly Row[]): void {
  if (rows.some(Object.isFrozen)) throw new TypeError("out: expected arrays that can be written, got frozen ones");
  if (new Set(rows).size === rows.length) return;
  throw new RangeError("out: expected each row once, got one array as several rows");
}

function share(a: readonly Row[], b: readonly Row[]): boolean {
  const rows = new Set(b);
  return a.some((row) => rows.has(row));
}

function overlap(name: string, same = false): RangeError {
  const also = same ? `${name} itself or ` : "";
  return new RangeError(`out: expected ${also}memory apart from ${name}, got memory that overlaps it`);
}
