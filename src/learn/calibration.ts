// How far confidence is from accuracy: C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, On Calibration of Modern Neural
// Networks, ICML 2017.

import { checkOptions, checkThat } from "../check/options.js";
import { checkClassIndices, readClassIndices } from "./class-indices.js";
import { checkMatrixShape, type Matrix, readMatrix } from "./matrix.js";
import type { CalibrationOptions, ClassIndices, Features, ReliabilityBin } from "./types.js";

/**
 * Confidence and accuracy by bins of equal width, as a reliability diagram shows them. A row's confidence is its largest
 * probability; it is right where that is its label's (of equal ones the first). Bin m of M takes confidences above
 * (m - 1) / M up to m / M. As in Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", ICML 2017.
 *
 * probs: [rows, classes], float16, float32 or float64, one class index a row in `labels`. Accuracy: confidences are
 * compared as they are, and added in float64.
 *
 * @throws TypeError, RangeError for wrong arguments, also for values that are no probabilities.
 * @example
 * reliability([[0.9, 0.1], [0.6, 0.4]], [0, 1], { bins: 2 })[1]; // { lower: 0.5, upper: 1, count: 2, confidence: 0.75, accuracy: 0.5 }
 */
export function reliability(probs: Features, labels: ClassIndices, options?: CalibrationOptions): ReliabilityBin[] {
  const { bins, shape } = checkOptions(options, ["bins", "shape"]) as CalibrationOptions;
  const count = checkThat(bins ?? 15, "bins", "an integer of 1 or more", (n) => Number.isSafeInteger(n) && n > 0);
  const sizes = checkMatrixShape(shape);
  const classes = readClassIndices(labels);
  const matrix = readMatrix(probs, "probs", { shape: sizes, rows: classes.length, by: "there are labels" });
  checkClassIndices(classes, matrix.columns);
  const sums = Array.from({ length: count }, () => ({ count: 0, confidence: 0, right: 0 }));
  classes.forEach((label, row) => {
    const [predicted, confidence] = mostProbable(matrix, row);
    const bin = sums[Math.max(0, Math.ceil(confidence * count) - 1)]!;
    bin.count++;
    bin.confidence += confidence;
    if (predicted === label) bin.right++;
  });
  return sums.map((bin, m) => ({
    lower: m / count,
    upper: (m + 1) / count,
    count: bin.count,
    confidence: bin.confidence / bin.count,
    accuracy: bin.right / bin.count,
  }));
}

/**
 * The expected calibration error: the mean over the rows of |accuracy - confidence| of their bin (Guo et al., equation 3).
 * From 0 to 1. Options, accuracy and errors as {@link reliability}'s; `bins` is 15 by default.
 *
 * @throws As {@link reliability}; RangeError for no rows.
 * @example
 * expectedCalibrationError([[0.9, 0.1], [0.6, 0.4]], [0, 1], { bins: 2 }); // 0.25
 */
export function expectedCalibrationError(probs: Features, labels: ClassIndices, options?: CalibrationOptions): number {
  const filled = reliability(probs, labels, options).filter(({ count }) => count > 0);
  const rows = filled.reduce((sum, { count }) => sum + count, 0);
  if (rows === 0) throw new RangeError("probs: expected at least one row, got none");
  return (
    filled.reduce((sum, { count, accuracy, confidence }) => sum + count * Math.abs(accuracy - confidence), 0) / rows
  );
}

function mostProbable({ data, columns }: Matrix, row: number): [column: number, probability: number] {
  let best = 0;
  for (let k = 0; k < columns; k++) {
    const p = data[row * columns + k]!;
    if (!(p >= 0 && p <= 1)) {
      throw new RangeError(`probs: expected probabilities from 0 to 1, got ${p} in row ${row}, column ${k}`);
    }
    if (p > data[row * columns + best]!) best = k;
  }
  return [best, data[row * columns + best]!];
}
