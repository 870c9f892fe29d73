// The recipes in examples/: what their functions return, against closed forms and properties, and what they print.

import { describe, expect, it, vi } from "vitest";

const boltzmann = await run(() => import("../../examples/recipes/boltzmann.js"));
const attention = await run(() => import("../../examples/recipes/attention.js"));
const gradientCheck = await run(() => import("../../examples/recipes/gradient-check.js"));
const weightGradient = await run(() => import("../../examples/recipes/weight-gradient.js"));

/** Runs a recipe by importing it: its functions, and the lines that it prints. */
async function run<M>(load: () => Promise<M>): Promise<{ recipe: M; lines: string[] }> {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    const recipe = await load();
    return { recipe, lines: log.mock.calls.flatMap(([text]) => String(text).split("\n")) };
  } finally {
    log.mockRestore();
  }
}

/** The numbers in a printed line. */
function numbersIn(line: string | undefined): number[] {
  return (line?.match(/-?\d+(\.\d+)?(e[-+]\d+)?/g) ?? []).map(Number);
}

describe("boltzmann", () => {
  const { recipe, lines } = boltzmann;

  it.each([0.5, 2, -1])("has the closed form's two-level system at β = %s", (beta) => {
    const got = recipe.boltzmann([0, 3], beta);
    const upper = 1 / (1 + Math.exp(3 * beta));
    expect(got.probabilities[1]).toBeCloseTo(upper, 14);
    expect(got.logZ).toBeCloseTo(Math.log1p(Math.exp(-3 * beta)), 14);
    expect(got.meanEnergy).toBeCloseTo(3 * upper, 13);
    expect(got.entropy).toBeCloseTo(-upper * Math.log(upper) - (1 - upper) * Math.log1p(-upper), 14);
    expect(got.freeEnergy).toBeCloseTo(-got.logZ / beta, 14);
  });

  it.each([0.01, 1, 7])("has F = U - S/β at β = %s", (beta) => {
    const energies = Array.from({ length: 300 }, (_, i) => 40 * Math.sin(i * i));
    const { meanEnergy, entropy, freeEnergy } = recipe.boltzmann(energies, beta);
    expect(Math.abs(freeEnergy - (meanEnergy - entropy / beta))).toBeLessThan(1e-13 * Math.abs(freeEnergy));
  });

  it("prints the harmonic oscillator's figures", () => {
    for (const [i, beta] of [4, 1, 0.25].entries()) {
      const Z = 1 / (2 * Math.sinh(beta / 2));
      const U = 1 / (2 * Math.tanh(beta / 2));
      const F = -Math.log(Z) / beta;
      const printed = [beta, Z, U, beta * (U - F), F, F];
      expect(numbersIn(lines[2 + i])).toEqual(printed.map((figure) => Number(figure.toFixed(6))));
    }
  });

  it("prints a partition function that is too small for a number, by its logarithm", () => {
    const share = 1 + Math.exp(-1) + Math.exp(-2);
    expect(numbersIn(lines.at(-2)).at(-1)).toBeCloseTo(Math.log(share) - 1000, 6);
    numbersIn(lines.at(-1)).forEach((p, i) => {
      expect(p).toBeCloseTo(Math.exp(-i) / share, 6);
    });
  });
});

describe("attention", () => {
  const { recipe, lines } = attention;
  const size = { batch: 2, heads: 2, positions: 3, width: 4 };
  const wave = (f: (x: number) => number) => Float32Array.from({ length: 48 }, (_, i) => f(i));

  it("weighs the positions up to the query's, and no others", () => {
    const [queries, keys] = [wave(Math.sin), wave(Math.cos)];
    const weights = recipe.causalWeights(recipe.dotProducts(queries, keys, size), size);
    expect(weights).toHaveLength(36);
    for (let head = 0; head < 4; head++) {
      for (let query = 0; query < 3; query++) {
        const at = (position: number, of: Float32Array): Float32Array => {
          const start = (head * 3 + position) * 4;
          return of.subarray(start, start + 4);
        };
        const powers = Array.from({ length: query + 1 }, (_, key) =>
          Math.exp(at(query, queries).reduce((sum, q, c) => sum + q * (at(key, keys)[c] as number), 0) / 2),
        );
        const total = powers.reduce((a, b) => a + b);
        const row = weights.subarray((head * 3 + query) * 3, (head * 3 + query + 1) * 3);
        for (let key = 0; key < 3; key++) {
          if (key > query) expect(row[key]).toBe(0);
          else expect(row[key]).toBeCloseTo((powers[key] as number) / total, 6);
        }
      }
    }
  });

  it("gives the first position its own value, and the average of equal scores", () => {
    const values = wave((i) => i);
    const weights = recipe.causalWeights(new Float32Array(36), size);
    expect([...weights.subarray(0, 9)]).toEqual([1, 0, 0, 0.5, 0.5, 0, 1 / 3, 1 / 3, 1 / 3].map(Math.fround));
    const output = recipe.attend(weights, values, size);
    expect([...output.subarray(0, 4)]).toEqual([0, 1, 2, 3]);
    expect([...output.subarray(4, 8)]).toEqual([2, 3, 4, 5]);
    expect(output[47]).toBeCloseTo((39 + 43 + 47) / 3, 5);
  });

  it("prints the first head's weights", () => {
    expect(lines[1]).toBe("1.0000  0.0000  0.0000  0.0000  0.0000");
    for (let query = 0; query < 5; query++) {
      const row = numbersIn(lines[1 + query]);
      expect(row.slice(query + 1)).toEqual(new Array(4 - query).fill(0));
      expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 3);
    }
    expect(lines[6]).toBe("output [2, 3, 5, 8]: 240 numbers");
  });
});

describe("gradient check", () => {
  const { recipe, lines } = gradientCheck;

  it("finds the package's gradients right", () => {
    const differences = recipe.check();
    expect(Object.keys(differences)).toEqual(["crossEntropyWithGrad", "softmaxVjp", "softmaxJacobian"]);
    for (const difference of Object.values(differences)) expect(difference).toBeLessThan(1e-8);
    expect(lines.slice(1).map((line) => numbersIn(line)[0])).toEqual(
      Object.values(differences).map((difference) => Number(difference.toExponential(1))),
    );
  });

  it("finds a wrong one wrong", () => {
    const x = Float64Array.of(0.5, -2, 30);
    const cubes = recipe.numericalGradient((v) => v.reduce((sum, value) => sum + value ** 3, 0), x);
    expect(
      recipe.largestDifference(
        x.map((v) => 3 * v * v),
        cubes,
      ),
    ).toBeLessThan(1e-8);
    expect(
      recipe.largestDifference(
        x.map((v) => 3.001 * v * v),
        cubes,
      ),
    ).toBeCloseTo(0.001 / 3, 6);
  });
});

describe("weight gradient", () => {
  const { recipe, lines } = weightGradient;

  it("is x (ŷ - y)ᵀ for one row", () => {
    const data = { x: Float64Array.of(2, -1), labels: Int32Array.of(1), rows: 1, features: 2, classes: 2 };
    const model = { weights: new Float64Array(4), bias: Float64Array.of(Math.log(3), 0) };
    const { weights, bias } = recipe.modelGradient(recipe.logitGradient(recipe.logitsOf(model, data), data), data);
    [0.75, -0.75].forEach((error, k) => {
      expect(bias[k]).toBeCloseTo(error, 14);
      expect(weights[k]).toBeCloseTo(2 * error, 14);
      expect(weights[2 + k]).toBeCloseTo(-error, 14);
    });
    expect(recipe.lossOf(model, data)).toBeCloseTo(Math.log(4), 14);
  });

  it("is that of central differences", () => {
    const data = recipe.triangle(7);
    const model = {
      weights: Float64Array.from({ length: 6 }, (_, i) => Math.sin(i)),
      bias: Float64Array.of(0.3, -0.2, 0),
    };
    const byHand = recipe.modelGradient(recipe.logitGradient(recipe.logitsOf(model, data), data), data);
    expect(recipe.largestDifference(byHand, recipe.numericalGradient(model, data))).toBeLessThan(1e-8);
    expect(byHand.bias.reduce((a, b) => a + b)).toBeCloseTo(0, 14);
  });

  it("prints a loss that falls from log 3, and differences that are small", () => {
    const losses = lines.slice(1, 7).map((line) => numbersIn(line)[1] as number);
    expect(losses[0]).toBe(Number(Math.log(3).toFixed(6)));
    expect(losses).toEqual([...losses].sort((a, b) => b - a));
    expect(losses.at(-1)).toBeLessThan(0.05);
    expect(numbersIn(lines.at(-2)).at(-1)).toBeLessThan(1e-12);
    expect(numbersIn(lines.at(-1)).at(-1)).toBeLessThan(1e-8);
  });
});
