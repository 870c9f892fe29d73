import { beforeAll, describe, expect, it } from "vitest";
import { drawChart } from "../../examples/digits/chart.js";
import { loadDigits, PIXELS } from "../../examples/digits/data.js";
import { distanceLogits } from "../../examples/digits/logits.js";
import { report } from "../../examples/digits/report.js";
import { type Figures, run, TEMPERATURES } from "../../examples/digits/run.js";

describe("digits example", () => {
  let figures: Figures;
  const steps: number[] = [];

  beforeAll(() => {
    figures = run({ testCount: 400, rounds: 1, onProgress: (done) => steps.push(done) });
  }, 60_000);

  it("classifies most digits by linear functions of the class means", () => {
    expect(figures.linear.accuracy).toBeGreaterThan(0.78);
    expect(figures.linear.accuracy).toBeLessThan(0.86);
  });

  it("classifies by attention as well as the temperature allows", () => {
    expect(figures.attention.map(({ temperature }) => temperature)).toEqual(TEMPERATURES);
    expect(at(0.5).accuracy).toBeGreaterThanOrEqual(0.93);
    expect(at(100).accuracy).toBeLessThan(0.5);
  });

  it("is the less confident the higher the temperature", () => {
    const confidences = figures.attention.map(({ confidence }) => confidence);
    expect(confidences).toEqual([...confidences].sort((a, b) => b - a));
    expect(at(0.1).confidence).toBeGreaterThan(0.95);
    expect(at(100).confidence).toBeLessThan(0.2);
  });

  it("agrees with the reference", () => {
    for (const { difference } of [figures.linear, ...figures.attention]) expect(difference).toBeLessThan(1e-6);
  });

  it("times both shapes", () => {
    expect(figures.timings.map(({ shape }) => shape)).toEqual([
      [400, 10],
      [400, 4000],
    ]);
    for (const { timing } of figures.timings) expect(Math.min(timing.package, timing.plain)).toBeGreaterThan(0);
  });

  it("follows the logits from none done to all", () => {
    expect(steps[0]).toBe(0);
    expect(steps.at(-1)).toBe(400);
  });

  it("prints tables whose lines are equally long", () => {
    const tables = report(figures).split("\n\n");
    for (const table of tables) expect(new Set(table.split("\n").map((line) => line.length)).size).toBe(1);
  });

  it("draws both series", async () => {
    const svg = await drawChart(figures);
    expect(svg).toMatch(/^<svg /);
    expect(svg).toContain(">accuracy</text>");
    expect(svg).toContain(">confidence</text>");
    expect(svg).not.toContain("NaN");
  });

  function at(temperature: number): Figures["linear"] {
    const result = figures.attention.find((candidate) => candidate.temperature === temperature);
    if (result === undefined) throw new Error(`no result at temperature ${temperature}`);
    return result;
  }
});

describe("digits data", () => {
  it("is split by the seed alone, no image in both halves", () => {
    const split = loadDigits(40, 20, 7);
    expect(loadDigits(40, 20, 7)).toEqual(split);
    expect(loadDigits(40, 20, 8)).not.toEqual(split);
    const images = [split.training, split.test].flatMap(({ count, pixels }) =>
      Array.from({ length: count }, (_, row) => pixels.slice(row * PIXELS, (row + 1) * PIXELS).join()),
    );
    expect(new Set(images).size).toBe(60);
  });

  it("refuses a split larger than the data", () => {
    expect(() => loadDigits(10_000, 1000, 1)).toThrow(
      new RangeError("got a split of 11000 images, expected 10000 at most"),
    );
  });

  it("gives logits that are x·r - |r|²/2", () => {
    const { training, test } = loadDigits(5, 3, 1);
    const logits = distanceLogits(test.pixels, training.pixels);
    expect(logits).toHaveLength(15);
    logits.forEach((logit, i) => {
      const x = test.pixels.subarray(Math.floor(i / 5) * PIXELS);
      const r = training.pixels.subarray((i % 5) * PIXELS, ((i % 5) + 1) * PIXELS);
      const expected = r.reduce((sum, value, p) => sum + value * ((x[p] as number) - value / 2), 0);
      expect(logit).toBeCloseTo(expected, 4);
    });
  });
});
