// From samples and labels to a fitted model.

import type { DataTerm, Samples } from "./data-term.js";
import { type Fitted, fittedOf, type Learned } from "./fitted.js";
import { classesOf, indicesOf, type Labels } from "./labels.js";
import { minimize } from "./lbfgs.js";
import { checkFinite, type Matrix, totalOf } from "./matrix.js";
import { penalized } from "./objective.js";
import type { Settings } from "./settings.js";

/**
 * How far rounding may put a loss off, in machine epsilons. A line search that takes such a difference for a rise stops
 * far short: on iris, with gradients of 2e-5 in float32 and 2e-9 in float64, where 1e-7 and 1e-12 can be reached.
 */
const NOISE = 8;

/** How large random weights at the start are, at most. */
const START = 0.01;

/** Fits by the loss that `termOf` makes. */
export function train(
  termOf: (x: Matrix, samples: Samples) => DataTerm,
  x: Matrix,
  { kind, values }: Labels,
  weights: Float64Array | undefined,
  settings: Settings,
): Fitted {
  const total = totalOf(weights, x.rows);
  if (x.columns === 0) throw new RangeError("X: expected at least one column, got none");
  const classes = classesOf(values);
  if (classes.length < 2) {
    throw new RangeError(`y: expected labels of two classes or more, got only ${JSON.stringify(String(classes[0]))}`);
  }
  checkFinite(x, "X");
  const samples = { classes: classes.length, indices: indicesOf(values, classes), weights };
  const term = termOf(x, samples);
  try {
    return fittedOf({ kind, classes, ...solve(term, x, samples, total, settings) });
  } finally {
    term.release();
  }
}

function solve(
  term: DataTerm,
  { dtype, columns }: Matrix,
  { classes }: Samples,
  total: number,
  { C, tol, maxIter, fitIntercept, seed, onIteration }: Settings,
): Omit<Learned, "kind" | "classes"> {
  const { pitch } = term;
  const count = classes * pitch;
  const point = new Float64Array(count + classes);
  if (seed !== undefined) {
    const random = mulberry32(seed);
    for (let k = 0; k < classes; k++) {
      for (let d = 0; d < columns; d++) point[k * pitch + d] = START * (2 * random() - 1);
    }
  }
  const { iterations, converged } = minimize(penalized(term, count, total, C, fitIntercept), point, {
    tol,
    maxIter,
    noise: NOISE * (dtype === "float64" ? 2 ** -52 : 2 ** -23),
    onIteration: (iteration, loss, gradientNorm) => onIteration?.({ iteration, loss, gradientNorm }),
  });
  const weights = new Float64Array(classes * columns);
  for (let k = 0; k < classes; k++) weights.set(point.subarray(k * pitch, k * pitch + columns), k * columns);
  return { weights, biases: point.slice(count), nIter: iterations, converged };
}

/** Tommy Ettinger's mulberry32: numbers from 0 to below 1. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
