import { describe, expect, test } from "vitest";
import { softmaxMathExp, softmaxPolynomial } from "../../bench/baselines.js";
import { checkSoftmax, softmaxFloat64 } from "../../bench/check.js";
import { logits } from "../../bench/data.js";
import type { Shape } from "../../bench/shapes.js";

const shapes: Shape[] = [
  [1, 1],
  [1, 10],
  [64, 10],
  [3, 1000],
  [1, 131072],
];

describe.each([
  ["Math.exp", softmaxMathExp],
  ["polynomial", softmaxPolynomial],
])("baseline with %s", (name, baseline) => {
  const run = (x: Float32Array, rows = 1) => baseline(x, new Float32Array(x.length), rows, x.length / rows);

  test.each(shapes)("agrees with float64 at %i x %i", (...shape) => {
    const x = logits(shape);
    checkSoftmax(name, run(x, shape[0]), softmaxFloat64(x, shape));
  });

  test("agrees with float64 over every magnitude", () => {
    const x = Float32Array.from({ length: 80001 }, (_, i) => -i / 1000);
    checkSoftmax(name, run(x), softmaxFloat64(x, [1, x.length]));
  });

  test("gives 0 far below the maximum, and NaN to the row of a NaN alone", () => {
    expect([...run(Float32Array.of(1000, 2000, 3000, 4000, 5000))]).toEqual([0, 0, 0, 0, 1]);
    expect([...run(Float32Array.of(0, -Infinity, 0))]).toEqual([0.5, 0, 0.5]);
    expect([...run(Float32Array.of(0, NaN, 7, 7), 2)]).toEqual([NaN, NaN, 0.5, 0.5]);
  });
});

describe("the check before the clock", () => {
  const x = Float32Array.of(1, 2, 3, 4, 1, 2, 3);
  const expected = softmaxFloat64(x, [1, 7]);

  test("stands on the textbook's values", () => {
    const rounded = [...expected].map((p) => Number(p.toFixed(3)));
    expect(rounded).toEqual([0.024, 0.064, 0.175, 0.475, 0.024, 0.064, 0.175]);
  });

  test("refuses a wrong value, a NaN and a short result", () => {
    const wrong = (at: number, value: number) => Float32Array.from(expected).fill(value, at, at + 1);
    expect(() => checkSoftmax("wrong", wrong(3, (expected[3] as number) * 1.00002), expected)).toThrow("off by");
    expect(() => checkSoftmax("NaN", wrong(0, NaN), expected)).toThrow("off by NaN");
    expect(() => checkSoftmax("short", new Float32Array(6), expected)).toThrow("6 values, expected 7");
  });
});
