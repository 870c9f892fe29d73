import { describe, expect, it } from "vitest";
import { chiSquareTail, chiSquareTest, countOf } from "./support/chi-square.js";
import { random } from "./support/random.js";

describe("the chi-square test of the sampling tests", () => {
  // scipy.stats.chi2.sf of SciPy 1.17.1.
  it.each([
    [3.841458820694124, 1, 0.04999999999999989],
    [10.827566170662733, 1, 0.0010000000000000007],
    [0.001, 1, 0.9747728793699604],
    [60, 1, 9.485737571073857e-15],
    [1, 2, 0.6065306597126334],
    [55.26, 2, 1.0010216374449134e-12],
    [0.5, 3, 0.9188914116546758],
    [40, 10, 1.694474393006737e-5],
    [18.307, 10, 0.05000058909139812],
    [5, 30, 0.9999999308468613],
    [100, 50, 3.454931382984871e-5],
    [200, 99, 8.19391189142209e-9],
    [400, 254, 1.3130404886390722e-8],
    [1100, 1000, 0.014614408126295192],
    [1300, 1000, 3.8897364994868366e-10],
    [129000, 131071, 0.999975997787709],
    [131072, 131071, 0.49870135922488995],
    [133500, 131071, 1.1998855453015098e-6],
    [3000, 1e6, 1],
  ])("%d or more with %i degrees of freedom", (statistic, degrees, tail) => {
    const p = chiSquareTail(statistic, degrees);
    expect(Math.abs(p - tail)).toBeLessThanOrEqual(1e-8 * tail);
  });

  it("takes neighbours of small expectation together", () => {
    // Pools of 30 and 70 draws expected: (40 - 30)^2 / 30 + (60 - 70)^2 / 70.
    const p = chiSquareTest([15, 25, 60, 0], [0.15, 0.15, 0.69, 0.01]);
    expect(p).toBeCloseTo(chiSquareTail(100 / 30 + 100 / 70, 1), 12);
  });

  it("is 0 where a class of probability 0 was drawn, 1 where there is one class", () => {
    expect(chiSquareTest([1000, 1], [1, 0])).toBe(0);
    expect(chiSquareTest([1000, 0], [1, 0])).toBe(1);
  });

  it("finds p-values evenly spread for right draws, and small ones for wrong draws", () => {
    const { uniform } = random(1);
    const tests = 2000;
    const draw = (most: number) =>
      countOf(
        Array.from({ length: 1000 }, () => Math.floor(uniform(0, most))),
        10,
      );
    const even = new Array<number>(10).fill(0.1);
    const deciles = Array.from({ length: tests }, () => Math.floor(10 * chiSquareTest(draw(10), even)));
    expect(chiSquareTest(countOf(deciles, 10), even)).toBeGreaterThan(1e-6);
    expect(chiSquareTest(draw(9), even)).toBeLessThan(1e-12);
  });

  it("refuses draws of no class", () => {
    expect(() => countOf([0, 3], 3)).toThrow(RangeError);
    expect(() => countOf([-1], 3)).toThrow(RangeError);
  });
});
