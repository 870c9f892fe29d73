// Draws against the exact distribution, of the seeds 1 to 20.

import { describe, it } from "vitest";
import type { FloatArray } from "../src/types.js";
import { addCounts, chiSquareTest } from "./support/chi-square.js";
import { family, judgeOptions, pValuesOf } from "./support/family.js";
import { finalDistribution, type RowOptions } from "./support/filters.js";
import { DTYPES, floats } from "./support/floats.js";
import { SAMPLING, type Sampling } from "./support/sampling-calls.js";
import { combinedOptions, singleOptions, VOCABULARIES, vocabularyLogits } from "./support/sampling-cases.js";

const judge = family(60_000);

const SMALL = VOCABULARIES.filter((columns) => columns <= 1000);
const LARGE = VOCABULARIES.filter((columns) => columns > 1000);

/** Draws for each seed: without kernels, where each draw adds a row up, fewer of longer rows. */
function drawsOf({ name }: Sampling, columns: number, most: number): number {
  return name === "kernels" ? most : Math.min(most / 2, Math.ceil((10 * most) / columns));
}

describe.each(SAMPLING)("$name: draws follow the exact distribution", (library) => {
  describe.each(DTYPES)("%s", (dtype) => {
    it.each(SMALL)("each option alone, %i classes", (columns) => {
      const x = vocabularyLogits(dtype, columns);
      const draws = drawsOf(library, columns, 5000);
      for (const options of singleOptions(columns)) judgeOptions(judge, library, x, dtype, options, draws);
    });

    it.each([3, 47, 257])("all combinations of options, %i classes", (columns) => {
      const x = vocabularyLogits(dtype, columns);
      const draws = drawsOf(library, columns, 2000);
      for (const options of combinedOptions(columns)) judgeOptions(judge, library, x, dtype, options, draws);
    });

    // Without kernels a row is sorted for each call, and added up for each draw.
    if (library.name === "fallback") return;

    it.each(LARGE)("what large vocabularies use, %i classes (the slow suite has every option)", (columns) => {
      const x = vocabularyLogits(dtype, columns);
      const common = [{}, { topK: 50 }, { topP: 0.943 }, { minP: 0.071 }, { topK: 50, topP: 0.95, temperature: 0.8 }];
      for (const options of common) judgeOptions(judge, library, x, dtype, options, 20_000);
    });
  });
});

describe.each(SAMPLING)("$name: rows, steps and draws are independent", ({ name, sample }) => {
  const columns = 10;
  const many = name === "kernels" ? 4000 : 1000;
  const row = vocabularyLogits("float32", columns);
  const options: RowOptions = { temperature: 1.5, topP: 0.943 };
  const probabilities = finalDistribution(row, options, "float32");
  const pairs = Float64Array.from({ length: columns ** 2 }, (_, ij) => {
    return (probabilities[Math.floor(ij / columns)] as number) * (probabilities[ij % columns] as number);
  });

  /** p-values of single draws, and of pairs of draws that are `lag` apart. */
  function judgeSeries(draw: (seed: number) => Int32Array): void {
    judge(pValuesOf(draw, probabilities), "single draws");
    for (const lag of [1, 2, 4, 64]) {
      judge(
        pValuesOf((seed) => pairsOf(draw(seed), lag), pairs),
        `pairs ${lag} apart`,
      );
    }
  }

  /** Disjoint pairs: each draw is in one. */
  function pairsOf(draws: Int32Array, lag: number): Int32Array {
    const firsts = Array.from(draws.keys()).filter((i) => i % (2 * lag) < lag && i + lag < draws.length);
    return Int32Array.from(firsts, (i) => (draws[i] as number) * columns + (draws[i + lag] as number));
  }

  function repeated(rows: number): FloatArray {
    return floats("float32", Array.from({ length: rows }, () => [...row]).flat());
  }

  it("many draws of one row", () => {
    judgeSeries((seed) => sample(row, { ...options, seed, numSamples: many }));
  });

  it("one draw of many rows", () => {
    const x = repeated(many);
    judgeSeries((seed) => sample(x, { ...options, seed, shape: [many, columns] }));
  });

  it("three draws of many rows", () => {
    const x = repeated(many / 4);
    judgeSeries((seed) => sample(x, { ...options, seed, shape: [many / 4, columns], numSamples: 3 }));
  });

  it("one draw at many steps", () => {
    judgeSeries((seed) => {
      return Int32Array.from({ length: many / 4 }, (_, step) => sample(row, { ...options, seed, step })[0] as number);
    });
  });

  it("one draw of many seeds", () => {
    const counts = new Float64Array(columns);
    for (let seed = 0; seed < many; seed++) addCounts(sample(row, { ...options, seed }), counts);
    judge([chiSquareTest(counts, probabilities)]);
  });
});
