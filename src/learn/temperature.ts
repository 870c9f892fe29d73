import { checkOptions } from "../check/options.js";
import { checkClassIndices, readClassIndices } from "./class-indices.js";
import { checkFinite, checkMatrixShape, type Matrix, readMatrix } from "./matrix.js";
import type { ClassIndices, Features, FittedTemperature, ShapeOption } from "./types.js";

/** The relative accuracy of the temperature, and the most steps towards it. */
const ACCURACY = 1e-12;
const MAX_STEPS = 200;

/**
 * The temperature T for which softmax(logits / T) makes the labels most likely: temperature scaling, after which
 * confidence is closer to accuracy (Guo et al., ICML 2017). To be fitted on data that the logits' model was not trained
 * on; it changes no prediction.
 *
 * logits: [rows, classes], one class index a row in `labels`. The mean of -log p_label is convex in 1 / T, and has its
 * minimum where the logits' mean under the softmax is that of the labels' logits.
 *
 * Accuracy: computed in float64, whatever the logits are; T is sought to a relative 1e-12.
 *
 * @throws TypeError, RangeError for wrong arguments; RangeError where no temperature is best: where every label has its
 * row's largest logit, ever lower ones are better, and where the labels' logits are no larger than their rows' means,
 * ever higher ones.
 * @example
 * const { temperature } = fitTemperature([[2, 0], [2, 0], [2, 0], [2, 0]], [0, 0, 0, 1]); // three of four are right
 * temperature; // 1.820478453…
 * softmax([2, 0], { temperature }); // [0.75…, 0.2499999…]
 */
export function fitTemperature(logits: Features, labels: ClassIndices, options?: ShapeOption): FittedTemperature {
  const { shape } = checkOptions(options, ["shape"]) as ShapeOption;
  const sizes = checkMatrixShape(shape);
  const classes = readClassIndices(labels);
  const matrix = readMatrix(logits, "logits", { shape: sizes, rows: classes.length, by: "there are labels" });
  if (matrix.rows === 0) throw new RangeError("logits: expected at least one row, got none");
  checkClassIndices(classes, matrix.columns);
  checkFinite(matrix, "logits");
  const gaps = gapsOf(matrix, classes);
  if (gaps.ofLabels.every((gap) => gap === 0)) {
    throw new RangeError("labels: expected one or more whose logit is not its row's largest; without, 0 would be best");
  }
  if (lossAt(gaps, 0).slope >= 0) {
    throw new RangeError("labels: expected logits above their rows' means on average; without, Infinity would be best");
  }
  const beta = minimum(gaps);
  return { temperature: gaps.unit / beta, loss: lossAt(gaps, beta).loss, lossBefore: lossAt(gaps, gaps.unit).loss };
}

/** How far logits are from the largest of their rows, in multiples of the largest such distance: from -1 to 0. */
interface Gaps {
  readonly values: Float64Array;
  readonly ofLabels: Float64Array;
  readonly classes: number;
  readonly unit: number;
}

function gapsOf({ data, columns }: Matrix, labels: Float64Array): Gaps {
  const values = new Float64Array(data);
  let unit = 0;
  for (let start = 0; start < values.length; start += columns) {
    const row = values.subarray(start, start + columns);
    const max = row.reduce((a, b) => Math.max(a, b), -Infinity);
    for (let k = 0; k < columns; k++) {
      row[k] = row[k]! - max;
      unit = Math.max(unit, -row[k]!);
    }
  }
  for (let i = 0; i < values.length; i++) values[i] = values[i]! / unit || 0;
  return { values, ofLabels: labels.map((label, r) => values[r * columns + label]!), classes: columns, unit };
}

/** The mean of -log p_label at 1 / T = beta, and its first two derivatives by beta: mean and variance under the softmax. */
function lossAt({ values, ofLabels, classes }: Gaps, beta: number): { loss: number; slope: number; curvature: number } {
  let loss = 0;
  let slope = 0;
  let curvature = 0;
  ofLabels.forEach((label, r) => {
    let sum = 0;
    let first = 0;
    let second = 0;
    for (let i = r * classes; i < (r + 1) * classes; i++) {
      const gap = values[i]!;
      const e = Math.exp(beta * gap);
      sum += e;
      first += e * gap;
      second += e * gap * gap;
    }
    const mean = first / sum;
    loss += Math.log(sum) - beta * label;
    slope += mean - label;
    curvature += second / sum - mean * mean;
  });
  const rows = ofLabels.length;
  return { loss: loss / rows, slope: slope / rows, curvature: curvature / rows };
}

/** Where the slope is 0: Newton's steps, kept in the interval that is known to have it. */
function minimum(gaps: Gaps): number {
  let low = 0;
  let high = Infinity;
  let beta = 1;
  for (let step = 0; step < MAX_STEPS; step++) {
    const { slope, curvature } = lossAt(gaps, beta);
    if (slope < 0) low = beta;
    else high = beta;
    const newton = beta - slope / curvature;
    const inside = newton > low && newton < high && newton <= 8 * beta;
    const next = inside ? newton : high === Infinity ? 8 * beta : (low + high) / 2;
    if (Math.abs(next - beta) <= ACCURACY * beta) return next;
    beta = next;
  }
  return beta;
}
