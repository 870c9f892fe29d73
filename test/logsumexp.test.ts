import { describe, expect, it } from "vitest";
import { logSumExpRow, softmaxRow } from "../src/reference/rows.js";
import type { FloatArray } from "../src/types.js";
import { CONTRACT, type Dtype } from "./support/contract.js";
import { derivatives } from "./support/differences.js";
import { DTYPES, floats, largestErrorIn, logits, rowsOf } from "./support/floats.js";
import { IMPLEMENTATIONS, KERNELS, type Options } from "./support/implementations.js";
import { longLengths, SHORT_LENGTHS } from "./support/ladder.js";
import { logSumExp as exactLogSumExp } from "./support/oracle.js";
import { describeRowwise } from "./support/rowwise.js";

const INF = Infinity;
const LN2 = Math.LN2;
const TEN = Array.from({ length: 10 }, (_, i) => i);

/** x, options and expected: SciPy's examples, then the numerical contract. */
const CASES: readonly (readonly [x: number[], options: Options, expected: number[]])[] = [
  [TEN, {}, [9.45862974442671]],
  [TEN, { weights: [10, 9, 8, 7, 6, 5, 4, 3, 2, 1] }, [9.917017853303467]],
  [[1, 2], { weights: [1, -1] }, [NaN]],
  [[1, 2], { weights: [-1, 1] }, [1.5413248546129181]],
  [[1, NaN, 2, 1, 1, 1], { shape: [2, 3] }, [NaN, 1 + Math.log(3)]],
  [[1, INF, 2], {}, [INF]],
  [[INF, -INF], {}, [INF]],
  [[INF, NaN], {}, [NaN]],
  [[-INF, -INF], {}, [-INF]],
  [[-INF, 5, 5], {}, [5 + LN2]],
  [[1, NaN, INF], { where: [0, 0, 0] }, [-INF]],
  [[NaN, 1, INF, 1], { where: [0, 1, 0, 1] }, [1 + LN2]],
  [[-(2 ** 127), 2 ** 100, 7], { shape: [3, 1] }, [-(2 ** 127), 2 ** 100, 7]],
  [[1000, 1000], {}, [1000 + LN2]],
  [[-1000, -1000], {}, [-1000 + LN2]],
  // (1/β) log Σ exp(β x): for base b the logarithm to base b.
  [[3, 3], { base: 2 }, [4]],
  [[2, 2, 2, 2, 2, 2, 2, 2, 2, 2], { base: 10 }, [3]],
  [[4, 4], { temperature: 3 }, [4 + 3 * LN2]],
  [[4, 4], { beta: -2 }, [4 - LN2 / 2]],
  [[1, 3, 3], { temperature: 0 }, [3]],
  [[1, 3, 2], { beta: INF }, [3]],
  [[1, 3, 2], { beta: -INF }, [1]],
  [[1, 3, 2], { base: 0 }, [1]],
  [[1, 3, INF], { beta: -1 }, [1 - Math.log1p(Math.exp(-2))]],
  [[1, 3, -INF], { beta: -1 }, [-INF]],
  // Weights: 0 takes an entry out, sums of 0 have no mass.
  [[5, 9], { weights: [1, 0] }, [5]],
  [[5, INF], { weights: [1, 0] }, [5]],
  [[5, 5], { weights: [1, -1] }, [-INF]],
  [[5, 9], { weights: [0, 0] }, [-INF]],
  [[5, 9, 7], { weights: [2, 0, 3], beta: INF }, [7]],
  [[0, 0, 0, 0], { weights: [1, 3], shape: [2, 2] }, [2 * LN2, 2 * LN2]],
  [[0, 0, 0, 0], { weights: [1, 3], shape: [2, 2], axis: 0 }, [2 * LN2, 2 * LN2]],
  [[0, NaN, 0, 0], { weights: [1, 3, 2, 2], shape: [2, 2], where: [1, 0, 1, 1] }, [0, 2 * LN2]],
];

/** Within the last digits of float64. */
function near(value: number): unknown {
  return expect.closeTo(value, 14);
}

/** What errors of log-sum-exp are relative to. */
function sizeOf(x: Iterable<number>, beta = 1): number {
  const z = Float64Array.from(x);
  const top = z.reduce((a, b) => (beta < 0 ? Math.min(a, b) : Math.max(a, b)), -INF * Math.sign(beta));
  return Math.max(Math.abs(top), Math.log(z.length) / Math.abs(beta));
}

function check(dtype: Dtype, got: FloatArray, x: Iterable<number>, expected: number, beta = 1): void {
  expect(largestErrorIn(got, [expected], [sizeOf(x, beta)], dtype)).toBeLessThanOrEqual(CONTRACT[dtype].logSumExp);
}

describe.each(IMPLEMENTATIONS)("$name: logSumExp", ({ logSumExp, logSumExpSigned, softmax }) => {
  describe.each(DTYPES)("%s", (dtype) => {
    it.each(CASES)("%o, %o", (x, options, expected) => {
      const given =
        typeof options["weights"] === "object" ? { weights: floats(dtype, options["weights"] as number[]) } : {};
      const got = logSumExp(floats(dtype, x), { ...options, ...given });
      const sizes = expected.map((v) => Math.max(Math.abs(v), 1));
      expect(largestErrorIn(got, expected, sizes, dtype)).toBeLessThan(CONTRACT[dtype].logSumExp);
    });

    it("signed: SciPy's example, sums of 0, NaN", () => {
      const x = floats(dtype, [1, 2, 1, 2, 5, 5, NaN, 1, -INF, -INF]);
      const weights = floats(dtype, [1, -1, -1, 1, 1, -1, 1, 1, 1, 1]);
      const { value, sign } = logSumExpSigned(x, { shape: [5, 2], weights });
      expect(sign).toEqual(floats(dtype, [-1, 1, 0, NaN, 0]));
      const expected = [1.5413248546129181, 1.5413248546129181, -INF, NaN, -INF];
      expect(largestErrorIn(value, expected, [1, 1, 1, 1, 1], dtype)).toBeLessThan(CONTRACT[dtype].logSumExp);
      expect(logSumExpSigned(floats(dtype, [1, 2])).sign).toEqual(floats(dtype, [1]));
    });

    it.each([1, 10, 80, 256])("against exact values, logits within ±%d", (reach) => {
      for (const length of [1, 2, 3, 10, 17, 255]) {
        const x = logits(dtype, length, reach + length, reach);
        check(dtype, logSumExp(x), x, exactLogSumExp(x));
        const weights = logits(dtype, length, length, 1).map((w) => w + 1.0625) as FloatArray;
        check(dtype, logSumExp(x, { weights }), x, exactLogSumExp(x, 1, weights));
      }
    });

    it.each([0.001, 0.37, 2.5, 100, -1.5])("against exact values, beta %d", (beta) => {
      const x = logits(dtype, 100, 7, 8 / Math.abs(beta));
      check(dtype, logSumExp(x, { beta }), x, exactLogSumExp(x, beta), beta);
    });

    it("translates with the logits", () => {
      const x = logits(dtype, 50, 3).map((v) => Math.round(16 * v) / 16) as FloatArray;
      const [value] = logSumExp(x) as unknown as [number];
      for (const shift of [-128, 1, 512]) {
        const moved = x.map((v) => v + shift) as FloatArray;
        check(dtype, logSumExp(moved), [640], value + shift);
      }
    });

    it("signs are those of float64 sums", () => {
      for (let seed = 0; seed < 50; seed++) {
        const x = logits(dtype, 20, seed, 3);
        const weights = logits(dtype, 20, seed + 99, 2);
        const { value, sign } = logSumExpSigned(x, { shape: [2, 10], weights });
        rowsOf(x as Float64Array, 10).forEach((row, r) => {
          const w = rowsOf(weights, 10)[r] as FloatArray;
          const sum = row.reduce((total, v, i) => total + (w[i] as number) * Math.exp(v), 0);
          expect(sign[r]).toBe(Math.sign(sum));
          const size = row.reduce((total, v, i) => total + Math.abs(w[i] as number) * Math.exp(v), 0) / Math.abs(sum);
          expect(Math.abs((value[r] as number) - Math.log(Math.abs(sum)))).toBeLessThan(
            (size + 5) * CONTRACT[dtype].terms,
          );
        });
      }
    });
  });

  it("its gradient is softmax", () => {
    for (const beta of [1, 0.5, -2]) {
      const x = logits("float64", 8, 3, 3) as Float64Array;
      const got = derivatives((z) => logSumExp(z, { beta }), x).map(([v]) => v as number);
      const p = softmax(x, { beta });
      got.forEach((value, i) => {
        expect(value).toBeCloseTo(p[i] as number, 8);
      });
    }
  });

  it("keepDims leaves an axis of size 1 where it reduced", () => {
    const x = [
      [
        [0, 0],
        [1, 1],
        [2, 2],
      ],
    ] as unknown as FloatArray;
    const [a, b, c] = [near(LN2), near(1 + LN2), near(2 + LN2)];
    expect(logSumExp(x)).toEqual([[a, b, c]]);
    expect(logSumExp(x, { keepDims: true })).toEqual([[[a], [b], [c]]]);
    const three = Math.log(1 + Math.E + Math.E ** 2);
    expect(logSumExp(x, { axis: 1, keepDims: true })).toEqual([[[near(three), near(three)]]]);
    const tensor = { data: new Float32Array(6), shape: [2, 3] } as unknown as FloatArray;
    expect(logSumExp(tensor, { keepDims: true, axis: 0 })).toMatchObject({ shape: [1, 3] });
    expect(logSumExp(tensor, { keepDims: true, axis: null })).toMatchObject({ shape: [1, 1] });
    expect(logSumExp(tensor, { axis: null })).toMatchObject({ shape: [] });
    expect(logSumExp(new Float32Array(6), { shape: [2, 3], keepDims: true })).toHaveLength(2);
    expect(logSumExp(x, { axis: null })).toBeCloseTo(three + LN2, 13);
  });

  it("signed keeps the kind", () => {
    const nested = [
      [0, 0],
      [1, 1],
    ] as unknown as FloatArray;
    expect(logSumExpSigned(nested)).toEqual({ value: [near(LN2), near(1 + LN2)], sign: [1, 1] });
    const tensor = { data: new Float32Array(2), dims: [1, 2] } as unknown as FloatArray;
    expect(logSumExpSigned(tensor)).toEqual({
      value: { data: new Float32Array([LN2]), dims: [1] },
      sign: { data: new Float32Array([1]), dims: [1] },
    });
  });
});

describe.each(KERNELS)("$name: logSumExp of every size", ({ logSumExp, logSumExpSigned }) => {
  describe.each(DTYPES)("%s", (dtype) => {
    it("short rows", () => {
      for (const length of SHORT_LENGTHS) {
        const x = logits(dtype, 7 * length, length);
        const got = logSumExp(x, { shape: [7, length] });
        rowsOf(x, length).forEach((row, r) => {
          check(dtype, got.subarray(r, r + 1) as FloatArray, row, logSumExpRow(Float64Array.from(row), 1).value);
        });
      }
    });

    it("with weights", () => {
      for (const length of SHORT_LENGTHS) {
        const x = logits(dtype, length, length, 3);
        const weights = logits(dtype, length, length + 1, 2);
        const { value, sign } = logSumExpSigned(x, { weights });
        const z = Float64Array.from(x);
        const expected = logSumExpRow(z, 1, Float64Array.from(weights));
        const signless = logSumExpRow(z, 1, Float64Array.from(weights, Math.abs)).value;
        expect(sign[0]).toBe(expected.sign);
        const size = 5 * Math.exp(signless - expected.value) + 10;
        expect(largestErrorIn(value, [expected.value], [size], dtype)).toBeLessThan(CONTRACT[dtype].terms);
      }
    });

    it.each(longLengths(dtype))("a row of %d", (length) => {
      const x = logits(dtype, length, length);
      check(dtype, logSumExp(x), x, logSumExpRow(Float64Array.from(x), 1).value);
      const equal = floats(dtype, length);
      check(dtype, logSumExp(equal), equal, Math.log(length));
    });

    it("weights that are the probabilities of another row", () => {
      const x = logits(dtype, 300, 5);
      const weights = floats(dtype, softmaxRow(Float64Array.from(logits(dtype, 300, 6)), 1));
      const expected = logSumExpRow(Float64Array.from(x), 1, Float64Array.from(weights)).value;
      check(dtype, logSumExp(x, { weights }), x, expected);
    });
  });
});

describeRowwise({
  name: "logSumExp",
  form: "reduced",
  inputs: 1,
  nothing: -Infinity,
  run: ({ logSumExp }, [x], options) => logSumExp(x as Float64Array, options),
});
