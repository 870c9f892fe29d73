// What training finds, held against the loss's own gradient and problems that can be solved by hand.

import type { Context } from "./entries.js";
import { thrown } from "./errors.js";
import { integers, valuesOf } from "./numbers.js";

const LN = Math.log;

/** Near the minimum, a loss may rise by a few units in the last place. */
const ROUNDING = 2 ** -50;

/** Clouds of points about (0, 0), (4, 1) and (1, 5), which straight lines can tell apart. */
const CENTRES: readonly (readonly [number, number])[] = [
  [0, 0],
  [4, 1],
  [1, 5],
];

export function checkLearn(context: Context): void {
  checkOptimum(context);
  checkByHand(context);
  checkModel(context);
  checkCalibration(context);
  checkWrong(context);
}

function clouds(): { X: number[][]; y: number[] } {
  const next = integers(3, 2001);
  const y = Array.from({ length: 90 }, (_, i) => i % 3);
  const X = y.map((label) => (CENTRES[label] as readonly number[]).map((c) => c + (next() - 1000) / 1000));
  return { X, y };
}

/** The gradient of the mean loss and the penalty ‖W‖² / (2 C n), by the formula of the textbooks. */
function gradientOf(
  X: readonly number[][],
  y: readonly number[],
  W: readonly (readonly number[])[],
  b: readonly number[],
  C: number,
): number[] {
  const n = X.length;
  const gradient = W.map((row) => row.map((w) => w / (C * n)));
  const intercepts = b.map(() => 0);
  X.forEach((x, s) => {
    const z = W.map((row, k) => row.reduce((sum, w, f) => sum + w * (x[f] as number), b[k] as number));
    const top = Math.max(...z);
    const weights = z.map((v) => Math.exp(v - top));
    const total = weights.reduce((a, v) => a + v, 0);
    weights.forEach((weight, k) => {
      const d = (weight / total - (y[s] === k ? 1 : 0)) / n;
      intercepts[k] = (intercepts[k] as number) + d;
      x.forEach((value, f) => {
        (gradient[k] as number[])[f] = ((gradient[k] as number[])[f] as number) + d * value;
      });
    });
  });
  return [...gradient.flat(), ...intercepts];
}

function checkOptimum({ suite, entries }: Context): void {
  const { SoftmaxRegression } = entries.learn;
  const { X, y } = clouds();
  for (const C of [0.5, 1, 10]) {
    for (const tol of [1e-4, 1e-9]) {
      const what = `SoftmaxRegression: C ${C}, tol ${tol}`;
      suite.group(what, () => {
        const losses: number[] = [];
        const model = new SoftmaxRegression({
          C,
          tol,
          maxIter: 1000,
          onIteration: ({ loss }) => losses.push(loss),
        }).fit(X, y);
        suite.check(`${what}: converged`, model.converged && model.nIter === losses.length, model.nIter, losses.length);
        suite.check(`${what}: score`, model.score(X, y) === 1, model.score(X, y), 1);
        const gradient = gradientOf(X, y, model.coef, model.intercept, C);
        const most = Math.max(...gradient.map(Math.abs));
        suite.check(`${what}: gradient`, most <= tol * 1.001 + 1e-15, most, `at most ${tol}`);
        const rising = losses.filter((loss, i) => loss > (losses[i - 1] ?? loss) * (1 + ROUNDING));
        suite.check(
          `${what}: losses fall`,
          rising.length === 0,
          losses,
          "none above the one before by more than rounding",
        );
      });
    }
  }
  suite.group("SoftmaxRegression: float32", () => {
    const flat = Float32Array.from(X.flat());
    const model = new SoftmaxRegression({ tol: 1e-5, maxIter: 1000 }).fit(flat, y);
    const gradient = gradientOf(X, y, model.coef, model.intercept, 1);
    const most = Math.max(...gradient.map(Math.abs));
    suite.check("SoftmaxRegression: gradient in float32", most <= 1e-4, most, "at most 1e-4");
    suite.check("SoftmaxRegression: score in float32", model.score(flat, y) === 1, model.score(flat, y), 1);
  });
}

function checkByHand({ suite, entries }: Context): void {
  const { SoftmaxRegression } = entries.learn;
  const exact = { tol: 1e-10, maxIter: 1000 };
  for (const C of [0.01, 1, 100]) {
    suite.group(`SoftmaxRegression: one weight, C ${C}`, () => {
      // Samples ±1 of two classes: W = [[-w], [w]], where w = 2 C (1 - σ(2 w)).
      const model = new SoftmaxRegression({ ...exact, C }).fit([[-1], [1]], [0, 1]);
      const w = (model.coef[1] as number[])[0] as number;
      const expected = 2 * C * (1 - 1 / (1 + Math.exp(-2 * w)));
      suite.check(`SoftmaxRegression: one weight, C ${C}`, Math.abs(w - expected) < 1e-6, w, expected);
    });
  }
  suite.group("SoftmaxRegression: shares of classes", () => {
    const y = ["a", "b", "b", "c", "c", "c"];
    const model = new SoftmaxRegression(exact).fit(
      y.map(() => [0, 0]),
      y,
    );
    const p = valuesOf(model.predictProba([[5, -3]]));
    const expected = [1 / 6, 2 / 6, 3 / 6];
    const near = expected.every((e, i) => Math.abs((p[i] as number) - e) < 1e-8);
    suite.check("SoftmaxRegression: shares of classes", near, p, expected);
    suite.check("SoftmaxRegression: classes", String(model.classes) === "a,b,c", model.classes, ["a", "b", "c"]);
  });
}

/** Predictions follow from each other; a model survives JSON, and fits alike from other starts. */
function checkModel({ suite, entries }: Context): void {
  const { SoftmaxRegression } = entries.learn;
  suite.group("SoftmaxRegression: predictions", () => {
    const { X, y } = clouds();
    const model = new SoftmaxRegression({ tol: 1e-9, maxIter: 1000 }).fit(X, y);
    const scores = model.decisionFunction(X);
    const expected = entries.reference.softmax(scores);
    const p = model.predictProba(X);
    const off = Math.max(...valuesOf(p).map((v, i) => Math.abs(v - (valuesOf(expected)[i] as number))));
    suite.check("predictProba: softmax of decisionFunction", off < 1e-12, off, 0);
    const logs = valuesOf(model.predictLogProba(X));
    const far = Math.max(...logs.map((v, i) => Math.abs(Math.exp(v) - (valuesOf(p)[i] as number))));
    suite.check("predictLogProba: logarithms of predictProba", far < 1e-12, far, 0);
    const linear = X.map((x) =>
      model.coef.map((row, k) => row.reduce((sum, w, f) => sum + w * (x[f] as number), model.intercept[k] as number)),
    );
    const apart = Math.max(...valuesOf(scores).map((v, i) => Math.abs(v - (valuesOf(linear)[i] as number))));
    suite.check("decisionFunction: coef and intercept", apart < 1e-12, apart, 0);
    suite.check("predict: the labels", String(model.predict(X)) === String(y), model.predict(X), y);

    const text = JSON.stringify(model.toJSON());
    const copy = SoftmaxRegression.fromJSON(JSON.parse(text));
    suite.check(
      "fromJSON",
      String(copy.predict(X)) === String(y) && JSON.stringify(copy) === text,
      JSON.stringify(copy),
      text,
    );
    const other = new SoftmaxRegression({ tol: 1e-9, maxIter: 1000, seed: 4 }).fit(X, y);
    const distance = Math.max(...other.coef.flat().map((w, i) => Math.abs(w - (model.coef.flat()[i] as number))));
    suite.check("SoftmaxRegression: from another start", distance < 1e-5, distance, 0);
  });
}

function checkCalibration({ suite, entries }: Context): void {
  const { expectedCalibrationError, fitTemperature, reliability } = entries.learn;
  for (const [d, right, wrong] of [
    [1, 3, 1],
    [100, 9, 1],
    [2, 501, 500],
  ] as const) {
    suite.group(`fitTemperature: ±${d}`, () => {
      const labels = [...Array<number>(right).fill(0), ...Array<number>(wrong).fill(1)];
      const { temperature, loss, lossBefore } = fitTemperature(
        labels.map(() => [d, 0]),
        labels,
      );
      const expected = d / LN(right / wrong);
      suite.check(
        `fitTemperature: ±${d}, ${right} of ${right + wrong}`,
        Math.abs(temperature / expected - 1) < 1e-8,
        temperature,
        expected,
      );
      const [q, n] = [right / (right + wrong), right + wrong];
      const entropy = -q * LN(q) - (1 - q) * LN(1 - q);
      suite.check(
        `fitTemperature: its loss, of ${n}`,
        Math.abs(loss - entropy) < 1e-12 && loss <= lossBefore,
        loss,
        entropy,
      );
    });
  }
  suite.group("calibration", () => {
    const probs = [
      [0.875, 0.125],
      [0.875, 0.125],
      [0.375, 0.625],
      [0.25, 0.75],
    ];
    const labels = [0, 1, 1, 1];
    // Of confidence 0.875 half is right, of 0.625 and 0.75 all.
    const expected = (2 * 0.375 + 0.375 + 0.25) / 4;
    const got = expectedCalibrationError(probs, labels, { bins: 8 });
    suite.check("expectedCalibrationError", Math.abs(got - expected) < 1e-15, got, expected);
    const bins = reliability(probs, labels, { bins: 8 });
    const counts = bins.map(({ count }) => count);
    suite.check("reliability: counts", String(counts) === "0,0,0,0,1,1,2,0", counts, [0, 0, 0, 0, 1, 1, 2, 0]);
    suite.check(
      "reliability: accuracy",
      bins[6]?.accuracy === 0.5 && bins[6]?.confidence === 0.875,
      bins[6],
      "half of 0.875",
    );
  });
}

function checkWrong({ suite, entries }: Context): void {
  const { SoftmaxRegression, fitTemperature } = entries.learn;
  const Loose = SoftmaxRegression as unknown as new (options?: unknown) => { fit(X: unknown, y: unknown): unknown };
  for (const [name, act, kind, text] of [
    ["max_iter", () => new Loose({ max_iter: 3 }), TypeError, /max_iter/],
    ["C 0", () => new Loose({ C: 0 }), RangeError, /^C/],
    ["C a string", () => new Loose({ C: "1" }), TypeError, /^C/],
    ["fewer labels", () => new Loose().fit([[1], [2]], [0]), RangeError, /./],
    ["one class", () => new Loose().fit([[1], [2]], [0, 0]), RangeError, /./],
    ["NaN", () => new Loose().fit([[1], [NaN]], [0, 1]), RangeError, /./],
    ["labels all right", () => fitTemperature([[1, 0]], [0]), RangeError, /^labels/],
  ] as const) {
    const error = thrown(act);
    const right = error instanceof kind && text.test(error.message);
    suite.check(`SoftmaxRegression: ${name}`, right, error, `${kind.name} ${text}`);
  }
}
