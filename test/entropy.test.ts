import { describe, expect, it } from "vitest";
import { entropyRow, klDivergenceRow } from "../src/reference/losses.js";
import type { FloatArray } from "../src/types.js";
import { CONTRACT, type Dtype } from "./support/contract.js";
import { DTYPES, floats, largestErrorIn, logits, rowsOf } from "./support/floats.js";
import { IMPLEMENTATIONS, KERNELS, type Options } from "./support/implementations.js";
import { longLengths, SHORT_LENGTHS } from "./support/ladder.js";
import { relativeEntropy } from "./support/oracle.js";
import { describeRowwise } from "./support/rowwise.js";

const INF = Infinity;
const LN2 = Math.LN2;

/** p, options and expected; SciPy's examples in nats, then the numerical contract. */
const ENTROPIES: readonly (readonly [p: number[], options: Options, expected: number[]])[] = [
  [[0.5, 0.5], {}, [LN2]],
  [[1, 0, 0], {}, [0]],
  [[0.25, 0.25, 0.25, 0.25], {}, [2 * LN2]],
  [[1, 1, 1, 0.5], { shape: [4, 1] }, [0, 0, 0, LN2 / 2]],
  [[0, 0], {}, [0]],
  [[NaN, 0.5, 0.5, 0.5], { shape: [2, 2] }, [NaN, LN2]],
  [[-0.5, 1.5, 0.5, 0.5], { shape: [2, 2] }, [NaN, LN2]],
  [[NaN, 0.5, 0.5], { where: [0, 1, 1] }, [LN2]],
  [[NaN, -1], { where: [0, 0] }, [0]],
  [[0.5, 0.25, 0.5, 0.75], { shape: [2, 2], axis: 0 }, [LN2, 0.5623351446188083]],
];

const DIVERGENCES: readonly (readonly [p: number[], q: number[], options: Options, expected: number[]])[] = [
  [[0.5, 0.5], [0.75, 0.25], {}, [0.14384103622589042]],
  [[0.5, 0.5], [0.5, 0.5], {}, [0]],
  [[1, 0], [0.5, 0.5], {}, [LN2]],
  // 0 log 0 is 0, and so is 0 log (0 / 0).
  [[1, 0], [1, 0], {}, [0]],
  [[0.5, 0.5], [1, 0], {}, [INF]],
  [[0.5, 0.5], [0, 1], {}, [INF]],
  [[NaN, 0.5], [0.5, 0.5], {}, [NaN]],
  [[0.5, 0.5], [NaN, 0.5], {}, [NaN]],
  [[0, 1], [NaN, 1], {}, [NaN]],
  [[-0.5, 1], [0.5, 0.5], {}, [NaN]],
  [[0.5, 0.5], [-0.5, 0.5], {}, [NaN]],
  [[0, 1], [-0.5, 1], {}, [NaN]],
  [[0.5, NaN, 0.5], [0.25, 0, 0.25], { where: [1, 0, 1] }, [LN2]],
  [[0.5, 1, 0.5], [0.25, NaN, 0.25], { where: [1, 0, 1] }, [LN2]],
  [[NaN, 1], [0, 0], { where: [0, 0] }, [0]],
];

function probabilities(dtype: Dtype, count: number, seed: number): FloatArray {
  return logits(dtype, count, seed).map((v) => (v + 10.25) / 21) as FloatArray;
}

/** What errors are relative to: the sum of all terms' sizes. */
function size(p: Iterable<number>, q?: ArrayLike<number>): number {
  const log = (v: number) => (v === 0 ? 0 : Math.abs(Math.log(v)));
  const term = (v: number, i: number) => v * (log(v) + (q === undefined ? 0 : log(q[i] as number)));
  return Float64Array.from(p).reduce((sum, v, i) => sum + term(v, i), 0);
}

describe.each(IMPLEMENTATIONS)("$name: entropies", ({ entropy, klDivergence }) => {
  describe.each(DTYPES)("%s", (dtype) => {
    const bound = CONTRACT[dtype].entropy;

    it.each(ENTROPIES)("entropy: %o, %o", (p, options, expected) => {
      const got = entropy(floats(dtype, p), options);
      expect(
        largestErrorIn(
          got,
          expected,
          expected.map(() => 1),
          dtype,
        ),
      ).toBeLessThan(bound);
    });

    it.each(DIVERGENCES)("klDivergence: %o, %o, %o", (p, q, options, expected) => {
      const got = klDivergence(floats(dtype, p), floats(dtype, q), options);
      expect(
        largestErrorIn(
          got,
          expected,
          expected.map(() => 1),
          dtype,
        ),
      ).toBeLessThan(bound);
    });

    it("of SciPy's examples", () => {
      // entropy([9/10, 1/10], base=2), and entropy([1/2, 1/2], qk=[9/10, 1/10]).
      const [p] = entropy(floats(dtype, [0.9, 0.1])) as unknown as [number];
      expect(p / LN2).toBeCloseTo(0.46899559358928117, dtype === "float32" ? 6 : 14);
      const [d] = klDivergence(floats(dtype, [0.5, 0.5]), floats(dtype, [0.9, 0.1])) as unknown as [number];
      expect(d).toBeCloseTo(0.5108256237659907, dtype === "float32" ? 6 : 14);
    });

    it("against exact values", () => {
      for (const length of [1, 2, 3, 7, 16, 17, 100, 255]) {
        const p = probabilities(dtype, length, length);
        const q = probabilities(dtype, length, length + 1);
        expect(largestErrorIn(entropy(p), [relativeEntropy(p)], [size(p)], dtype)).toBeLessThan(bound);
        expect(largestErrorIn(klDivergence(p, q), [relativeEntropy(p, q)], [size(p, q)], dtype)).toBeLessThan(bound);
      }
    });

    it("of numbers from the smallest to the largest", () => {
      const least = dtype === "float32" ? 2 ** -149 : 2 ** -1074;
      for (const p of [
        [1, least],
        [1, 2 ** -126],
        [1, 2 ** -100, 2 ** -120],
        [1 - 2 ** -20, 2 ** -20],
        [1, 1 + 2 ** -20],
        [2 ** 100, 3],
      ]) {
        const [got] = entropy(floats(dtype, p)) as unknown as [number];
        expect(Math.abs(got - relativeEntropy(p))).toBeLessThanOrEqual(bound * size(p) + 2 ** -149);
        const q = [...p].reverse();
        const [divergence] = klDivergence(floats(dtype, p), floats(dtype, q)) as unknown as [number];
        expect(Math.abs(divergence - relativeEntropy(p, q))).toBeLessThanOrEqual(bound * size(p, q));
      }
    });

    it("a divergence of probabilities is not negative, and 0 where they are equal", () => {
      for (const length of [2, 5, 33]) {
        const [p, q] = [1, 2].map((seed) => {
          const x = probabilities("float64", length, seed);
          const total = (x as Float64Array).reduce((a, b) => a + b, 0);
          return floats(
            dtype,
            Array.from(x, (v) => v / total),
          );
        }) as [FloatArray, FloatArray];
        expect(klDivergence(p, q)[0]).toBeGreaterThan(0);
        expect(klDivergence(p, p)[0]).toBe(0);
      }
    });
  });

  it("keepDims leaves an axis of size 1", () => {
    const p = [
      [0.5, 0.5],
      [1, 0],
    ] as unknown as FloatArray;
    const ln2 = expect.closeTo(LN2, 14);
    expect(entropy(p, { keepDims: true })).toEqual([[ln2], [0]]);
    expect(
      klDivergence(
        p,
        [
          [0.25, 0.25],
          [1, 0],
        ] as unknown as FloatArray,
        { keepDims: true },
      ),
    ).toEqual([[ln2], [0]]);
  });
});

describe.each(KERNELS)("$name: entropies of every size", ({ entropy, klDivergence }) => {
  describe.each(DTYPES)("%s", (dtype) => {
    const bound = CONTRACT[dtype].entropy;

    it.each([...SHORT_LENGTHS.filter((n) => n < 70), 129, 257, 1000, ...longLengths(dtype)])("rows of %d", (length) => {
      const rows = length < 2000 ? 3 : 1;
      const p = probabilities(dtype, rows * length, length);
      const q = probabilities(dtype, rows * length, length + 1);
      const got = entropy(p, { shape: [rows, length] });
      const divergences = klDivergence(p, q, { shape: [rows, length] });
      rowsOf(p, length).forEach((row, r) => {
        const a = Float64Array.from(row);
        const b = Float64Array.from(q.subarray(r * length, (r + 1) * length));
        // The reference adds one term after the other.
        const relative = 2 * bound + length * 2 ** -53;
        expect(Math.abs((got[r] as number) - entropyRow(a))).toBeLessThan(relative * size(a));
        expect(Math.abs((divergences[r] as number) - klDivergenceRow(a, b))).toBeLessThan(relative * size(a, b));
      });
    });
  });
});

describeRowwise({
  name: "entropy",
  form: "reduced",
  inputs: 1,
  nothing: 0,
  values: probabilities,
  run: ({ entropy }, [p], options) => entropy(p as Float64Array, options),
});

describeRowwise({
  name: "klDivergence",
  form: "reduced",
  inputs: 2,
  nothing: 0,
  values: probabilities,
  run: ({ klDivergence }, [p, q], options) => klDivergence(p as Float64Array, q as Float64Array, options),
});
