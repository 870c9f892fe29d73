// Draws without replacement: one after the other, each from what is left (the model of Plackett and Luce).

import { describe, expect, it } from "vitest";
import type { FloatArray } from "../src/types.js";
import { countOf } from "./support/chi-square.js";
import { family, pValuesOf } from "./support/family.js";
import { finalDistribution, type RowOptions } from "./support/filters.js";
import { DTYPES, floats, logits } from "./support/floats.js";
import { random } from "./support/random.js";
import { SAMPLING, SEEDS } from "./support/sampling-calls.js";

const judge = family(10_000);
const replacement = false;

/** The probability of each ordered choice of `count` classes, as a number of `count` digits to the base of columns. */
function orderedProbabilities(p: Float64Array, count: number): Float64Array {
  const columns = p.length;
  const all = new Float64Array(columns ** count);
  const choose = (chosen: readonly number[], probability: number, left: number): void => {
    if (chosen.length === count) {
      all[codeOf(chosen, columns)] = probability;
      return;
    }
    for (let i = 0; i < columns; i++) {
      const own = p[i] as number;
      if (own > 0 && !chosen.includes(i)) choose([...chosen, i], (probability * own) / left, left - own);
    }
  };
  choose([], 1, 1);
  return all;
}

function codeOf(classes: Iterable<number>, columns: number): number {
  let code = 0;
  for (const i of classes) code = code * columns + i;
  return code;
}

/** The probability that each class is among the first `count`: over subsets, by the mass of what they leave. */
function inclusionProbabilities(p: Float64Array, count: number): Float64Array {
  const included = new Float64Array(p.length);
  const reach = new Float64Array(2 ** p.length);
  reach[0] = 1;
  for (let set = 0; set < reach.length; set++) {
    const members = Array.from(p.keys()).filter((i) => (set >> i) & 1);
    if (members.length === count)
      for (const i of members) included[i] = (included[i] as number) + (reach[set] as number);
    if (members.length >= count) continue;
    const left = 1 - members.reduce((sum, i) => sum + (p[i] as number), 0);
    for (let i = 0; i < p.length; i++) {
      if ((set >> i) & 1) continue;
      const next = set | (1 << i);
      reach[next] = (reach[next] as number) + ((reach[set] as number) * (p[i] as number)) / left;
    }
  }
  return included;
}

function repeated(row: FloatArray, rows: number): FloatArray {
  const all = row.constructor as new (length: number) => FloatArray;
  const x = new all(rows * row.length);
  for (let r = 0; r < rows; r++) x.set(row as never, r * row.length);
  return x;
}

function groupsOf(draws: Int32Array, size: number): Int32Array[] {
  return Array.from({ length: draws.length / size }, (_, r) => draws.subarray(r * size, (r + 1) * size));
}

describe("the exact probabilities of these tests", () => {
  it("agree with each other, and with two classes of three by hand", () => {
    const p = Float64Array.of(0.5, 0.3, 0.2);
    expect(orderedProbabilities(p, 2)[1]).toBeCloseTo(0.5 * (0.3 / 0.5), 15);
    expect(inclusionProbabilities(p, 2)[2]).toBeCloseTo(0.5 * (0.2 / 0.5) + 0.3 * (0.2 / 0.7) + 0.2, 15);
    expect(inclusionProbabilities(p, 2).reduce((sum, q) => sum + q)).toBeCloseTo(2, 14);
  });
});

describe.each(SAMPLING)("$name: draws without replacement", ({ name, sample, sampleWithLogProbs }) => {
  describe.each(DTYPES)("%s", (dtype) => {
    const rows = name === "kernels" ? 2000 : 500;

    it.each([
      [2, 1],
      [2, 2],
      [3, 2],
      [3, 3],
      [5, 2],
      [5, 3],
      [6, 4],
      [10, 2],
    ])("of %i classes %i, in order", (columns, numSamples) => {
      const row = logits(dtype, columns, columns, 1.5);
      const p = finalDistribution(row, {}, dtype);
      const x = repeated(row, rows);
      const draw = (seed: number) => {
        const draws = sample(x, { shape: [rows, columns], numSamples, replacement, seed });
        return Int32Array.from(groupsOf(draws, numSamples), (group) => codeOf(group, columns));
      };
      judge(pValuesOf(draw, orderedProbabilities(p, numSamples)));
    });

    it.each([
      [5, 2, {}],
      [8, 3, {}],
      [10, 4, {}],
      [12, 6, {}],
      [12, 5, { topK: 8 }],
      [12, 4, { topP: 0.9, temperature: 2 }],
      [12, 4, { minP: 0.1, where: Array.from({ length: 12 }, (_, i) => i % 4 !== 1) }],
      [10, 3, { temperature: Infinity }],
      [10, 4, { logitBias: { 3: -Infinity, 4: 2 }, history: [1, 1, 2], frequencyPenalty: 0.5 }],
    ] as const)("of %i classes, %i: each as often as is exact (%j)", (columns, numSamples, options: RowOptions) => {
      const row = logits(dtype, columns, columns + 1, 2);
      const included = inclusionProbabilities(finalDistribution(row, options, dtype), numSamples);
      const x = repeated(row, rows);
      const history = new Array(rows).fill(options.history ?? []) as never;
      const draws = SEEDS.map((seed) => {
        return sample(x, { ...options, history, shape: [rows, columns], numSamples, replacement, seed });
      });
      for (let i = 0; i < columns; i++) {
        const isIn = (seed: number) =>
          Int32Array.from(groupsOf(draws[seed - 1] as Int32Array, numSamples), (group) => Number(group.includes(i)));
        const q = Math.min(included[i] as number, 1);
        judge(pValuesOf(isIn, [1 - q, q]), `class ${i}`);
      }
    });

    it.each([257, 1000, 32000].slice(0, name === "kernels" ? 3 : 1))(
      "the first and the second of %i classes",
      (columns) => {
        const row = logits(dtype, columns, columns, 3);
        const p = finalDistribution(row, {}, dtype);
        const odds = p.reduce((sum, q) => sum + q / (1 - q), 0);
        const seconds = p.map((q) => q * (odds - q / (1 - q)));
        const count = name === "kernels" ? Math.min(2000, Math.ceil(2e6 / columns)) : 200;
        const draws = new Map(
          SEEDS.map((seed) => {
            const all = sample(repeated(row, count), { shape: [count, columns], numSamples: 2, replacement, seed });
            return [seed, groupsOf(all, 2)];
          }),
        );
        const nth = (n: number) => (seed: number) =>
          Int32Array.from(draws.get(seed) as Int32Array[], (group) => group[n] as number);
        judge(pValuesOf(nth(0), p), "first");
        judge(pValuesOf(nth(1), seconds), "second");
      },
    );

    it.each([1, 2, 3, 10, 47, 48, 255, 257, 1000, 4099])("all of %i classes are a permutation of them", (columns) => {
      const x = logits(dtype, 3 * columns, columns);
      for (const seed of SEEDS.slice(0, columns > 1000 ? 1 : 5)) {
        const draws = sample(x, { shape: [3, columns], numSamples: columns, replacement, seed });
        for (const group of groupsOf(draws, columns)) {
          expect(new Set(group).size).toBe(columns);
          expect(countOf(group, columns).every((count) => count === 1)).toBe(true);
        }
      }
    });

    it("all of those that are left by the filters, and never another", () => {
      const columns = 300;
      const x = logits(dtype, columns, 5, 4);
      const where = Array.from(x, (_, i) => i % 3 === 0);
      for (const options of [{ topK: 50 }, { topP: 0.8 }, { minP: 0.05 }, { where }, { topK: 50, topP: 0.8, where }]) {
        const p = finalDistribution(x, options, dtype);
        const kept = Array.from(p.keys()).filter((i) => (p[i] as number) > 0);
        for (const seed of SEEDS) {
          const draws = sample(x, { ...options, numSamples: kept.length, replacement, seed });
          expect([...draws].sort((a, b) => a - b)).toEqual(kept);
        }
        const tooMany = { ...options, numSamples: kept.length + 1, replacement, seed: 1 };
        expect(() => sample(x, tooMany)).toThrow(RangeError);
      }
    });

    it("more draws than classes of probability above 0 are a RangeError that names the row", () => {
      const x = floats(dtype, [1, 2, 3, 1, -Infinity, 3, -Infinity, 2, -Infinity]);
      const shape = [3, 3];
      expect(() => sample(x, { shape, numSamples: 2, replacement, seed: 1 })).toThrow(/row 2/);
      expect(() => sample(x, { shape, numSamples: 2, replacement, seed: 1 })).toThrow(RangeError);
      expect(() => sample(x.subarray(0, 3) as FloatArray, { numSamples: 4, replacement, seed: 1 })).toThrow(RangeError);
      expect(() => sample(x, { shape, numSamples: 2, replacement, seed: 1, temperature: 0 })).toThrow(RangeError);
      expect(sample(x, { shape, numSamples: 1, replacement, seed: 1 })).toHaveLength(3);
    });

    it("with uniforms of one's own: each draw is the inverse of what is left", () => {
      const tolerance = dtype === "float32" ? 1e-5 : 1e-12;
      const { uniform, integer } = random(11);
      for (let trial = 0; trial < 300; trial++) {
        const columns = 2 + integer(60);
        const numSamples = 1 + integer(columns);
        const x = logits(dtype, columns, trial, 2);
        const uniforms = Array.from({ length: numSamples }, () => uniform(0, 1));
        if (trial % 3 === 0) uniforms.fill(0, 0, numSamples >> 1);
        if (trial % 3 === 1) uniforms.fill(1 - 2 ** -53, 0, numSamples >> 1);
        let n = 0;
        const draws = sample(x, { numSamples, replacement, rng: () => uniforms[n++] as number });
        expect(faultsOf(finalDistribution(x, {}, dtype), draws, uniforms, tolerance)).toEqual([]);
      }
    });

    it("log-probabilities of draws are those of the final distribution", () => {
      const x = logits(dtype, 100, 4, 4);
      const p = finalDistribution(x, { topK: 60 }, dtype);
      const options = { topK: 60, numSamples: 60, replacement, seed: 3 };
      const { samples, logProbs } = sampleWithLogProbs(x, options);
      const tolerance = dtype === "float32" ? 2e-6 : 1e-14;
      samples.forEach((i, n) => {
        expect(Math.abs((logProbs[n] as number) - Math.log(p[i] as number))).toBeLessThan(tolerance);
      });
      expect(samples).toEqual(sample(x, options));
    });
  });
});

/** Draws whose share of what is left does not hold u. */
function faultsOf(p: Float64Array, draws: Int32Array, uniforms: readonly number[], tolerance: number): string[] {
  const left = p.slice();
  return Array.from(draws).flatMap((draw, n) => {
    const total = left.reduce((sum, q) => sum + q, 0);
    const start = left.subarray(0, draw).reduce((sum, q) => sum + q, 0) / total;
    const end = start + (left[draw] as number) / total;
    const u = uniforms[n] as number;
    const isRight = (left[draw] as number) > 0 && start - tolerance <= u && u <= end + tolerance;
    left[draw] = 0;
    return isRight ? [] : [`draw ${n}, u ${u}: class ${draw}, from ${start} to ${end}`];
  });
}
