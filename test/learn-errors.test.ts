import { describe, expect, it } from "vitest";
import { SoftmaxRegression } from "../src/learn.js";

const X = [
  [0, 1],
  [1, 0],
  [2, 2],
];
const y = ["a", "b", "a"];
const model = new SoftmaxRegression().fit(X, y);
/** The methods, for arguments that their types refuse. */
// biome-ignore lint/suspicious/noExplicitAny: what the types refuse is what is tested
const loose = SoftmaxRegression as any;
const fitting = (features: unknown, labels: unknown, options?: unknown) => () =>
  new loose().fit(features, labels, options);
const predicting = (features: unknown, options?: unknown) => () =>
  (model as unknown as typeof loose).predict(features, options);

describe("options", () => {
  it.each([
    [{ max_iter: 3 }, TypeError, 'unknown option "max_iter": did you mean "maxIter"?'],
    [{ fit_intercept: false }, TypeError, 'unknown option "fit_intercept": did you mean "fitIntercept"?'],
    [
      { penalty: "l1" },
      TypeError,
      'unknown option "penalty": expected one of C, tol, maxIter, fitIntercept, seed, onIteration',
    ],
    [{ C: 0 }, RangeError, "C: expected more than 0, got 0"],
    [{ C: NaN }, RangeError, "C: expected more than 0, got NaN"],
    [{ C: "1" }, TypeError, 'C: expected a number, got "1"'],
    [{ tol: -1 }, RangeError, "tol: expected 0 or more, got -1"],
    [{ maxIter: 1.5 }, RangeError, "maxIter: expected an integer of 0 or more, got 1.5"],
    [{ maxIter: Infinity }, RangeError, "maxIter: expected an integer of 0 or more, got Infinity"],
    [{ fitIntercept: 1 }, TypeError, "fitIntercept: expected true or false, got 1"],
    [{ seed: 0.5 }, RangeError, "seed: expected an integer, got 0.5"],
    [{ onIteration: "log" }, TypeError, 'onIteration: expected a function, got "log"'],
    [7, TypeError, "options: expected an object, got 7"],
  ])("%o", (options, type, message) => {
    expect(() => new loose(options)).toThrow(new type(message));
  });

  it("of fit", () => {
    expect(fitting(X, y, { sample_weight: [1, 1, 1] })).toThrow(
      new TypeError('unknown option "sample_weight": did you mean "sampleWeight"?'),
    );
    expect(fitting(X, y, { shape: [2, 3] })).toThrow(new RangeError("shape: expected [3, 2] as X has, got [2, 3]"));
    expect(fitting(X.flat(), y, { shape: [6] })).toThrow(new RangeError("shape: expected [rows, columns], got [6]"));
    expect(fitting(X.flat(), y, { shape: [3, 3] })).toThrow(new RangeError("shape: [3, 3] holds 9 elements, X has 6"));
  });
});

describe("X", () => {
  it.each([
    [
      [[0, 1], [1], [2, 2]],
      RangeError,
      "X[1]: expected an array of length 2 for shape [3, 2], got an array of length 1; nested arrays must not be ragged",
    ],
    [
      [
        [0, 1],
        [1, NaN],
        [2, 2],
      ],
      RangeError,
      "X: expected finite numbers, got NaN in row 1, column 1",
    ],
    [
      Float32Array.of(0, 1, 2, 3, -Infinity, 5),
      RangeError,
      "X: expected finite numbers, got -Infinity in row 2, column 0",
    ],
    [
      [
        [0, 1],
        [1, 0],
      ],
      RangeError,
      "X: expected 3 rows as y has labels, got 2",
    ],
    [[1, 2, 3, 4], RangeError, "X: expected a multiple of 3 rows as y has labels, got 4 elements"],
    [[[[1]], [[2]], [[3]]], RangeError, "X: expected two axes, [rows, columns], got shape [3, 1, 1]"],
    [{ data: new Float64Array(3), shape: [3] }, RangeError, "X: expected two axes, [rows, columns], got shape [3]"],
    [[], RangeError, "X: expected at least one column, got none"],
    [[["1"], ["2"], ["3"]], TypeError, 'X[0][0]: expected a number, got "1"'],
    [
      Int32Array.of(1, 2, 3),
      TypeError,
      "X: expected Float16Array, Float32Array or Float64Array, got Int32Array; convert its numbers with Float32Array.from(X)",
    ],
    [
      undefined,
      TypeError,
      "X: expected Float16Array, Float32Array, Float64Array, nested number arrays, or a tensor with data and shape or dims, got undefined",
    ],
  ])("fit refuses %o", (features, type, message) => {
    expect(fitting(features, y)).toThrow(new type(message));
  });

  it("fit refuses numbers whose sums overflow", () => {
    expect(fitting([[1e308], [-1e308], [1e308], [-1e308], [1e308]], [0, 1, 0, 1, 0])).toThrow(
      "X: expected numbers of a size that leaves the loss and its gradient finite, got a loss of 0.69314718055994",
    );
  });

  it("predict refuses what does not fit the model", () => {
    expect(predicting([[1, 2, 3]])).toThrow(new RangeError("X: expected 2 columns as the model was fitted to, got 3"));
    expect(predicting([1, 2, 3])).toThrow(
      new RangeError("X: expected a multiple of 2 columns as the model was fitted to, got 3 elements"),
    );
    expect(predicting([[1, Infinity]])).toThrow(
      new RangeError("X: expected finite numbers, got Infinity in row 0, column 1"),
    );
    expect(predicting([[1, 2]], { out: 1 })).toThrow(new TypeError('unknown option "out": expected one of shape'));
  });
});

describe("y", () => {
  it.each([
    [["a", "a", "a"], RangeError, 'y: expected labels of two classes or more, got only "a"'],
    [["a", 1, "b"], TypeError, "y[1]: expected a string as the other labels are, got 1"],
    [[1, NaN, 2], RangeError, "y[1]: expected a finite number, got NaN"],
    [["a", undefined, "b"], TypeError, "y[1]: expected a number, string, boolean or bigint, got undefined"],
    [[[1], [2], [3]], TypeError, "y[0]: expected a number, string, boolean or bigint, got an array of length 1"],
    ["aba", TypeError, 'y: expected labels in an array or a typed array, got "aba"'],
    [undefined, TypeError, "y: expected labels in an array or a typed array, got undefined"],
    [[], RangeError, "X: expected 0 rows as y has labels, got 3"],
  ])("fit refuses %o", (labels, type, message) => {
    expect(fitting(X, labels)).toThrow(new type(message));
  });

  it("score refuses labels of another kind, and no labels; unknown ones are wrong", () => {
    expect(() => (model as unknown as typeof loose).score(X, [1, 2, 3])).toThrow(
      new TypeError("y[0]: expected a string as the other labels are, got 1"),
    );
    expect(() => model.score([], [])).toThrow(new RangeError("X: expected at least one row, got none"));
    expect(model.score(X, ["c", "c", "c"])).toBe(0);
  });
});

describe("sampleWeight", () => {
  it.each([
    [[1, 2], RangeError, "sampleWeight: expected 3 weights as y has labels, got 2"],
    [[1, -1, 2], RangeError, "sampleWeight[1]: expected a finite number of 0 or more, got -1"],
    [[1, NaN, 2], RangeError, "sampleWeight[1]: expected a finite number of 0 or more, got NaN"],
    [[1, "1", 2], TypeError, 'sampleWeight[1]: expected a number, got "1"'],
    [[0, 0, 0], RangeError, "sampleWeight: expected a sum that is positive and finite, got 0"],
    [3, TypeError, "sampleWeight: expected an array of numbers, got 3"],
  ])("refuses %o", (sampleWeight, type, message) => {
    expect(fitting(X, y, { sampleWeight })).toThrow(new type(message));
    expect(() => (model as unknown as typeof loose).score(X, y, { sampleWeight })).toThrow(new type(message));
  });
});

describe("a model", () => {
  it("that was not fitted says so", () => {
    const message = "SoftmaxRegression: expected a model that was fitted, got one that was not; call fit first";
    const bare = new SoftmaxRegression();
    for (const use of [
      () => bare.predict(X),
      () => bare.score(X, y),
      () => bare.coef,
      () => bare.intercept,
      () => bare.classes,
      () => bare.nIter,
      () => bare.converged,
    ]) {
      expect(use).toThrow(message);
    }
  });

  it("stays as it was when a fit fails, and the next one works", () => {
    const before = model.toJSON();
    expect(() => model.fit([[1], [NaN]], [1, 2])).toThrow(RangeError);
    expect(model.toJSON()).toEqual(before);
    expect(new SoftmaxRegression().fit(X, y).toJSON()).toEqual(before);
  });

  it("has coefficients that cannot be changed unnoticed", () => {
    expect(() => Object.assign(model.coef[0]!, { 0: 1 })).toThrow(TypeError);
    expect(() => Object.assign(model.intercept, { 0: 1 })).toThrow(TypeError);
  });
});

describe("fromJSON", () => {
  const json = JSON.parse(JSON.stringify(model));
  const changed = (fields: object) => ({ ...json, fitted: { ...json.fitted, ...fields } });

  it.each([
    [JSON.stringify(json), TypeError, "json: expected the object that toJSON gave, got a string; JSON.parse it first"],
    [{ ...json, model: "SVC" }, RangeError, 'json.model: expected "SoftmaxRegression", got "SVC"'],
    [{ ...json, C: -1 }, RangeError, "C: expected more than 0, got -1"],
    [
      changed({ labels: "Proxy" }),
      RangeError,
      'json.fitted.labels: expected a kind of labels or of typed array known here, got "Proxy"',
    ],
    [
      changed({ classes: ["b", "a"] }),
      RangeError,
      "json.fitted.classes: expected two labels or more, each once and in order",
    ],
    [
      changed({ classes: ["a"] }),
      RangeError,
      "json.fitted.classes: expected two labels or more, each once and in order",
    ],
    [changed({ labels: "bigint" }), TypeError, 'json.fitted.classes[0]: expected an integer as a string, got "a"'],
    [
      changed({ coef: [[1, 2]] }),
      RangeError,
      "json.fitted.coef: expected 2 rows as there are classes, got shape [1, 2]",
    ],
    [
      changed({
        coef: [
          [1, null],
          [1, 2],
        ],
      }),
      TypeError,
      "json.fitted.coef[0][1]: expected a number, got null",
    ],
    [changed({ intercept: [1] }), RangeError, "json.fitted.intercept: expected 2 numbers, one a class, got shape [1]"],
    [changed({ nIter: -1 }), RangeError, "json.fitted.nIter: expected an integer of 0 or more, got -1"],
  ])("refuses what toJSON does not give (%#)", (wrong, type, message) => {
    expect(() => SoftmaxRegression.fromJSON(wrong)).toThrow(new type(message));
  });
});
