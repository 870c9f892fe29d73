import { expect } from "vitest";
import type { FloatArray } from "../../src/types.js";
import { chiSquareTest, countOf } from "./chi-square.js";
import type { Dtype } from "./contract.js";
import { finalDistribution, loosened, type RowOptions } from "./filters.js";
import { MASS_TOLERANCE, type Sampling, SEEDS } from "./sampling-calls.js";
import { describeOptions } from "./sampling-cases.js";

export type Judge = (pValues: readonly number[], what?: string) => void;

/** The chance, by chi-square's tail, that any test of a family fails though every draw is right. */
const FAMILY_ERROR = 1e-6;

/** A judge of p-values, of at most `most` in all: fails if one of them is FAMILY_ERROR / most or less. */
export function family(most: number): Judge {
  let tests = 0;
  return (pValues, what = "draws") => {
    tests += pValues.length;
    expect(tests, "p-values, of which the threshold takes account").toBeLessThanOrEqual(most);
    const least = Math.min(...pValues);
    expect(least, `${what}: the smallest of ${pValues.length} p-values`).toBeGreaterThan(FAMILY_ERROR / most);
  };
}

/** p-values of the draws of each seed, and of all seeds together. */
export function pValuesOf(draw: (seed: number) => Int32Array, probabilities: ArrayLike<number>): number[] {
  const all = new Float64Array(probabilities.length);
  const pValues = SEEDS.map((seed) => {
    const counts = countOf(draw(seed), probabilities.length);
    for (let i = 0; i < counts.length; i++) all[i] = (all[i] as number) + (counts[i] as number);
    return chiSquareTest(counts, probabilities);
  });
  return [...pValues, chiSquareTest(all, probabilities)];
}

/** Judges the draws of one row under some options. */
export function judgeOptions(
  judge: Judge,
  { sample }: Sampling,
  x: FloatArray,
  dtype: Dtype,
  options: RowOptions,
  numSamples: number,
): void {
  // A class that is kept only for what rounding may add is next to never drawn.
  const probabilities = finalDistribution(x, loosened(options, MASS_TOLERANCE[dtype]), dtype);
  judge(
    pValuesOf((seed) => sample(x, { ...options, seed, numSamples }), probabilities),
    describeOptions(options),
  );
}
