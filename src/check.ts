// Every check of every argument: from what the caller gave to normalised values, or an error that says what was got and
// what was expected. All that may call back into the caller's code (getters, proxies) runs here, before anything is
// reserved, and lengths are read after it. Also the way back: results in the caller's kind.

import { allocate, checkLength, copyInto, fromBits, toElements, toNumbers } from "./check/arrays.js";
import { checkInput, checkLike, type Input, type Kind, type Label } from "./check/input.js";
import { fill, nest } from "./check/nested.js";
import { checkBeta, checkBoolean, checkOptions } from "./check/options.js";
import { checkOut, type Output, readOut } from "./check/output.js";
import {
  checkAxis,
  checkShape,
  type Extent,
  type Form,
  formatShape,
  resultShape,
  sameShape,
  sizeOf,
} from "./check/shape.js";
import type { Signature } from "./check/signatures.js";
import { broadcastTo, type RawMask, readMask } from "./check/where.js";
import { encodeFloat16 } from "./float16.js";
import type { Place, Store } from "./store.js";
import type { Dtype, Elements } from "./types.js";

export type { Extent } from "./check/shape.js";

/** A checked call. */
export interface Request {
  readonly dtype: Dtype;
  /** The input's values, in row-major order; not written unless it is also `target`. Those of float16 as bits. */
  readonly data: Elements;
  /** Those of a second input, as many: of the same dtype, or float32 beside float16. */
  readonly other: Elements | undefined;
  /** Where the result's values go; undefined for fresh memory. */
  readonly target: Elements | undefined;
  readonly extent: Extent;
  readonly beta: number;
  /** One byte an element of data, 1 to keep it; undefined where all are kept. */
  readonly mask: Uint8Array | undefined;
  readonly kind: Kind;
  readonly label: Label | undefined;
  /** How the result is arranged: that of a flat array stays flat whatever `shape` says. */
  readonly shape: readonly number[];
  /** … and the first input, with `shape` taken into account. */
  readonly arranged: readonly number[];
  readonly out: Output | undefined;
  /** Where the arrays stand in the memory of those that stay, if the kernels can work there. */
  readonly place: Place | undefined;
}

/** The options that ops share, as they may be given. */
type Given = Readonly<
  Record<"shape" | "axis" | "out" | "where" | "temperature" | "beta" | "base" | "keepDims" | "weights", unknown>
>;

/**
 * The arguments of an op; without a store, arrays that one allocated are tensors like any other. `beside`: what else the
 * caller gave, read already; `out` must be apart from it.
 */
export function checkCall(
  op: Signature,
  x: unknown,
  second: unknown,
  options: unknown,
  store: Store | undefined,
  beside: readonly Input[] = NONE,
): Request {
  const given = checkOptions(options, op.options) as Given;
  const { shape, axis, out, where, temperature, beta, base } = given;
  const form = op.form === "reduced" && checkBoolean(given.keepDims, "keepDims", false) ? "kept" : op.form;
  const weights = op.weighted ? given.weights : undefined;
  const scaling = checkBeta(temperature, beta, base);
  const expected = op.refuses?.(scaling);
  if (expected) throw new RangeError(`temperature, beta, base: expected ${expected}, got beta ${scaling}`);
  const sizes = shape === undefined ? undefined : checkShape(shape, "shape");
  const axes = Array.isArray(axis) ? Array.from(axis) : axis;
  const mask = where === undefined ? undefined : readMask(where);
  const [name, secondName] = op.names;
  const input = checkInput(x, name, store);
  const other = secondName === undefined ? undefined : checkInput(second, secondName, store);
  const weighting = weights === undefined ? undefined : checkInput(weights, "weights", store);
  const apart = weighting === undefined ? beside : [weighting];
  return request(input, other, form, sizes, axes, scaling, mask, weighting, readOut(out, input, store), store, apart);
}

/** The same for one input and no options. */
export function checkPlain(name: string, x: unknown, store: Store | undefined): Request {
  return request(
    checkInput(x, name, store),
    undefined,
    "same",
    undefined,
    undefined,
    1,
    undefined,
    undefined,
    undefined,
    store,
    NONE,
  );
}

/** Puts what was read together. Nothing here can call back, so the lengths it reads stay true. */
function request(
  input: Input,
  other: Input | undefined,
  form: Form,
  sizes: readonly number[] | undefined,
  axis: unknown,
  beta: number,
  mask: RawMask | undefined,
  weights: Input | undefined,
  out: Output | undefined,
  store: Store | undefined,
  beside: readonly Input[],
): Request {
  const { name, kind, dtype, data, label } = input;
  const length = checkLength(data, name);
  // How x itself is arranged.
  const own = input.shape ?? [length];
  const arranged = sizes === undefined ? own : checkGivenShape(sizes, input.shape, name);
  checkSize(arranged, length, name);
  const extent = checkAxis(axis, arranged);
  if (other !== undefined) checkLike(other, input, name, arranged);
  const shape = form === "same" ? own : resultShape(form, arranged, extent);
  // A flat array stays flat.
  const isFlat = form !== "same" && (kind === "typed" || (sizes !== undefined && input.shape === undefined));
  if (out !== undefined) {
    checkOut(out, input, other, beside, form, isFlat && out.shape?.length === 1 ? [sizeOf(shape)] : shape, mask);
  }
  for (const { data: values, name: called } of beside) store?.locate(values, called);
  const checked: Request = {
    dtype,
    data,
    other: weights === undefined ? other?.data : checkWeights(weights, dtype, arranged, extent),
    // Nested arrays were copied while read: the copy serves for a result of that size too.
    target: kind === "nested" ? (form === "same" ? data : undefined) : out?.data,
    extent,
    beta,
    mask: mask && broadcastTo(mask.bytes, mask.shape, arranged, extent, "where"),
    kind,
    label,
    shape: isFlat ? [sizeOf(shape)] : shape,
    arranged,
    out,
    place: store?.place(input, other, out, mask),
  };
  return dtype === "float16" ? asBits(checked) : checked;
}

const NONE: readonly Input[] = [];

/** A call that was checked for a result like x, with one of another form, in fresh memory. */
export function reformed(request: Request, form: Form, count?: number): Request {
  const { kind, shape, arranged, extent } = request;
  const made = resultShape(form, arranged, extent, count);
  const isFlat = kind === "typed" || shape !== arranged;
  return { ...request, out: undefined, target: undefined, shape: isFlat ? [sizeOf(made)] : made };
}

/** Weights for every element of x, in its dtype. */
function checkWeights({ data, shape }: Input, dtype: Dtype, arranged: readonly number[], extent: Extent): Elements {
  checkLength(data, "weights");
  const values = toNumbers(data);
  return broadcastTo(dtype === "float64" ? values : new Float32Array(values), shape, arranged, extent, "weights");
}

/** float16 passes through the window, as bits. */
function asBits(request: Request): Request {
  const { data, other, target, label } = request;
  // Of bits in a tensor, `data` and `target` are private views already.
  if (label !== undefined) return { ...request, place: undefined };
  const bits = { data: toElements(data), other: other && toElements(other), target: target && toElements(target) };
  return { ...request, ...bits, place: undefined };
}

/** `shape` as given, which must be x's own where x has one. */
function checkGivenShape(
  sizes: readonly number[],
  own: readonly number[] | undefined,
  name: string,
): readonly number[] {
  if (own === undefined) return sizes;
  if (sameShape(sizes, own)) return own;
  throw new RangeError(`shape: expected ${formatShape(own)} as ${name} has, got ${formatShape(sizes)}`);
}

function checkSize(shape: readonly number[], length: number, name: string): void {
  if (sizeOf(shape) === length) return;
  throw new RangeError(`shape: ${formatShape(shape)} holds ${sizeOf(shape)} elements, ${name} has ${length}`);
}

/** Numbers as the values of a result, where it is to go. */
export function settle({ dtype, target }: Request, numbers: Float64Array): Elements {
  const values = target ?? allocate(dtype, numbers.length);
  copyInto(values, dtype === "float16" ? numbers.map(encodeFloat16) : numbers);
  return values;
}

/** Numbers as a result in the caller's kind. */
export function deliverNumbers(request: Request, numbers: Float64Array): unknown {
  return deliver(request, settle(request, numbers));
}

/** The result's values in the caller's kind; where there is a target, they stand in it. */
export function deliver(request: Request, values: Elements): unknown {
  const { dtype, kind, label, out } = request;
  if (kind === "nested" && out !== undefined) fill(out.rows, values);
  if (out !== undefined) return out.object;
  return arrange(request, dtype === "float16" && label === undefined ? fromBits(values) : values, dtype);
}

/** Indices in the caller's kind. */
export function deliverIndices(request: Request, indices: Int32Array): unknown {
  return arrange(request, indices, "int32");
}

function arrange({ kind, label, shape }: Request, data: Elements | Int32Array, type: Dtype | "int32"): unknown {
  if (kind === "typed") return data;
  if (kind === "nested") return nest(data, shape);
  return { data, [kind]: [...shape], ...(label && { [label]: type }) };
}
