// The errors over the distance to the maximum, and the plot of them.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { plotted } from "../../bench/contenders.js";
import { type DistanceReport, drawDistances, points } from "../../bench/distance-chart.js";
import {
  BIN,
  DISTANCE_CASES,
  distances,
  distantLogits,
  errorsByDistance,
  FARTHEST,
  LARGEST,
  largestErrors,
} from "../../bench/distances.js";
import { logSoftmaxFloat64 } from "../../bench/float64.js";
import { TAKEN } from "../support/modules.js";
import { isWellFormed, textsIn } from "../support/svg.js";

const BINS = FARTHEST / BIN;

test("logits have the row's largest first, and the others within reach below it", () => {
  const x = distantLogits({ rows: 500, columns: 8 });
  const maxima = x.filter((_, i) => i % 8 === 0);
  expect(Math.max(...x.map(Math.abs))).toBeLessThanOrEqual(LARGEST);
  expect(Math.min(...maxima)).toBeLessThan(-150);
  expect(Math.max(...maxima)).toBeGreaterThan(240);
  x.forEach((value, i) => {
    const below = maxima[Math.floor(i / 8)]! - value;
    expect(below).toBeGreaterThanOrEqual(0);
    expect(below).toBeLessThanOrEqual(FARTHEST + 2 ** -15);
  });
  expect(distantLogits({ rows: 500, columns: 8 })).toEqual(x);
});

test("distances are each element's for softmax, the second's for log-softmax", () => {
  const x = Float32Array.of(5, 3, -1, 7, 7, 4);
  expect([...distances(x, { op: "softmax", columns: 3 })]).toEqual([0, 2, 6, 0, 0, 3]);
  expect([...distances(x, { op: "logSoftmax", columns: 2 })]).toEqual([2, NaN, -8, NaN, 3, NaN]);
});

test("the largest error of each bin is found, and what does not count is left out", () => {
  const expected = Float64Array.of(1, 1, 0.5, 1, 1, 1);
  const actual = Float32Array.of(1.25, 0.5, 0.625, 9, 2, NaN);
  const at = Float64Array.of(0, 0.5, BIN, NaN, FARTHEST + 1e-6, 2 * BIN);
  const errors = new Array<number>(BINS).fill(0);
  [errors[0], errors[1], errors[2], errors[BINS - 1]] = [0.5, 0.25, NaN, 1];
  expect(largestErrors(actual, expected, at)).toEqual(errors);
});

test("the exact log-probability of a class that has nearly all keeps its digits", () => {
  const given = { ...DISTANCE_CASES.logSoftmax, rows: 1 };
  const [largest, other] = logSoftmaxFloat64(Float32Array.of(80, 0), given);
  expect(largest! / -Math.exp(-80)).toBeCloseTo(1, 15);
  expect(other).toBe(-80);
});

describe("errors that are plotted", () => {
  const ours = plotted.filter(({ name }) => TAKEN.some((target) => name === `softmax-simd, ${target}`));

  test.each(ours)("of $name are within the stated bound at every distance", async (contender) => {
    for (const op of ["softmax", "logSoftmax"] as const) {
      const errors = await errorsByDistance(contender, op);
      expect(errors).toHaveLength(BINS);
      expect(Math.max(...errors)).toBeLessThan(6e-7);
      expect(Math.min(...errors)).toBeGreaterThan(0);
    }
  });

  test("of a rounded difference grow with it: half a unit in its last place", async () => {
    const pairwise = plotted.find(({ name }) => name === "float32 pairwise")!;
    const errors = await errorsByDistance(pairwise, "softmax");
    // From 64 to 86 a unit is 2^-17; the rounding of the result adds to it.
    expect(errors[34]).toBeGreaterThan(0.98 * 2 ** -18);
    expect(errors[34]).toBeLessThan(2 ** -18 + 4e-7);
    expect(pairwise.takes(DISTANCE_CASES.logSoftmax, "array to array")).toBe(false);
  });

  test("are of softmax and log-softmax alone", () => {
    expect(ours.map((one) => one.takes({ ...DISTANCE_CASES.softmax, op: "softmaxVjp" }, "array to array"))).toEqual(
      ours.map(() => false),
    );
  });
});

const report: DistanceReport = {
  date: "2026-11-01",
  cpu: "A processor",
  cores: 2,
  platform: "linux x64",
  versions: { "softmax-simd": "1.2.3", assemblyscript: "0.28", tinybench: "6", rival: "4.5.6" },
  command: "npm run bench:distance",
  runtime: "node 20.0.0",
  seed: 1,
  largest: 256,
  bin: 2,
  lines: [
    { contender: "ours", op: "softmax", errors: [1e-7, 2e-7, 1e-7] },
    { contender: "theirs", op: "softmax", errors: [1e-7, 1e-6, 1e-5] },
    { contender: "ours", op: "logSoftmax", errors: [3e-7, 3e-7, 0] },
  ],
};

describe("the plot", () => {
  test("has a point in the middle of each bin", () => {
    expect(points(report)).toHaveLength(9);
    expect(points(report)[5]).toEqual({ op: "softmax", contender: "theirs", distance: 5, error: 1e-5 });
  });

  test("has a line for each contender in each panel that it is in", async () => {
    const svg = await drawDistances(report);
    expect(isWellFormed(svg)).toBe(true);
    const lines = [...svg.matchAll(/<g class="mark-line role-mark.*?<path d="([^"]*)"/gs)].map(([, path]) => path!);
    expect(lines).toHaveLength(3);
    const heights = lines.map((path) => [...path.matchAll(/[ML][\d.]+,([\d.]+)/g)].map(([, y]) => Number(y)));
    expect(heights[1]![0]! - heights[1]![1]!).toBeCloseTo(heights[1]![1]! - heights[1]![2]!, 2);
    // An error of 0 stands at the bottom.
    expect(heights[2]![2]).toBe(330);
    expect(await drawDistances(report)).toBe(svg);
  });

  test("says what it shows, where and with what it was made, and what repeats it", async () => {
    const svg = await drawDistances(report);
    expect(svg).toContain("softmax-simd 1.2.3; rival 4.5.6");
    expect(svg).toContain("A processor, 2 cores, linux x64, node 20.0.0, 2026-11-01; npm run bench:distance");
    const texts = textsIn(svg);
    for (const text of ["ours", "theirs", "1e-6"]) expect(texts).toContain(text);
  });

  test("that is kept is the one of the figures that are kept", async () => {
    const kept = JSON.parse(readFileSync("bench/results/distance-node20.json", "utf8")) as DistanceReport;
    expect(`${await drawDistances(kept)}\n`).toBe(readFileSync("bench/results/distance-node20.svg", "utf8"));
  });
});
