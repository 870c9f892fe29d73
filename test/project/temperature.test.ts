import { softmax } from "softmax-simd/reference";
import { describe, expect, it } from "vitest";
import { drawHistograms } from "../../examples/temperature/histogram-chart.js";
import { report } from "../../examples/temperature/report.js";
import { LOGITS, run, sweep, TEMPERATURES } from "../../examples/temperature/run.js";
import { drawSweeps } from "../../examples/temperature/sweep-chart.js";
import { chiSquareTest } from "../support/chi-square.js";
import { isWellFormed, marksIn, textsIn } from "../support/svg.js";

describe("temperature example", () => {
  const draws = run();

  it("draws 1000 classes at each temperature", () => {
    expect(draws.map(({ temperature }) => temperature)).toEqual(TEMPERATURES);
    for (const { count, shares } of draws) {
      expect(count).toBe(1000);
      expect(shares.map(({ logit }) => logit)).toEqual(LOGITS);
      expect(shares.reduce((sum, { frequency }) => sum + Math.round(frequency * count), 0)).toBe(count);
    }
  });

  it("has the softmax as probabilities", () => {
    for (const { temperature, shares } of draws) {
      const exact = softmax(LOGITS, { temperature });
      shares.forEach(({ probability }, i) => {
        expect(probability).toBeCloseTo(exact[i] as number, 14);
      });
    }
  });

  it.each([1, 2, 3, 4, 5])("draws with these probabilities, by seed %s", (seed) => {
    for (const { count, shares } of run({ seed })) {
      const counts = shares.map(({ frequency }) => Math.round(frequency * count));
      const probabilities = shares.map(({ probability }) => probability);
      expect(chiSquareTest(counts, probabilities)).toBeGreaterThan(1e-6);
    }
  });

  it("is the more even the higher the temperature", () => {
    const highest = draws.map(({ shares }) => Math.max(...shares.map(({ frequency }) => frequency)));
    expect(highest).toEqual([...highest].sort((a, b) => b - a));
    expect(highest[0]).toBeGreaterThan(0.99);
    expect(highest.at(-1)).toBeLessThan(0.35);
  });

  it("is a function of the seed", () => {
    expect(run()).toEqual(draws);
    expect(run({ seed: 2 })).not.toEqual(draws);
  });

  it("prints a table whose lines are equally long, with every probability and share", () => {
    const lines = report(draws).split("\n");
    expect(lines).toHaveLength(1 + 2 * TEMPERATURES.length);
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(lines[5]).toMatch(/^1 +probability +3\.2% +1\.2% +8\.6% +63\.6% +23\.4%$/);
  });

  it("draws a bar, a dot and a label for each class, in a panel a temperature", async () => {
    const svg = await drawHistograms(draws);
    expect(isWellFormed(svg)).toBe(true);
    for (const kind of ["rect", "symbol", "text"]) expect(marksIn(svg, kind)).toEqual([5, 5, 5, 5]);
    for (const temperature of TEMPERATURES) expect(textsIn(svg)).toContain(`temperature ${temperature}`);
    expect(svg).not.toContain("NaN");
  });
});

describe("temperature example, the sweep", () => {
  it.each([[[1, 2, 3]], [[1, 3, 3]]])("goes from the largest logits alone to all alike: %j", (logits) => {
    const points = sweep(logits, 50);
    expect(points).toHaveLength(150);
    const of = (index: number): number[] => points.filter((p) => p.index === index).map((p) => p.probability);
    const winners = logits.filter((logit) => logit === 3).length;
    logits.forEach((logit, index) => {
      expect(of(index)[0]).toBeCloseTo(logit === 3 ? 1 / winners : 0, 8);
      expect(of(index).at(-1)).toBeCloseTo(1 / 3, 1);
    });
    expect(of(0)).toEqual([...of(0)].sort((a, b) => a - b));
    expect(of(2)).toEqual([...of(2)].sort((a, b) => b - a));
  });

  it("draws three lines a panel", async () => {
    const svg = await drawSweeps();
    expect(isWellFormed(svg)).toBe(true);
    expect(marksIn(svg, "line")).toEqual([1, 1, 1, 1, 1, 1]);
    expect(textsIn(svg)).toEqual(expect.arrayContaining(["logits 1, 2, 3", "logits 1, 3, 3", "3 and 3"]));
    expect(svg).not.toContain("NaN");
  });
});
