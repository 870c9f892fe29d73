import { softmax } from "softmax-simd/reference";
import { describe, expect, it } from "vitest";
import { ARMS, createBandits, pull } from "../../examples/bandit/bandits.js";
import { drawRewards } from "../../examples/bandit/chart.js";
import { lastSteps, report } from "../../examples/bandit/report.js";
import { mean, run } from "../../examples/bandit/run.js";
import { epsilonGreedy, falling, RANDOM, STRATEGIES, softmaxBy } from "../../examples/bandit/strategies.js";
import { chiSquareTest } from "../support/chi-square.js";
import { standardErrors } from "../support/shares.js";
import { isWellFormed, marksIn, textsIn } from "../support/svg.js";

describe("bandit example", () => {
  const options = { count: 500, steps: 500, strategies: [...STRATEGIES, RANDOM] };
  const figures = run(options);
  const last = lastSteps(options.steps);
  const final = figures.curves.map(({ rewards }) => mean(rewards, options.steps - last));
  const any = final.at(-1) as number;

  it("has ten-armed bandits as in the book: values, and rewards around them, of variance 1", () => {
    const bandits = createBandits(10_000, 1);
    const values = bandits.values;
    expect(Math.abs(mean(values))).toBeLessThan(5 / Math.sqrt(values.length));
    expect(Math.abs(mean(values.map((value) => value ** 2)) - 1)).toBeLessThan(5 * Math.sqrt(2 / values.length));
    bandits.best.forEach((arm, row) => {
      const arms = values.subarray(row * ARMS, (row + 1) * ARMS);
      expect(arms.every((value) => value <= (arms[arm] as number))).toBe(true);
    });
  });

  it("averages the rewards of each arm", () => {
    const bandits = { count: 2, values: Float64Array.from({ length: 20 }, (_, i) => i), best: Int32Array.of(9, 9) };
    const estimates = { averages: new Float64Array(20), pulls: new Int32Array(20) };
    const noise = [0.5, 0, -0.25, 3];
    const next = (): number => noise.shift() as number;
    expect(pull(bandits, Int32Array.of(9, 4), estimates, next)).toEqual({ reward: (9.5 + 14) / 2, optimal: 0.5 });
    pull(bandits, Int32Array.of(9, 5), estimates, next);
    expect([estimates.averages[9], estimates.averages[14], estimates.averages[15]]).toEqual([9.125, 14, 18]);
    expect([estimates.pulls[9], estimates.pulls[14], estimates.pulls[15]]).toEqual([2, 1, 1]);
    expect(estimates.pulls.reduce((sum, n) => sum + n)).toBe(4);
  });

  it("starts by any arm, for nothing is known", () => {
    for (const { optimal } of figures.curves) {
      expect(standardErrors(optimal[0] as number, 1 / ARMS, options.count)).toBeLessThan(5);
    }
  });

  it("gets less than the best arm gives, and far more than any arm", () => {
    expect(figures.best).toBeCloseTo(1.54, 1);
    expect(Math.abs(any)).toBeLessThan(0.1);
    for (const reward of final.slice(0, -1)) {
      expect(reward).toBeGreaterThan(any + 0.9);
      expect(reward).toBeLessThan(figures.best);
    }
  });

  it("gets more in the end by softmax with a falling temperature than by ε-greedy", () => {
    const [fallingTemperature, , greedy, greedier] = final as [number, number, number, number];
    expect(fallingTemperature).toBeGreaterThan(greedy + 0.05);
    expect(fallingTemperature).toBeGreaterThan(greedier + 0.05);
  });

  it("is a function of the seed", () => {
    const small = { ...options, count: 20, steps: 30 };
    expect(run(small)).toEqual(run(small));
    expect(run({ ...small, seed: 2 })).not.toEqual(run(small));
  });

  it("prints a line a strategy, equally long", () => {
    const [table, best] = report(figures).split("\n\n");
    const lines = table?.split("\n") ?? [];
    expect(lines.slice(1).map((line) => line.split(/ {2,}/)[0])).toEqual(options.strategies.map(({ name }) => name));
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(best).toBe(`always the best arm: ${figures.best.toFixed(3)}`);
  });

  it("draws a line a strategy, the best arm's level, and names them", async () => {
    const svg = await drawRewards(run({ ...options, count: 20, strategies: STRATEGIES }));
    expect(isWellFormed(svg)).toBe(true);
    expect(marksIn(svg, "line")).toEqual([1, 1, 1, 1]);
    expect(marksIn(svg, "rule")).toEqual([1]);
    expect(textsIn(svg)).toEqual(expect.arrayContaining(STRATEGIES.map(({ name }) => name)));
    expect(svg).not.toContain("NaN");
  });
});

describe("bandit example, strategies", () => {
  const COUNT = 20_000;
  const row = [0.3, -1, 0.9, 0, 0.5, 1.2, -0.4, 0.1, 0.7, -2];
  const averages = Float64Array.from({ length: COUNT * ARMS }, (_, i) => row[i % ARMS] as number);

  it.each([0.25, 1])("draw arms by their softmax at temperature %s", (temperature) => {
    const arms = softmaxBy("", () => temperature).start(1)(averages, 0);
    expectShares(arms, softmax(row, { temperature }));
  });

  it.each([0.1, 0.01])("pull the best, or any arm with probability ε = %s", (epsilon) => {
    const arms = epsilonGreedy(epsilon).start(1)(averages, 0);
    expectShares(
      arms,
      row.map((_, arm) => epsilon / ARMS + (arm === 5 ? 1 - epsilon : 0)),
    );
  });

  it("choose anew at each step", () => {
    const choose = softmaxBy("", () => 1).start(1);
    expect(choose(averages, 0)).toEqual(choose(averages, 0));
    expect(choose(averages, 1)).not.toEqual(choose(averages, 0));
  });

  it("cool down by the same factor at each step, to the end", () => {
    const temperature = falling(1, 0.01, 100);
    [1, 0.1, 0.01, 0.01].forEach((expected, i) => {
      expect(temperature(50 * i)).toBeCloseTo(expected, 14);
    });
  });

  function expectShares(arms: Int32Array, probabilities: number[]): void {
    expect(arms).toHaveLength(COUNT);
    const counts = probabilities.map((_, arm) => arms.filter((one) => one === arm).length);
    expect(chiSquareTest(counts, probabilities)).toBeGreaterThan(1e-6);
  }
});
