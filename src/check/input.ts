// x: what kind it is, its values in one typed array, its shape, and how a result goes back in the same kind.

import type { FloatArray } from "../types.js";
import { describe, dtypeOf, isGone, lengthOf, typedArrayName } from "./arrays.js";
import { flatten } from "./nested.js";
import { checkShape, formatShape, sizeOf } from "./shape.js";

/** What the caller's array is, and so what goes back. */
export type Kind = "typed" | "nested" | "shape" | "dims";

export interface Input {
  readonly kind: Kind;
  /** Contiguous values, the caller's own memory for typed arrays and tensors. */
  readonly data: FloatArray;
  /** Undefined where only the caller can know: a typed array, or a flat array of numbers. */
  readonly shape: readonly number[] | undefined;
}

/** Tells x's kind and finds its values; `name` is for messages. Callbacks of the caller's may run. */
export function checkInput(x: unknown, name: string): Input {
  const typeName = typedArrayName(x);
  if (dtypeOf(typeName) !== undefined) return { kind: "typed", data: checkGone(x, name), shape: undefined };
  if (typeName !== undefined) throw new TypeError(`${name}: ${wrongElements(typeName)}`);
  if (Array.isArray(x)) {
    const { values, shape } = flatten(x, name, numberAt);
    if (shape.length > 1 && values.length === 0) {
      throw new RangeError(
        `${name}: expected elements, got empty nested arrays of shape ${formatShape(shape)}; ` +
          "for an empty batch pass an empty typed array with `shape`",
      );
    }
    return { kind: "nested", data: Float64Array.from(values), shape: shape.length > 1 ? shape : undefined };
  }
  if (typeof x === "object" && x !== null && !ArrayBuffer.isView(x)) return checkTensor(x, name);
  throw new TypeError(
    `${name}: expected Float32Array, Float64Array, nested number arrays or a tensor, got ${describe(x)}`,
  );
}

/** A TypeError for an array whose memory is gone. */
export function checkGone(array: unknown, name: string): FloatArray {
  if (!isGone(array)) return array as FloatArray;
  throw new TypeError(`${name}: expected an array with live memory, got one whose buffer is detached or has shrunk`);
}

function wrongElements(typeName: string): string {
  if (typeName.startsWith("Big")) {
    return `expected floats, got ${typeName}; convert with Float64Array.from(x, Number)`;
  }
  if (typeName === "Float16Array") return "Float16Array is not supported; convert with Float32Array.from(x)";
  return `expected floats, got ${typeName}; convert with Float32Array.from(x)`;
}

function numberAt(value: unknown, where: string): number {
  if (typeof value === "number") return value;
  throw new TypeError(`${where}: expected a number, got ${describe(value)}`);
}

/** An object with `data` and `shape` or `dims`, as ONNX Runtime, transformers.js and ndarray have it. */
function checkTensor(tensor: object, name: string): Input {
  const view = tensor as Record<string, unknown>;
  if (typeof view["dataSync"] === "function" || typeof view["data"] === "function") {
    throw new TypeError(
      `${name}: this tensor's values live in its backend; pass \`await x.data()\` with its \`shape\``,
    );
  }
  const location = view["location"];
  if (typeof location === "string" && location !== "cpu" && location !== "cpu-pinned") {
    throw new TypeError(
      `${name}: this tensor's values live on "${location}"; pass \`await x.getData()\` with its \`shape\``,
    );
  }
  const { shape: ownShape, dims, stride, strides, offset } = view;
  const kind = ownShape === undefined && dims !== undefined ? "dims" : "shape";
  const given = kind === "dims" ? dims : ownShape;
  const values = view["data"];
  if (values === undefined || given === undefined) {
    throw new TypeError(
      `${name}: expected an array or a tensor with data and shape (or dims), got ${describe(tensor)}`,
    );
  }
  const shape = checkShape(given, `${name}.${kind}`);
  checkContiguous(strides ?? stride, shape, name);
  const data = checkData(values, `${name}.data`);
  return { kind, data: offset === undefined ? data : section(data, offset, sizeOf(shape), name), shape };
}

function checkData(values: unknown, name: string): FloatArray {
  const typeName = typedArrayName(values);
  if (dtypeOf(typeName) !== undefined) return checkGone(values, name);
  if (typeName !== undefined) throw new TypeError(`${name}: ${wrongElements(typeName)}`);
  if (!Array.isArray(values)) throw new TypeError(`${name}: expected a typed array, got ${describe(values)}`);
  return Float64Array.from(values, (value, i) => numberAt(value, `${name}[${i}]`));
}

function checkContiguous(strides: unknown, shape: readonly number[], name: string): void {
  if (strides === undefined) return;
  const got = Array.isArray(strides) || ArrayBuffer.isView(strides) ? Array.from(strides as ArrayLike<unknown>) : [];
  let expected = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const n = shape[i] as number;
    if (n !== 1 && got[i] !== expected) {
      throw new TypeError(
        `${name}: expected contiguous row-major data of shape ${formatShape(shape)}, ` +
          `got strides ${formatShape(got as number[])}; make a contiguous copy first`,
      );
    }
    expected *= n;
  }
}

function section(data: FloatArray, offset: unknown, size: number, name: string): FloatArray {
  if (typeof offset !== "number" || !Number.isInteger(offset) || offset < 0 || offset + size > lengthOf(data)) {
    const limit = lengthOf(data) - size;
    throw new RangeError(`${name}.offset: expected an integer from 0 to ${limit}, got ${describe(offset)}`);
  }
  return data.subarray(offset, offset + size);
}
