import { checkOptions } from "../check/options.js";
import type { DataTerm, Samples } from "./data-term.js";
import { engine } from "./engine.js";
import type { Fitted } from "./fitted.js";
import { forward, type Link } from "./forward.js";
import { fromJSON, toJSON } from "./json.js";
import { termInKernels } from "./kernels.js";
import { indicesOf, readLabels, toArray } from "./labels.js";
import { checkFinite, checkMatrixShape, deliver, type Matrix, readMatrix, readWeights, totalOf } from "./matrix.js";
import { termInJs } from "./rows.js";
import { checkSettings, type Settings } from "./settings.js";
import { train } from "./train.js";
import type {
  Features,
  LabelArray,
  PerSample,
  Predicted,
  SampleOptions,
  ShapeOption,
  SoftmaxRegressionJSON,
  SoftmaxRegressionOptions,
} from "./types.js";

/**
 * Multinomial logistic regression: the classes' probabilities are the softmax of linear functions of the features. Its
 * names, defaults and objective are those of scikit-learn's LogisticRegression with its solver lbfgs.
 *
 * Minimises C Σ sampleWeight (-log p_y) + ½ |coef|², where intercepts are not penalised, until no entry of the gradient
 * of that over C Σ sampleWeight is larger in size than `tol`: what scikit-learn does from 1.4 on. Two classes are treated
 * as any other number is: coef has two rows, each the negative of the other, where scikit-learn fits a single row of a
 * logistic function, whose penalty is twice as strong.
 *
 * Samples are copied; while `fit` runs they take their size in memory of their own.
 *
 * Accuracy: the model is that of the minimum as near as `tol` says, where {@link SoftmaxRegression.converged}. Samples in
 * a Float32Array or in float16 are multiplied in float32, all else in float64; steps and sums over samples are float64 always.
 *
 * @typeParam Y - What the labels that it was fitted to are in.
 * @throws TypeError, RangeError as each method says; nothing is changed then. An Error where a method needs a model that
 * was fitted.
 * @example
 * const model = new SoftmaxRegression({ C: 10 }).fit([[0, 1], [1, 0], [1, 1]], ["no", "yes", "yes"]);
 * model.predict([[1, 0.5]]); // ["yes"]
 */
export class SoftmaxRegression<Y extends LabelArray = LabelArray> {
  readonly #settings: Settings;
  #fitted: Fitted | undefined;

  /** A model that is not fitted yet. @throws TypeError, RangeError for wrong options. */
  constructor(options?: SoftmaxRegressionOptions) {
    this.#settings = checkSettings(options);
  }

  /**
   * Learns from samples X and their labels y: numbers, strings, booleans or bigints, of two classes or more. What was
   * learned before is forgotten.
   *
   * @throws TypeError, RangeError for wrong arguments, also for values of X that are not finite; the model is as it was.
   */
  fit<Z extends LabelArray>(X: Features, y: Z, options?: SampleOptions): SoftmaxRegression<Z> {
    const { shape, weights } = readSampleOptions(options);
    const labels = readLabels(y, "y");
    const x = readMatrix(X, "X", { shape, rows: labels.values.length, by: "y has labels" });
    this.#fitted = train(termOf, x, labels, weights, this.#settings);
    return this as unknown as SoftmaxRegression<Z>;
  }

  /**
   * The most probable class of each sample, in an array of y's kind.
   *
   * @throws TypeError, RangeError for samples that are not finite numbers, or not of as many features as were fitted.
   */
  predict(X: Features, options?: ShapeOption): Predicted<Y> {
    const fitted = this.#learned();
    const x = readSamples(X, options, fitted);
    return toArray(
      Array.from(mostProbable(x, fitted), (k) => fitted.classes[k]!),
      fitted.kind,
    ) as Predicted<Y>;
  }

  /**
   * The probabilities of the classes, one row a sample: {@link "softmax-simd".softmax} of {@link decisionFunction}.
   *
   * @throws As {@link predict}.
   */
  predictProba<X extends Features>(X: X, options?: ShapeOption): PerSample<X> {
    return this.#apply("softmax", X, options);
  }

  /**
   * Their logarithms, accurate for probabilities near 0 and near 1 too: {@link "softmax-simd".logSoftmax}.
   *
   * @throws As {@link predict}.
   */
  predictLogProba<X extends Features>(X: X, options?: ShapeOption): PerSample<X> {
    return this.#apply("logSoftmax", X, options);
  }

  /**
   * The logits: X coefᵀ + intercept, of shape [samples, classes].
   *
   * @throws As {@link predict}.
   */
  decisionFunction<X extends Features>(X: X, options?: ShapeOption): PerSample<X> {
    return this.#apply("logits", X, options);
  }

  /**
   * The share of the samples, or of their weight, whose class is predicted right, from 0 to 1.
   *
   * @throws As {@link predict}, and for labels of another kind or number.
   */
  score(X: Features, y: Y, options?: SampleOptions): number {
    const fitted = this.#learned();
    const { shape, weights } = readSampleOptions(options);
    const { values } = readLabels(y, "y", typeof fitted.classes[0]);
    const x = readSamples(X, { shape }, fitted, values.length);
    const total = totalOf(weights, values.length);
    const expected = indicesOf(values, fitted.classes);
    let right = 0;
    mostProbable(x, fitted).forEach((k, i) => {
      if (k === expected[i]) right += weights === undefined ? 1 : weights[i]!;
    });
    return right / total;
  }

  /** The weights, one row a class: [classes, features], in log-odds for a unit of the feature. */
  get coef(): readonly (readonly number[])[] {
    return this.#learned().coef;
  }

  /** One a class; zeros with `fitIntercept: false`. */
  get intercept(): readonly number[] {
    return this.#learned().intercept;
  }

  /** The labels that occurred, in the order of coef's rows: numbers by size, strings by code units, false before true. */
  get classes(): Predicted<Y> {
    const { classes, kind } = this.#learned();
    return toArray(classes, kind) as Predicted<Y>;
  }

  /** How many iterations were made. */
  get nIter(): number {
    return this.#learned().nIter;
  }

  /** Whether `tol` was reached; false where `maxIter`, or the precision of the dtype, ended training before. */
  get converged(): boolean {
    return this.#learned().converged;
  }

  /** The options and what was learned, for JSON.stringify. Not `onIteration`. */
  toJSON(): SoftmaxRegressionJSON {
    return toJSON(this.#settings, this.#fitted);
  }

  /** A model as `toJSON` gave it. @throws TypeError, RangeError for what `toJSON` does not give. */
  static fromJSON<Z extends LabelArray = LabelArray>(json: unknown): SoftmaxRegression<Z> {
    const { settings, fitted } = fromJSON(json);
    const model = new SoftmaxRegression<Z>(settings);
    model.#fitted = fitted;
    return model;
  }

  #learned(): Fitted {
    if (this.#fitted !== undefined) return this.#fitted;
    throw new Error("SoftmaxRegression: expected a model that was fitted, got one that was not; call fit first");
  }

  #apply<X extends Features>(link: Link, X: X, options: ShapeOption | undefined): PerSample<X> {
    const fitted = this.#learned();
    const x = readSamples(X, options, fitted);
    return deliver(x, forward(engine, x, fitted, link), fitted.classes.length) as PerSample<X>;
  }
}

function termOf(x: Matrix, samples: Samples): DataTerm {
  return termInKernels(engine, x, samples) ?? termInJs(x, samples);
}

function readSampleOptions(options: unknown) {
  const { shape, sampleWeight } = checkOptions(options, ["shape", "sampleWeight"]) as SampleOptions;
  return { shape: checkMatrixShape(shape), weights: readWeights(sampleWeight) };
}

/** Samples with as many features as the model was fitted to. */
function readSamples(X: unknown, options: unknown, { weights, classes }: Fitted, rows?: number): Matrix {
  const { shape } = checkOptions(options, ["shape"]) as ShapeOption;
  const columns = weights.length / classes.length;
  const x = readMatrix(X, "X", { shape: checkMatrixShape(shape), rows, columns, by: "the model was fitted to" });
  checkFinite(x, "X");
  return x;
}

function mostProbable(x: Matrix, fitted: Fitted): Int32Array {
  const classes = fitted.classes.length;
  const logits = forward(engine, x, fitted, "logits");
  return Int32Array.from({ length: x.rows }, (_, r) => {
    let best = r * classes;
    for (let i = best; i < (r + 1) * classes; i++) if (logits[i]! > logits[best]!) best = i;
    return best - r * classes;
  });
}
