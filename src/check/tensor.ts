// Tensors of other libraries: objects with `data` and `shape` or `dims`, as ONNX Runtime, transformers.js and ndarray
// have them.

import { describe } from "./arrays.js";
import { checkIndex } from "./options.js";
import { checkShape, formatShape, sizeOf } from "./shape.js";

export interface Tensor {
  /** The name under which its shape stands. */
  readonly kind: "shape" | "dims";
  readonly shape: readonly number[];
  /** What stands under `data`. */
  readonly data: unknown;
  /** What stands under `offset`: the index of the first element. */
  readonly offset: unknown;
  /** What stand under `type` and `dtype`. */
  readonly type: unknown;
  readonly dtype: unknown;
}

/** Reads each property of a tensor once; callbacks of the caller's may run. Undefined where it is no tensor. */
export function readTensor(tensor: object, name: string): Tensor | undefined {
  // A tensor on a GPU may throw when asked for its data.
  const { location, dataSync } = tensor as Record<string, unknown>;
  if (typeof dataSync === "function") throw inBackend(name);
  if (typeof location === "string" && location !== "cpu" && location !== "cpu-pinned") throw onDevice(location, name);
  const { data, shape: ownShape, dims, stride, strides, offset, type, dtype } = tensor as Record<string, unknown>;
  if (typeof data === "function") throw inBackend(name);
  const kind = dims === undefined ? "shape" : "dims";
  const given = kind === "dims" ? dims : ownShape;
  if (data === undefined || given === undefined) return undefined;
  const shape = checkShape(given, `${name}.${kind}`);
  checkContiguous(strides ?? stride, shape, name);
  return { kind, shape, data, offset, type, dtype };
}

function inBackend(name: string): TypeError {
  return new TypeError(
    `${name}: expected a tensor with its values in \`data\`, got one whose backend holds them; ` +
      `pass { data: await ${name}.data(), shape: ${name}.shape }`,
  );
}

function onDevice(location: string, name: string): TypeError {
  return new TypeError(
    `${name}: expected a tensor with its values in \`data\`, got one with them on "${location}"; ` +
      `pass { data: await ${name}.getData(), dims: ${name}.dims }`,
  );
}

/** Where the tensor's elements start in data of that length. */
export function startOf({ kind, shape, offset }: Tensor, length: number, name: string): number {
  const size = sizeOf(shape);
  if (offset === undefined ? size !== length : size > length) {
    throw new RangeError(`${name}.${kind}: ${formatShape(shape)} holds ${size} elements, ${name}.data has ${length}`);
  }
  if (offset === undefined) return 0;
  return checkIndex(offset, `${name}.offset`, length - size + 1);
}

function checkContiguous(strides: unknown, shape: readonly number[], name: string): void {
  // transformers.js has a method of that name, and its tensors are contiguous.
  if (strides === undefined || typeof strides === "function" || sizeOf(shape) === 0) return;
  const got = Array.isArray(strides) || ArrayBuffer.isView(strides) ? Array.from(strides as ArrayLike<unknown>) : [];
  const expected = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  if (shape.every((n, axis) => n === 1 || got[axis] === expected[axis])) return;
  throw new TypeError(
    `${name}: expected contiguous row-major data, strides ${formatShape(expected)} for shape ${formatShape(shape)}, ` +
      `got strides [${got.map(describe).join(", ")}]; make a contiguous copy first`,
  );
}
