// The ops that are measured: what each takes and gives, and how the package and plain JavaScript are asked for it.

import type { Softmax } from "softmax-simd";
import { expNegative, softmaxMathExp, softmaxPolynomial } from "./baselines.js";
import { type Case, type OpName, shapeOf } from "./cases.js";
import type { Batch, FloatArray, Result } from "./contender.js";
import { floats, labels, logits, SEED } from "./data.js";
import * as float64 from "./float64.js";
import { crossEntropyLoop, fourRows, jacobianLoop, type Loop, logSoftmaxLoop, rowByRow, vjpLoop } from "./loops.js";
import { topKRows } from "./sampling-loops.js";

export interface Op {
  /** What it takes, of the logits of a case. */
  inputs(x: FloatArray, given: Case): Pick<Batch, "x" | "second">;
  /** The shape of its result. */
  shape(given: Case): readonly number[];
  /** Its result in float64 throughout. */
  exact(batch: Batch): Float64Array;
  /** Values smaller than this may have an error as large as that of one of this size: they are differences. */
  readonly floor: number;
  /** A call of the package's functions, over arrays of either kind. */
  ours(by: Functions, x: Float32Array, second: Float32Array, options: OwnOptions): () => Result;
  /** Plain JavaScript, by contender. */
  readonly loops: Readonly<Record<string, Loop<Result>>>;
  /** What rivals call it that have it. */
  readonly tensorflow?: "softmax" | "logSoftmax";
  readonly onnx?: "Softmax" | "LogSoftmax";
}

/** The package's functions: those of an instance, or of an entry. */
export type Functions = Pick<Softmax, OpName | "allocate">;

export interface OwnOptions {
  /** Of arrays that do not say so themselves. */
  readonly shape?: readonly number[];
  readonly axis: number;
  /** The types of results depend on it, so that it stands here as if it were always given. */
  readonly out: Float32Array;
}

/** How many classes topK selects of each row. */
const SELECTED = 50;

const logitsAlone: Op["inputs"] = (x) => ({ x, second: undefined });

export const ops: Readonly<Record<OpName, Op>> = {
  softmax: {
    inputs: logitsAlone,
    shape: shapeOf,
    exact: ({ x, given }) => float64.softmaxFloat64(x, given),
    floor: 0,
    ours:
      ({ softmax }, x, _, options) =>
      () =>
        softmax(x, options),
    loops: { "Math.exp": softmaxMathExp, polynomial: softmaxPolynomial },
    tensorflow: "softmax",
    onnx: "Softmax",
  },
  logSoftmax: {
    inputs: logitsAlone,
    shape: shapeOf,
    exact: ({ x, given }) => float64.logSoftmaxFloat64(x, given),
    floor: 1,
    ours:
      ({ logSoftmax }, x, _, options) =>
      () =>
        logSoftmax(x, options),
    loops: { "Math.exp": logSoftmaxLoop(Math.exp), polynomial: logSoftmaxLoop(expNegative) },
    tensorflow: "logSoftmax",
    onnx: "LogSoftmax",
  },
  softmaxJacobian: {
    inputs: logitsAlone,
    shape: ({ rows, columns }) => [rows, columns, columns],
    exact: float64.jacobianFloat64,
    floor: 0,
    ours:
      ({ softmaxJacobian }, x, _, options) =>
      () =>
        softmaxJacobian(x, options),
    loops: {
      "Math.exp": jacobianLoop(softmaxMathExp, rowByRow),
      polynomial: jacobianLoop(softmaxPolynomial, fourRows),
    },
  },
  softmaxVjp: {
    inputs: (x, given) => ({
      x: floats(given.dtype, float64.softmaxFloat64(x, given)),
      second: logits(given, SEED + 1),
    }),
    shape: shapeOf,
    exact: float64.vjpFloat64,
    floor: 1e-2,
    ours:
      ({ softmaxVjp }, y, dy, options) =>
      () =>
        softmaxVjp(y, dy, options),
    loops: { "plain loop": vjpLoop },
  },
  crossEntropyWithGrad: {
    inputs: (x, given) => ({ x, second: labels(given) }),
    shape: shapeOf,
    exact: float64.crossEntropyFloat64,
    floor: 1e-4,
    ours:
      ({ crossEntropyWithGrad }, x, targets, options) =>
      () =>
        crossEntropyWithGrad(x, targets, options),
    loops: { "Math.exp": crossEntropyLoop(Math.exp), polynomial: crossEntropyLoop(expNegative) },
  },
  topK: {
    inputs: logitsAlone,
    shape: ({ rows }) => [rows, 2 * SELECTED],
    exact: ({ x, given }) => topKRows(x as Float32Array, given, SELECTED),
    floor: 0,
    // What it selects goes to fresh arrays.
    ours:
      ({ topK }, x, _, { shape, axis }) =>
      () =>
        topK(x, SELECTED, { shape, axis }),
    loops: {},
  },
};

/** How many elements the result of a case has. */
export function sizeOf(given: Case): number {
  return ops[given.op].shape(given).reduce((product, length) => product * length, 1);
}

/** Batches of a case, at places of their own; by default of the usual logits. */
export function batchesOf(given: Case, x: FloatArray = logits(given)): () => Batch {
  const inputs = ops[given.op].inputs(x, given);
  const size = sizeOf(given);
  return () => ({
    given,
    shape: shapeOf(given),
    x: inputs.x.slice(),
    second: inputs.second?.slice(),
    out: floats(given.dtype, size),
  });
}
