// out: read while callbacks may still run, held against x once they cannot.

import type { FloatArray } from "../types.js";
import { describe, isGone, lengthOf, overlaps, shareBytes, typedArrayName } from "./arrays.js";
import { checkInput, type Input } from "./input.js";
import { flatten } from "./nested.js";
import { formatShape } from "./shape.js";
import type { RawMask } from "./where.js";

/** Where a result is to go; `data` is undefined for nested arrays, which are filled at the end. */
export interface Output {
  readonly object: unknown;
  readonly data: FloatArray | undefined;
  readonly shape: readonly number[] | undefined;
}

/** Reads `out`, which must be of x's kind. Callbacks of the caller's may run. */
export function readOut(out: unknown, x: Input): Output | undefined {
  if (out === undefined) return undefined;
  if (x.kind === "nested") return readNested(out);
  if (x.kind === "typed") return readTyped(out, x.data, "out");
  if (typeof out !== "object" || out === null || ArrayBuffer.isView(out) || Array.isArray(out)) {
    throw new TypeError(`out: expected a tensor as x is, got ${describe(out)}`);
  }
  const { data, shape } = checkInput(out, "out");
  return { object: out, data: readTyped((out as { data: unknown }).data, data, "out.data").data, shape };
}

function readTyped(out: unknown, like: FloatArray, name: string): Output {
  const expected = typedArrayName(like);
  if (typedArrayName(out) !== expected) {
    throw new TypeError(`${name}: expected ${expected} as x is, got ${describe(out)}`);
  }
  return { object: out, data: out as FloatArray, shape: undefined };
}

function readNested(out: unknown): Output {
  if (!Array.isArray(out)) throw new TypeError(`out: expected nested arrays as x is, got ${describe(out)}`);
  return { object: out, data: undefined, shape: flatten(out, "out", (value) => value).shape };
}

/** Holds `out` against x and the mask; no callback runs from here on. */
export function checkOut(out: Output, x: Input, shape: readonly number[], mask: RawMask | undefined): void {
  if (out.shape !== undefined && formatShape(out.shape) !== formatShape(shape)) {
    throw new RangeError(`out: expected shape ${formatShape(shape)} as x has, got ${formatShape(out.shape)}`);
  }
  if (out.data === undefined) return;
  if (isGone(out.data)) {
    throw new TypeError("out: expected an array with live memory, got one whose buffer is detached or has shrunk");
  }
  if (lengthOf(out.data) !== lengthOf(x.data)) {
    throw new RangeError(`out: expected length ${lengthOf(x.data)} as x has, got ${lengthOf(out.data)}`);
  }
  if (out.data !== x.data && overlaps(out.data, x.data)) {
    throw new RangeError("out: expected x itself or memory apart from x, got memory that overlaps x in part");
  }
  if (mask?.source !== undefined && typedArrayName(mask.source) && shareBytes(out.data, mask.source)) {
    throw new RangeError("out: expected memory apart from `where`, got memory that overlaps it");
  }
}
