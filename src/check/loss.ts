// The arguments of losses: targets as class indices or as probabilities, and weights.

import { checkCall, deliverNumbers, type Request } from "../check.js";
import type { Store } from "../store.js";
import type { Dtype, Elements } from "../types.js";
import { checkLength, describe, lengthOf, privateView, toElements, toNumbers } from "./arrays.js";
import { checkInput, checkIntegers, checkLike, type Input } from "./input.js";
import { checkNumber, checkOptions, checkWord } from "./options.js";
import { formatShape, resultShape, sameShape, sizeOf } from "./shape.js";
import type { Signature } from "./signatures.js";

/** A checked call of a loss. */
export interface Loss {
  /** Its `other` holds the targets, where these are probabilities. */
  readonly request: Request;
  /** The class of each row, -1 to ignore it; undefined where the targets are probabilities. */
  readonly labels: Int32Array | undefined;
  /** A weight a class, in the logits' dtype. */
  readonly weight: Elements | undefined;
  /** A weight a row. */
  readonly scales: Float64Array | undefined;
  /** What label smoothing leaves of a target, and what it gives to every class. */
  readonly keep: number;
  readonly smooth: number;
  /** What the sum of the losses, and each gradient, is divided by; undefined for one loss a row. */
  readonly divisor: number | undefined;
}

/** The options of losses, as they may be given. */
type Given = Readonly<
  Record<"where" | "weight" | "sampleWeight" | "ignoreIndex" | "labelSmoothing" | "reduction", unknown>
>;

export function checkLoss(
  op: Signature,
  logits: unknown,
  targets: unknown,
  options: unknown,
  store: Store | undefined,
): Loss {
  const given = checkOptions(options, op.options) as Given;
  const { weight, sampleWeight, ignoreIndex = -100, labelSmoothing = 0, reduction } = given;
  const ignored = checkNumber(ignoreIndex, "ignoreIndex");
  const epsilon = checkNumber(labelSmoothing, "labelSmoothing", 0, 1);
  const way = checkWord(reduction, "reduction", ["mean", "sum", "none"]);
  const classWeights = weight === undefined ? undefined : checkInput(weight, "weight", store);
  const rowWeights = sampleWeight === undefined ? undefined : checkInput(sampleWeight, "sampleWeight", store);
  const read = checkIntegers(targets, "targets", store);
  const beside = [read, classWeights, rowWeights].filter((input) => input !== undefined);
  const request = checkCall(op, logits, undefined, options, store, beside);
  if (op.form === "reduced" && way !== "none" && request.out !== undefined) {
    throw new TypeError(`out: expected reduction "none", whose result is an array, got "${way}"`);
  }
  if (epsilon > 0 && request.mask !== undefined) {
    throw new TypeError("labelSmoothing, where: expected at most one of them");
  }
  const { outer, length, inner } = request.extent;
  const labels = isProbabilities(read, request) ? undefined : checkLabels(read, request, ignored);
  const perClass = classWeights && checkWeights(classWeights, length, "classes");
  const scales = rowWeights && checkWeights(rowWeights, outer * inner, "rows");
  if (rowWeights !== undefined) checkRowShape(rowWeights, request);
  return {
    request: labels === undefined ? withTargets(request, read) : request,
    labels,
    weight: perClass && inDtype(request.dtype, perClass),
    scales,
    keep: 1 - epsilon,
    smooth: epsilon / length,
    divisor: way === "mean" ? total(outer * inner, labels, perClass, scales) : way === "sum" ? 1 : undefined,
  };
}

/** Logits with one class index a row. */
export function checkActions(
  op: Signature,
  logits: unknown,
  actions: unknown,
  options: unknown,
  store: Store | undefined,
): Loss {
  const read = checkIntegers(actions, "actions", store);
  const request = checkCall(op, logits, undefined, options, store, [read]);
  const labels = checkLabels(read, request, undefined);
  return { request, labels, weight: undefined, scales: undefined, keep: 1, smooth: 0, divisor: undefined };
}

/** One loss for all rows, or what each has. */
export function deliverLoss({ divisor }: Loss, request: Request, losses: Float64Array): unknown {
  if (divisor === undefined) return deliverNumbers(request, losses);
  return losses.reduce((sum, value) => sum + value, 0) / divisor;
}

/**
 * Whether targets are probabilities, not class indices: they are as many as the logits. Where there is one class, plain
 * numbers without the logits' shape are indices.
 */
function isProbabilities({ data, integers, name, kind, shape }: Input, { arranged, extent }: Request): boolean {
  if (integers || checkLength(data, name) !== sizeOf(arranged)) return false;
  return extent.length !== 1 || kind !== "nested" || (shape !== undefined && sameShape(shape, arranged));
}

/** The class of each row; `ignored` is -1. */
function checkLabels(input: Input, request: Request, ignored: number | undefined): Int32Array {
  const { data, name, kind, integers } = input;
  const { outer, length, inner } = request.extent;
  const rows = outer * inner;
  if (checkLength(data, name) !== rows) {
    const or = ignored === undefined || integers ? "" : `, or ${rows * length} probabilities`;
    throw new RangeError(`${name}: expected ${rows} class indices, one a row${or}, got ${lengthOf(data)} values`);
  }
  if (kind === "typed" && !integers) {
    throw new TypeError(`${name}: expected class indices as integers, got ${describe(data)}`);
  }
  checkRowShape(input, request);
  const values = privateView(data);
  const labels = new Int32Array(rows);
  // Not by `from` with a function, which takes ten times as long.
  for (let row = 0; row < rows; row++) {
    const label = Number(values[row]);
    if (label !== ignored && !(Number.isInteger(label) && label >= 0 && label < length)) {
      const or = ignored === undefined ? "" : ` or ignoreIndex (${ignored})`;
      throw new RangeError(`${name}[${row}]: expected an integer from 0 to ${length - 1}${or}, got ${label}`);
    }
    labels[row] = label === ignored ? -1 : label;
  }
  return labels;
}

/** The call with probabilities beside the logits, in their dtype. */
function withTargets(request: Request, targets: Input): Request {
  const { dtype, arranged } = request;
  const { kind, data } = targets;
  // Plain numbers are of any dtype; a flat array of them of any shape.
  const values = kind === "nested" ? inDtype(dtype, data) : toElements(data);
  checkLike(targets, kind === "nested" ? targets : request, "logits", arranged);
  return { ...request, other: values, place: undefined };
}

function inDtype(dtype: Dtype, values: Elements): Elements {
  return dtype === "float64" ? new Float64Array(values) : new Float32Array(values);
}

/** Holds values that come one a row against the shape of the rows, where they have one; axes of size 1 count for nothing. */
function checkRowShape({ shape, name }: Input, { arranged, extent }: Request): void {
  const rows = resultShape("reduced", arranged, extent);
  if (shape === undefined || shape.length === 1 || sameShape(squeeze(shape), squeeze(rows))) return;
  throw new RangeError(`${name}: expected shape ${formatShape(rows)}, got ${formatShape(shape)}`);
}

function squeeze(shape: readonly number[]): readonly number[] {
  return shape.filter((size) => size !== 1);
}

function checkWeights({ data, name }: Input, count: number, what: string): Float64Array {
  if (checkLength(data, name) !== count) {
    throw new RangeError(`${name}: expected ${count} numbers, one for each of the ${what}, got ${lengthOf(data)}`);
  }
  return toNumbers(data).map((value, i) => {
    if (value >= 0 && value < Infinity) return value;
    throw new RangeError(`${name}[${i}]: expected a finite number of 0 or more, got ${value}`);
  });
}

/** What a mean divides by: the weights of all rows that count. */
function total(
  rows: number,
  labels: Int32Array | undefined,
  weight: Float64Array | undefined,
  scales: Float64Array | undefined,
): number {
  let sum = 0;
  for (let r = 0; r < rows; r++) {
    const label = labels === undefined ? 0 : (labels[r] as number);
    const own = labels === undefined ? 1 : (weight?.[label] ?? 1);
    if (label >= 0) sum += own * (scales?.[r] ?? 1);
  }
  return sum;
}
