// x: what kind it is, its values in one typed array, its shape, and how a result goes back in the same kind.

import type { Store } from "../store.js";
import type { Dtype, FloatArray } from "../types.js";
import { checkGone, describe, dtypeOf, lengthOf, privateView, typedArrayName } from "./arrays.js";
import { flatten, type Row } from "./nested.js";
import { formatShape, sizeOf } from "./shape.js";
import { readTensor, startOf, type Tensor } from "./tensor.js";

/** What the caller's array is, and so what goes back. */
export type Kind = "typed" | "nested" | "shape" | "dims";

export interface Input {
  readonly kind: Kind;
  readonly dtype: Dtype;
  /** Contiguous values, the caller's own memory for typed arrays and tensors. */
  readonly data: FloatArray;
  /** Undefined where only the caller can know: a typed array, or a flat array of numbers. */
  readonly shape: readonly number[] | undefined;
  /** The innermost of nested arrays. */
  readonly rows: readonly Row[];
}

export const NO_ROWS: readonly Row[] = [];

/**
 * Tells x's kind and finds its values; `name` is for messages. Callbacks of the caller's may run. Arrays that the store
 * allocated count as typed arrays with a shape.
 */
export function checkInput(x: unknown, name: string, store?: Store): Input {
  const typeName = typedArrayName(x);
  if (typeName !== undefined) {
    const dtype = checkFloats(x, typeName, name);
    return { kind: "typed", dtype, data: x as FloatArray, shape: undefined, rows: NO_ROWS };
  }
  if (Array.isArray(x)) return nestedInput(x, name);
  const own = store?.read(x, name);
  if (own !== undefined) return { kind: "typed", ...own, rows: NO_ROWS };
  const tensor = typeof x === "object" && x !== null && !ArrayBuffer.isView(x) ? readTensor(x, name) : undefined;
  if (tensor !== undefined) return tensorInput(tensor, name);
  throw new TypeError(
    `${name}: expected Float32Array, Float64Array, nested number arrays, or a tensor with data and shape or dims, ` +
      `got ${describe(x)}`,
  );
}

function nestedInput(x: readonly unknown[], name: string): Input {
  const { values, shape, rows } = flatten(x, name, numberAt);
  if (shape.length > 1 && values.length === 0) {
    throw new RangeError(
      `${name}: expected elements, got empty nested arrays of shape ${formatShape(shape)}; ` +
        "for an empty batch pass an empty typed array with `shape`",
    );
  }
  const own = shape.length > 1 ? shape : undefined;
  return { kind: "nested", dtype: "float64", data: new Float64Array(values), shape: own, rows };
}

function tensorInput(tensor: Tensor, name: string): Input {
  const { kind, shape } = tensor;
  const data = dataOf(tensor.data, `${name}.data`);
  const start = startOf(tensor, lengthOf(data), name);
  const dtype = dtypeOf(typedArrayName(data)) as Dtype;
  return { kind, dtype, data: privateView(data, start, sizeOf(shape)), shape, rows: NO_ROWS };
}

function dataOf(data: unknown, name: string): FloatArray {
  const typeName = typedArrayName(data);
  if (typeName !== undefined) {
    checkFloats(data, typeName, name);
    return data as FloatArray;
  }
  if (!Array.isArray(data)) throw new TypeError(`${name}: expected a typed array, got ${describe(data)}`);
  return Float64Array.from(data, (value, i) => numberAt(value, () => `${name}[${i}]`));
}

function checkFloats(array: unknown, typeName: string, name: string): Dtype {
  const dtype = dtypeOf(typeName);
  if (dtype === undefined) throw wrongElements(typeName, name);
  checkGone(array, name);
  return dtype;
}

function wrongElements(typeName: string, name: string): TypeError {
  const convert = typeName.startsWith("Big") ? `Float64Array.from(${name}, Number)` : `Float32Array.from(${name})`;
  return new TypeError(
    `${name}: expected Float32Array or Float64Array, got ${typeName}; convert its numbers with ${convert}`,
  );
}

function numberAt(value: unknown, where: () => string): number {
  if (typeof value === "number") return value;
  throw new TypeError(`${where()}: expected a number, got ${describe(value)}`);
}
