import { beforeAll, describe, expect, it } from "vitest";
import { drawChart } from "../../examples/digits/chart.js";
import { type Images, loadDigits, PIXELS, part, SIDE } from "../../examples/digits/data.js";
import { deskew } from "../../examples/digits/deskew.js";
import { type Learned, learn } from "../../examples/digits/learn.js";
import { distanceLogits } from "../../examples/digits/logits.js";
import { drawReliability } from "../../examples/digits/reliability-chart.js";
import { progress, report, reportLearned } from "../../examples/digits/report.js";
import { type Figures, run, TEMPERATURES } from "../../examples/digits/run.js";
import { percent } from "../../examples/table.js";
import { marksIn } from "../support/svg.js";

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

describe("digits example, third act", () => {
  let learned: Learned;
  const lines: string[] = [];
  const losses: number[] = [];

  beforeAll(() => {
    learned = learn({
      onIteration: (iteration) => {
        lines.push(progress(iteration));
        losses.push(iteration.loss);
      },
    });
  }, 120_000);

  it("classifies at least 91% of images that it was not trained on", () => {
    expect(learned.converged).toBe(true);
    expect(learned.accuracy).toBeGreaterThanOrEqual(0.91);
  });

  it("tells the loss of each iteration, falling", () => {
    expect(lines).toHaveLength(learned.iterations);
    lines.forEach((line, i) => {
      expect(line).toMatch(new RegExp(`^iteration +${i + 1}  loss \\d\\.\\d+  gradient `));
    });
    expect(losses).toEqual([...losses].sort((a, b) => b - a));
    expect(losses[0]).toBeLessThan(Math.log(10));
  });

  it("counts each test image once in the confusion table, by its true digit, and right ones on the diagonal", () => {
    const { labels } = loadDigits(0, learned.testCount, 1).test;
    const counts = Array.from({ length: 10 }, (_, digit) => labels.filter((label) => label === digit).length);
    expect(learned.confusion.map(sum)).toEqual(counts);
    expect(sum(learned.confusion.map((row, digit) => row[digit] as number))).toBe(
      Math.round(learned.accuracy * learned.testCount),
    );
  });

  it("calibrates: error and loss fall, and no prediction changes", () => {
    const { before, after } = learned;
    expect(before.temperature).toBe(1);
    expect(after.temperature).not.toBe(1);
    expect(after.error).toBeLessThan(before.error);
    expect(after.loss).toBeLessThan(before.loss);
    expect([before.accuracy, after.accuracy]).toEqual([learned.accuracy, learned.accuracy]);
  });

  it("measures the error as its bins have it", () => {
    for (const { bins, error } of [learned.before, learned.after]) {
      const filled = bins.filter(({ count }) => count > 0);
      const gaps = filled.map(({ count, accuracy, confidence }) => count * Math.abs(accuracy - confidence));
      expect(sum(bins.map(({ count }) => count))).toBe(learned.testCount);
      expect(error).toBeCloseTo(sum(gaps) / learned.testCount, 12);
    }
  });

  it("prints tables whose lines are equally long", () => {
    const [heading, ...tables] = reportLearned(learned).split("\n\n");
    expect(heading).toContain(`${percent(learned.accuracy)} of 1,000 test images right`);
    expect(tables).toHaveLength(2);
    for (const table of tables) expect(new Set(table.split("\n").map((line) => line.length)).size).toBe(1);
  });

  it("draws bars, dots, counts and the diagonal before and after", async () => {
    const svg = await drawReliability(learned);
    const panels = [learned.before, learned.after].map(({ bins }) => bins.filter(({ count }) => count > 0));
    expect(svg).toMatch(/^<svg /);
    expect(svg).toContain(`>Before: expected calibration error ${percent(learned.before.error)}</text>`);
    expect(svg).toContain(`>After: expected calibration error ${percent(learned.after.error)}</text>`);
    expect(marksIn(svg, "rect")).toEqual(panels.map(({ length }) => length));
    expect(marksIn(svg, "symbol")).toEqual(panels.map(({ length }) => length));
    expect(marksIn(svg, "text")).toEqual(panels.map(({ length }) => length));
    expect(marksIn(svg, "rule")).toEqual([1, 1]);
    expect(svg).not.toContain("NaN");
  });

  function sum(values: number[]): number {
    return values.reduce((total, value) => total + value, 0);
  }
});

describe("digits without slant", () => {
  it("sets slanted writing upright, and keeps its ink", () => {
    const slanted = draw((y) => 4 + y / 2);
    const upright = deskew(slanted).pixels;
    for (let y = 4; y < 24; y++) {
      const line = upright.subarray(y * SIDE, (y + 1) * SIDE);
      const ink = line.reduce((a, b) => a + b);
      expect(line.reduce((a, b, x) => a + b * x) / ink).toBeCloseTo(4 + 13.5 / 2, 3);
    }
    expect(upright.reduce((a, b) => a + b)).toBeCloseTo(
      slanted.pixels.reduce((a, b) => a + b),
      3,
    );
  });

  it("leaves upright writing and blank images as they are", () => {
    const upright = draw(() => 13);
    const blank = { ...upright, pixels: new Float32Array(PIXELS) };
    expect(deskew(upright)).toEqual(upright);
    expect(deskew(blank)).toEqual(blank);
  });

  /** A line from y = 4 to 23 through the given x of each, between pixels linearly. */
  function draw(xOf: (y: number) => number): Images {
    const pixels = new Float32Array(PIXELS);
    for (let y = 4; y < 24; y++) {
      const x = Math.floor(xOf(y));
      pixels[y * SIDE + x] = 1 - (xOf(y) - x);
      pixels[y * SIDE + x + 1] = xOf(y) - x;
    }
    return { count: 1, pixels, labels: Uint8Array.of(1) };
  }
});

describe("digits data", () => {
  it("has parts of consecutive images", () => {
    const { training } = loadDigits(6, 0, 1);
    const { count, pixels, labels } = part(training, 2, 5);
    expect(count).toBe(3);
    expect(labels).toEqual(training.labels.slice(2, 5));
    expect(pixels).toEqual(training.pixels.slice(2 * PIXELS, 5 * PIXELS));
  });

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
