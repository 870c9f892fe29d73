import { describe, expect, it } from "vitest";
import { softmax } from "../src/index.js";
import { expectedCalibrationError, fitTemperature, reliability } from "../src/learn.js";
import { random } from "./support/random.js";

/** Logits of spread ±`spread`, and labels drawn from their softmax at a temperature. */
function drawn(rows: number, classes: number, temperature: number, spread = 4) {
  const { uniform } = random(rows + classes);
  const logits = Float64Array.from({ length: rows * classes }, () => uniform(-spread, spread));
  const p = softmax(logits, { shape: [rows, classes], temperature });
  const labels = Uint8Array.from({ length: rows }, (_, r) => {
    let left = uniform(0, 1);
    let k = 0;
    while (k < classes - 1 && left >= p[r * classes + k]!) left -= p[r * classes + k++]!;
    return k;
  });
  return { logits, labels };
}

function lossAt(logits: Float64Array, labels: Uint8Array, temperature: number): number {
  const classes = logits.length / labels.length;
  const p = softmax(logits, { shape: [labels.length, classes], temperature });
  return labels.reduce((sum, label, r) => sum - Math.log(p[r * classes + label]!), 0) / labels.length;
}

describe("fitTemperature", () => {
  it.each([0.2, 1, 3, 25])("finds the temperature that labels were drawn at: %f", (temperature) => {
    const { logits, labels } = drawn(20_000, 5, temperature, 4 * Math.sqrt(temperature));
    const fitted = fitTemperature(logits, labels);
    expect(fitted.temperature / temperature).toBeGreaterThan(0.93);
    expect(fitted.temperature / temperature).toBeLessThan(1.07);
    expect(fitted.loss).toBeCloseTo(lossAt(logits, labels, fitted.temperature), 12);
    expect(fitted.lossBefore).toBeCloseTo(lossAt(logits, labels, 1), 12);
  });

  it("is where no other temperature is better", () => {
    const { logits, labels } = drawn(300, 3, 2);
    const { temperature, loss } = fitTemperature(logits, labels);
    for (const factor of [0.5, 0.99, 1.01, 2]) {
      expect(lossAt(logits, labels, factor * temperature)).toBeGreaterThan(loss);
    }
  });

  it("solves the two-class case: of logits ±d, q of them right, T = d / log(q / (1 - q))", () => {
    for (const [d, right, wrong] of [
      [1, 3, 1],
      [100, 9, 1],
      [1e-6, 99, 1],
      [2, 501, 500],
    ] as const) {
      const labels = [...Array<number>(right).fill(0), ...Array<number>(wrong).fill(1)];
      const { temperature } = fitTemperature(
        labels.map(() => [d, 0]),
        labels,
      );
      expect(temperature / (d / Math.log(right / wrong))).toBeCloseTo(1, 9);
    }
  });

  it("scales with the logits, and moves with none of their rows' constants", () => {
    const { logits, labels } = drawn(200, 4, 1.5);
    const { temperature } = fitTemperature(logits, labels);
    expect(
      fitTemperature(
        logits.map((z) => 1e6 * z),
        labels,
      ).temperature / temperature,
    ).toBeCloseTo(1e6, 3);
    const moved = logits.map((z, i) => z + 10 * Math.floor(i / 4));
    expect(fitTemperature(moved, labels).temperature).toBeCloseTo(temperature, 9);
    expect(fitTemperature(new Float32Array(logits), labels).temperature).toBeCloseTo(temperature, 5);
    expect(fitTemperature({ data: logits, dims: [200, 4] }, [...labels]).temperature).toBe(temperature);
    expect(fitTemperature(logits, BigInt64Array.from(labels, BigInt), { shape: [200, 4] }).temperature).toBe(
      temperature,
    );
  });

  it("refuses labels for which no temperature is best", () => {
    expect(() =>
      fitTemperature(
        [
          [1, 0],
          [0, 2],
        ],
        [0, 1],
      ),
    ).toThrow(
      new RangeError("labels: expected one or more whose logit is not its row's largest; without, 0 would be best"),
    );
    for (const labels of [
      [1, 0],
      [0, 0],
    ]) {
      expect(() =>
        fitTemperature(
          [
            [1, 0],
            [0, 1],
          ],
          labels,
        ),
      ).toThrow(
        new RangeError("labels: expected logits above their rows' means on average; without, Infinity would be best"),
      );
    }
  });

  it.each([
    [[[1, 2]], [2], RangeError, "labels[0]: expected a class index from 0 to 1, got 2"],
    [[[1, 2]], [0.5], RangeError, "labels[0]: expected a class index from 0 to 1, got 0.5"],
    [[[1, 2]], ["0"], TypeError, 'labels[0]: expected a class index, got "0"'],
    [[[1, 2]], 0, TypeError, "labels: expected class indices in an array or a typed array, got 0"],
    [[[1, 2]], [0, 1], RangeError, "logits: expected 2 rows as there are labels, got 1"],
    [[[1, NaN]], [0], RangeError, "logits: expected finite numbers, got NaN in row 0, column 1"],
    [[], [], RangeError, "logits: expected at least one row, got none"],
    [
      "logits",
      [0],
      TypeError,
      'logits: expected Float16Array, Float32Array, Float64Array, nested number arrays, or a tensor with data and shape or dims, got "logits"',
    ],
  ])("refuses %o with labels %o", (logits, labels, type, message) => {
    expect(() => fitTemperature(logits as number[][], labels as number[])).toThrow(new type(message));
  });
});

describe("expectedCalibrationError and reliability", () => {
  // Confidences 0.9 (right), 0.8 (wrong), 0.6 (right), 0.55 (right): by hand.
  const probs = [
    [0.9, 0.1],
    [0.2, 0.8],
    [0.6, 0.4],
    [0.45, 0.55],
  ];
  const labels = [0, 0, 0, 1];

  it("is the bins' gap between accuracy and confidence, weighted by their rows", () => {
    // Bins (0.4, 0.6]: 0.6 and 0.55, accuracy 1; (0.6, 0.8]: 0.8, accuracy 0; (0.8, 1]: 0.9, accuracy 1.
    expect(expectedCalibrationError(probs, labels, { bins: 5 })).toBeCloseTo((2 * 0.425 + 0.8 + 0.1) / 4, 15);
    // One bin: accuracy 3/4, mean confidence 0.7125.
    expect(expectedCalibrationError(probs, labels, { bins: 1 })).toBeCloseTo(0.0375, 15);
    expect(expectedCalibrationError(new Float64Array(probs.flat()), labels)).toBe(
      expectedCalibrationError(probs, labels, { bins: 15, shape: [4, 2] }),
    );
  });

  it("has bins that are open below and closed above", () => {
    const bins = reliability(probs, labels, { bins: 5 });
    expect(bins.map(({ count }) => count)).toEqual([0, 0, 2, 1, 1]);
    expect(bins[2]).toEqual({ lower: 0.4, upper: 0.6, count: 2, confidence: 0.575, accuracy: 1 });
    expect(bins[0]).toEqual({ lower: 0, upper: 0.2, count: 0, confidence: NaN, accuracy: NaN });
    expect(
      reliability(
        [
          [1, 0],
          [0, 0],
        ],
        [0, 1],
        { bins: 2 },
      ).map(({ count }) => count),
    ).toEqual([1, 1]);
  });

  it("is near 0 for calibrated probabilities, and falls by a fitted temperature", () => {
    const { logits, labels: drawnLabels } = drawn(20_000, 5, 2.5);
    const shape = [20_000, 5];
    const before = expectedCalibrationError(softmax(logits, { shape }), drawnLabels);
    const { temperature } = fitTemperature(logits, drawnLabels);
    const after = expectedCalibrationError(softmax(logits, { shape, temperature }), drawnLabels);
    expect(before).toBeGreaterThan(0.15);
    expect(after).toBeLessThan(0.02);
  });

  it.each([
    [[[1.2, 0]], [0], {}, RangeError, "probs: expected probabilities from 0 to 1, got 1.2 in row 0, column 0"],
    [[[0.5, NaN]], [0], {}, RangeError, "probs: expected probabilities from 0 to 1, got NaN in row 0, column 1"],
    [[[0.5, 0.5]], [2], {}, RangeError, "labels[0]: expected a class index from 0 to 1, got 2"],
    [[[0.5, 0.5]], [0], { bins: 0 }, RangeError, "bins: expected an integer of 1 or more, got 0"],
    [[[0.5, 0.5]], [0], { bin: 3 }, TypeError, 'unknown option "bin": did you mean "bins"?'],
    [[[0.5, 0.5]], [0, 1], {}, RangeError, "probs: expected 2 rows as there are labels, got 1"],
    [[], [], {}, RangeError, "probs: expected at least one row, got none"],
  ])("refuses %o with labels %o and options %o", (wrong, wrongLabels, options, type, message) => {
    expect(() => expectedCalibrationError(wrong, wrongLabels, options as object)).toThrow(new type(message));
  });
});
