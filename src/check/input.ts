// x: what kind it is, its values in one typed array, its shape, and how a result goes back in the same kind.

import type { Store } from "../store.js";
import type { Dtype, Elements } from "../types.js";
import { checkLength, describe, dtypeOf, privateView, typedArrayName } from "./arrays.js";
import { flatten, type Row } from "./nested.js";
import { formatShape, sameShape, sizeOf } from "./shape.js";
import { readTensor, startOf, type Tensor } from "./tensor.js";

/** What the caller's array is, and so what goes back. */
export type Kind = "typed" | "nested" | "shape" | "dims";

export interface Input {
  /** What messages call it. */
  readonly name: string;
  readonly kind: Kind;
  readonly dtype: Dtype;
  /** Contiguous values, the caller's own memory for typed arrays and tensors. */
  readonly data: Elements;
  /** Where a tensor says that its Uint16Array holds float16 bits; undefined for all else. */
  readonly label: Label | undefined;
  /** Undefined where only the caller can know: a typed array, or a flat array of numbers. */
  readonly shape: readonly number[] | undefined;
  /** The innermost of nested arrays. */
  readonly rows: readonly Row[];
  /** The pointer to an allocated array; undefined for all else. */
  readonly at: number | undefined;
  /** Whether `data` is an array of integers of any type, where these are taken; `dtype` says nothing then. */
  readonly integers: boolean;
}

export type Label = "type" | "dtype";

/** Holds another argument against the first, called `name`: of its dtype, its size, and its shape where it has one. */
export function checkLike(
  other: Input,
  x: Pick<Input, "dtype" | "label">,
  name: string,
  shape: readonly number[],
): void {
  if (other.dtype !== x.dtype || (other.label === undefined) !== (x.label === undefined)) {
    throw new TypeError(`${other.name}: expected ${x.dtype} values as ${name} has, got ${describe(other.data)}`);
  }
  const length = checkLength(other.data, other.name);
  // A flat array has no shape to hold it against.
  const fits = other.shape === undefined || shape.length === 1 || sameShape(other.shape, shape);
  if (fits && length === sizeOf(shape)) return;
  const got = formatShape(other.shape ?? [length]);
  throw new RangeError(`${other.name}: expected shape ${formatShape(shape)} as ${name} has, got ${got}`);
}

export const NO_ROWS: readonly Row[] = [];

/**
 * Tells x's kind and finds its values, whose length is to be checked once no callback can run any more; `name` is for
 * messages. Callbacks of the caller's may run. Arrays that the store allocated count as typed arrays with a shape.
 */
export function checkInput(x: unknown, name: string, store?: Store, takesIntegers = false): Input {
  const typeName = typedArrayName(x);
  if (typeName !== undefined) return typedInput(typeName, x as Elements, name, takesIntegers);
  if (Array.isArray(x)) return nestedInput(x, name);
  const own = store?.read(x, name);
  if (own !== undefined) {
    const { dtype, data, shape, at } = own;
    return { name, kind: "typed", dtype, data, label: undefined, shape, rows: NO_ROWS, at, integers: false };
  }
  const tensor = asTensor(x, name);
  if (tensor !== undefined) return tensorInput(tensor, name, takesIntegers);
  throw new TypeError(
    `${name}: expected ${takesIntegers ? "integers, " : ""}Float16Array, Float32Array, Float64Array, nested number arrays, ` +
      `or a tensor with data and shape or dims, got ${describe(x)}`,
  );
}

/** The same, and arrays of integers too; a number counts as an array of one. */
export function checkIntegers(x: unknown, name: string, store?: Store): Input {
  const isOne = typeof x === "number" || typeof x === "bigint";
  return isOne ? nestedInput([Number(x)], name) : checkInput(x, name, store, true);
}

function isIntegers(typeName: string | undefined): boolean {
  return /Int|Uint/.test(typeName ?? "");
}

function asTensor(x: unknown, name: string): Tensor | undefined {
  const may = typeof x === "object" && x !== null && !ArrayBuffer.isView(x) && !Array.isArray(x);
  return may ? readTensor(x, name) : undefined;
}

function typedInput(typeName: string, data: Elements, name: string, takesIntegers: boolean): Input {
  const integers = takesIntegers && isIntegers(typeName);
  const dtype = integers ? "float64" : checkFloats(typeName, name);
  return {
    name,
    kind: "typed",
    dtype,
    data,
    label: undefined,
    shape: undefined,
    rows: NO_ROWS,
    at: undefined,
    integers,
  };
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
  const data = new Float64Array(values);
  return {
    name,
    kind: "nested",
    dtype: "float64",
    data,
    label: undefined,
    shape: own,
    rows,
    at: undefined,
    integers: false,
  };
}

function tensorInput(tensor: Tensor, name: string, takesIntegers: boolean): Input {
  const { kind, shape } = tensor;
  const label = labelOf(tensor, name);
  const integers = takesIntegers && label === undefined && isIntegers(typedArrayName(tensor.data));
  const data = integers ? (tensor.data as Elements) : dataOf(tensor.data, label, `${name}.data`);
  const start = startOf(tensor, checkLength(data, `${name}.data`), name);
  const dtype = dtypeOf(typedArrayName(data)) ?? "float16";
  const view = privateView(data, start, sizeOf(shape));
  return { name, kind, dtype, data: view, label, shape, rows: NO_ROWS, at: undefined, integers };
}

/** Where a tensor calls its Uint16Array float16; a TypeError where it calls its data what they are not. */
function labelOf({ data, type, dtype }: Tensor, name: string): Label | undefined {
  const label = type === "float16" ? "type" : dtype === "float16" ? "dtype" : undefined;
  const typeName = typedArrayName(data);
  if (label === undefined && typeName !== "Float16Array") return undefined;
  const other = [type, dtype].find((said) => typeof said === "string" && OTHER_DTYPE.test(said));
  if (other !== undefined || (typeName !== "Float16Array" && typeName !== "Uint16Array")) {
    throw new TypeError(
      `${name}: expected dtype "float16" with a Float16Array or bits in a Uint16Array, ` +
        `got ${describe(other ?? "float16")} with ${describe(data)}`,
    );
  }
  return typeName === "Uint16Array" ? label : undefined;
}

/** The names that libraries give to element types other than float16. */
const OTHER_DTYPE = /^(?!float16$)\w*(float|int)\d/;

function dataOf(data: unknown, label: Label | undefined, name: string): Elements {
  const typeName = typedArrayName(data);
  if (typeName !== undefined) {
    if (label === undefined) checkFloats(typeName, name);
    return data as Elements;
  }
  if (!Array.isArray(data)) throw new TypeError(`${name}: expected a typed array, got ${describe(data)}`);
  return Float64Array.from(data, (value, i) => numberAt(value, () => `${name}[${i}]`));
}

function checkFloats(typeName: string, name: string): Dtype {
  const dtype = dtypeOf(typeName);
  if (dtype !== undefined) return dtype;
  throw wrongElements(typeName, name);
}

function wrongElements(typeName: string, name: string): TypeError {
  const convert = typeName.startsWith("Big") ? `Float64Array.from(${name}, Number)` : `Float32Array.from(${name})`;
  const bits = typeName === "Uint16Array" ? 'pass float16 bits as { data, shape, dtype: "float16" }, or ' : "";
  return new TypeError(
    `${name}: expected Float16Array, Float32Array or Float64Array, got ${typeName}; ` +
      `${bits}convert its numbers with ${convert}`,
  );
}

function numberAt(value: unknown, where: () => string): number {
  if (typeof value === "number") return value;
  throw new TypeError(`${where()}: expected a number, got ${describe(value)}`);
}
