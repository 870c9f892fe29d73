// Every check of every argument: from what the caller gave to normalised values, or an error that says what was got and
// what was expected. All that may call back into the caller's code (getters, proxies) runs here, before anything is
// reserved, and lengths are read after it. Also the way back: results in the caller's kind.

import { bitsOf, checkLength, fromBits } from "./check/arrays.js";
import { checkInput, type Input, type Kind, type Label } from "./check/input.js";
import { fill, nest } from "./check/nested.js";
import { checkBeta, checkOptions } from "./check/options.js";
import { checkOut, type Output, readOut } from "./check/output.js";
import { checkAxis, checkShape, type Extent, formatShape, sameShape, sizeOf } from "./check/shape.js";
import { broadcastMask, type RawMask, readMask } from "./check/where.js";
import type { Place, Store } from "./store.js";
import type { Dtype, Elements, SoftmaxOptions } from "./types.js";

export { allocate, copyInto } from "./check/arrays.js";
export type { Extent } from "./check/shape.js";

/** A checked call of an op whose result has x's shape. */
export interface Request {
  readonly dtype: Dtype;
  /** The input's values, in row-major order; not written unless it is also `target`. Those of float16 as bits. */
  readonly data: Elements;
  /** Where the result's values go; undefined for fresh memory. */
  readonly target: Elements | undefined;
  readonly extent: Extent;
  readonly beta: number;
  /** One byte an element of data, 1 to keep it; undefined where all are kept. */
  readonly mask: Uint8Array | undefined;
  readonly kind: Kind;
  readonly label: Label | undefined;
  /** How x is arranged: a flat array stays flat whatever `shape` says. */
  readonly shape: readonly number[];
  readonly out: Output | undefined;
  /** Where the result, and perhaps x, stand in the memory of arrays that stay, if the kernels can work there. */
  readonly place: Place | undefined;
}

const SOFTMAX_OPTIONS = ["shape", "axis", "out", "where", "temperature", "beta", "base"];

/** The arguments of softmax; without a store, arrays that one allocated are tensors like any other. */
export function checkSoftmax(x: unknown, options: SoftmaxOptions | undefined, store: Store | undefined): Request {
  if (options === undefined) {
    return request(checkInput(x, "x", store), undefined, undefined, 1, undefined, undefined, store);
  }
  const { shape, axis, out, where, temperature, beta, base }: SoftmaxOptions = checkOptions(options, SOFTMAX_OPTIONS);
  const scaling = checkBeta(temperature, beta, base);
  const sizes = shape === undefined ? undefined : checkShape(shape, "shape");
  const axes = Array.isArray(axis) ? Array.from(axis) : axis;
  const mask = where === undefined ? undefined : readMask(where);
  const input = checkInput(x, "x", store);
  return request(input, sizes, axes, scaling, mask, readOut(out, input, store), store);
}

/** Puts what was read together. Nothing here can call back, so the lengths it reads stay true. */
function request(
  input: Input,
  sizes: readonly number[] | undefined,
  axis: unknown,
  beta: number,
  mask: RawMask | undefined,
  out: Output | undefined,
  store: Store | undefined,
): Request {
  const { kind, dtype, data, label } = input;
  const length = checkLength(data, "x");
  // How x itself is arranged, and so its result.
  const own = input.shape ?? [length];
  const shape = sizes === undefined ? own : checkGivenShape(sizes, input.shape);
  checkSize(shape, length);
  const extent = checkAxis(axis, shape);
  if (out !== undefined) checkOut(out, input, own, length, mask);
  // Nested arrays were copied while read: the copy serves for the result too.
  const target = kind === "nested" ? data : out?.data;
  const kept = mask && broadcastMask(mask, shape, extent);
  const place = store?.place(input, out, mask);
  const checked = { dtype, data, target, extent, beta, mask: kept, kind, label, shape: own, out, place };
  return dtype === "float16" ? asBits(checked) : checked;
}

/** float16 passes through the window, as bits. */
function asBits(request: Request): Request {
  const { data, target, label } = request;
  // Of bits in a tensor, `data` and `target` are private views already.
  if (label !== undefined) return { ...request, place: undefined };
  return { ...request, place: undefined, data: bitsOf(data), target: target && bitsOf(target) };
}

/** `shape` as given, which must be x's own where x has one. */
function checkGivenShape(sizes: readonly number[], own: readonly number[] | undefined): readonly number[] {
  if (own === undefined || sameShape(sizes, own)) return sizes;
  throw new RangeError(`shape: expected ${formatShape(own)} as x has, got ${formatShape(sizes)}`);
}

function checkSize(shape: readonly number[], length: number): void {
  if (sizeOf(shape) === length) return;
  throw new RangeError(`shape: ${formatShape(shape)} holds ${sizeOf(shape)} elements, x has ${length}`);
}

/** The result's values in the caller's kind; where there is a target, they stand in it. */
export function deliver({ dtype, kind, label, shape, out }: Request, values: Elements): unknown {
  if (kind === "nested" && out !== undefined) fill(out.rows, values);
  if (out !== undefined) return out.object;
  if (kind === "nested") return nest(values, shape);
  if (label !== undefined) return { data: values, [kind]: [...shape], [label]: dtype };
  const data = dtype === "float16" ? fromBits(values) : values;
  return kind === "typed" ? data : { data, [kind]: [...shape] };
}
