import { describe, expect, it } from "vitest";
import { logSoftmaxRow } from "../src/reference/rows.js";
import { CONTRACT, type Dtype } from "./support/contract.js";
import { DTYPES, floats, largestErrorIn, logits, rowsOf } from "./support/floats.js";
import { IMPLEMENTATIONS, KERNELS, type Options } from "./support/implementations.js";
import { BATCHES, longLengths, SHORT_LENGTHS } from "./support/ladder.js";
import { logSoftmax as exactLogSoftmax } from "./support/oracle.js";
import { describeRowwise } from "./support/rowwise.js";

const INF = Infinity;
const LN2 = Math.LN2;
const LN3 = Math.log(3);

/** x, options and expected, by the numerical contract; the logarithm of what softmax gives. */
const CASES: readonly (readonly [x: number[], options: Options, expected: number[]])[] = [
  // SciPy's example.
  [[1000, 1], {}, [0, -999]],
  [[16, 0], {}, [-1.1253516838717681e-7, -16.00000011253517]],
  [[1, 2, 3], {}, [-2.4076059644443806, -1.4076059644443804, -0.40760596444438]],
  [[1, NaN, 2, 1, 1, 1], { shape: [2, 3] }, [NaN, NaN, NaN, -LN3, -LN3, -LN3]],
  [[1, INF, 2], {}, [NaN, NaN, NaN]],
  [[1, INF, 2], { temperature: 0 }, [NaN, NaN, NaN]],
  [[1, INF, 2], { beta: 0 }, [NaN, NaN, NaN]],
  [[-INF, -INF], {}, [NaN, NaN]],
  [[-INF, -INF], { beta: 0 }, [NaN, NaN]],
  [[-INF, 5, 5], {}, [-INF, -LN2, -LN2]],
  [[1, NaN, INF], { where: [0, 0, 0] }, [-INF, -INF, -INF]],
  [[NaN, 1, INF, 1], { where: [0, 1, 0, 1] }, [-INF, -LN2, -INF, -LN2]],
  [[NaN, 7, -INF, 1, NaN, 1], { where: [0, 1, 0, 1, 0, 1], shape: [2, 3] }, [-INF, 0, -INF, -LN2, -INF, -LN2]],
  [[1, 2, INF, 3, 3, 3], { where: [0, 0, 0, 1, 1, 0], shape: [2, 3] }, [-INF, -INF, -INF, -LN2, -LN2, -INF]],
  [[NaN, 1, 1, 1], { where: [0, 1], shape: [2, 2] }, [-INF, 0, -INF, 0]],
  [[-3.25e38, 1e30, 7], { shape: [3, 1] }, [0, 0, 0]],
  [[NaN, INF, -INF], { shape: [3, 1] }, [NaN, NaN, NaN]],
  [[1, 3, 3], { temperature: 0 }, [-INF, -LN2, -LN2]],
  [[2, 1, 3], { beta: INF }, [-INF, -INF, 0]],
  [[1, 3, 3], { temperature: INF }, [-LN3, -LN3, -LN3]],
  [[1, -INF, 9], { beta: 0 }, [-LN2, -INF, -LN2]],
  [[1, 2, 3], { base: 1 }, [-LN3, -LN3, -LN3]],
  [[1, 3, 1], { beta: -INF }, [-LN2, -INF, -LN2]],
  [[1, 3, 2], { base: 0 }, [0, -INF, -INF]],
  [[1, 1, INF], { beta: -1 }, [-LN2, -LN2, -INF]],
  [[1, 1, -INF], { beta: -1 }, [NaN, NaN, NaN]],
  [[0, 0, 1], { base: 2 }, [-2 * LN2, -2 * LN2, -LN2]],
  [[1, 2, 2], { beta: 1e-60 }, [-LN3, -LN3, -LN3]],
  [[1, 2, 2], { temperature: 1e-320 }, [-INF, -LN2, -LN2]],
  [[3, 3, 3, 3], {}, [-2 * LN2, -2 * LN2, -2 * LN2, -2 * LN2]],
  [[1000, 2000, 3000], {}, [-2000, -1000, 0]],
];

describe.each(IMPLEMENTATIONS)("$name: logSoftmax", ({ logSoftmax, softmax }) => {
  describe.each(DTYPES)("%s", (dtype) => {
    it.each(CASES)("%o, %o", (x, options, expected) => {
      const sizes = expected.map(Math.abs);
      expect(largestErrorIn(logSoftmax(floats(dtype, x), options), expected, sizes, dtype)).toBeLessThan(
        CONTRACT[dtype].logSoftmax,
      );
    });

    it("takes logits up to the largest floats", () => {
      const x = floats(dtype, [3e38, -3e38, 3e38]);
      const far = dtype === "float32" ? -INF : -2 * 3e38;
      const got = logSoftmax(x);
      expect(got[0]).toBeCloseTo(-LN2, 6);
      expect(got[1]).toBe(far);
      expect(logSoftmax(x, { beta: 1e-38 })[1]).toBeCloseTo(-6 - Math.log(2 + Math.exp(-6)), 5);
    });

    it.each([2, 5, 60, 1000])(
      "keeps differences beyond the largest float, where beta brings them back: %d logits",
      (length) => {
        // A power of two, so that the halves are exact.
        const most = 2 ** (dtype === "float32" ? 127 : 1023);
        const x = floats(
          dtype,
          Array.from({ length: 4 * length }, (_, i) => (i % length === 0 ? most : -most)),
        );
        const got = logSoftmax(x, { shape: [4, length], beta: 2 ** -10 });
        expect([...got].every((v, i) => v === (i % length === 0 ? 0 : -most / 2 ** 9))).toBe(true);
      },
    );

    it("is the logarithm of softmax", () => {
      for (const beta of [1, -2, 0.3]) {
        const x = logits(dtype, 90, 7) as Float64Array;
        const p = softmax(x, { shape: [9, 10], beta });
        const got = logSoftmax(x, { shape: [9, 10], beta });
        const bound = 30 * 2 ** -(CONTRACT[dtype].bits - 2);
        got.forEach((value, i) => {
          expect(value).toBeLessThanOrEqual(0);
          expect(Math.abs(Math.exp(value) / (p[i] as number) - 1)).toBeLessThan(bound);
        });
      }
    });

    it("a NaN in any lane makes its row NaN and no other", () => {
      for (const length of [1, 2, 3, 5, 13, 16, 35, 64, 257]) {
        const clean = logSoftmax(logits(dtype, 3 * length, length), { shape: [3, length] });
        for (let k = 0; k < length; k += 1 + Math.floor(k / 20)) {
          const x = logits(dtype, 3 * length, length);
          x[length + k] = NaN;
          const [before, row, after] = rowsOf(logSoftmax(x, { shape: [3, length] }), length);
          expect(row?.every(Number.isNaN)).toBe(true);
          expect([before, after]).toEqual([clean.subarray(0, length), clean.subarray(2 * length)]);
        }
      }
    });

    it("masked logits are as if they were not there", () => {
      const x = logits(dtype, 40, 1);
      const where = Array.from(x, (_, i) => i % 3 !== 1);
      const hidden = x.map((v, i) => (where[i] ? v : [NaN, INF, -INF, 1e9][i % 4]) as number) as typeof x;
      const got = logSoftmax(hidden, { where });
      const alone = logSoftmax(x.filter((_, i) => where[i]) as typeof x);
      const kept = got.filter((_, i) => where[i]);
      expect(got.every((v, i) => where[i] || v === -INF)).toBe(true);
      expect(largestErrorIn(kept, alone, alone.map(Math.abs), dtype)).toBeLessThan(CONTRACT[dtype].logSoftmax);
    });
  });
});

/** The bound against exact values; the reference, and not the kernels, rounds x - max and beta times it in float64. */
function checkExact(dtype: Dtype, got: ArrayLike<number>, expected: readonly number[]): void {
  expect(largestErrorIn(got, expected, expected.map(Math.abs), dtype)).toBeLessThanOrEqual(CONTRACT[dtype].logSoftmax);
}

describe.each(IMPLEMENTATIONS)("$name: logSoftmax against exact values", ({ name, logSoftmax }) => {
  const reaches = name === "reference" ? [1, 10] : [1, 10, 40, 80, 256];

  describe.each(DTYPES)("%s", (dtype) => {
    it.each(reaches)("logits within ±%d", (reach) => {
      for (const length of [2, 3, 10, 16, 17, 255]) {
        const x = logits(dtype, length, reach + length, reach);
        checkExact(dtype, logSoftmax(x), exactLogSoftmax(x));
      }
    });

    it.each([0.001, 0.37, 2.5, 7, 100, -1.5])("beta %d", (beta) => {
      const x = logits(dtype, 100, 7, 8 / Math.abs(beta));
      checkExact(dtype, logSoftmax(x, { beta }), exactLogSoftmax(x, beta));
    });

    it("one logit far above the others, by 0 to 60", () => {
      for (let gap = 0; gap < 60; gap += 0.375) {
        for (const x of [
          [gap, 0],
          [-0.25, gap, 0, -1.5, -gap],
        ]) {
          checkExact(dtype, logSoftmax(floats(dtype, x)), exactLogSoftmax(x));
        }
      }
    });
  });
});

describe.each(KERNELS)("$name: logSoftmax of every size", ({ logSoftmax }) => {
  describe.each(DTYPES)("%s", (dtype) => {
    // The reference itself forms x - max in float64, which costs it 2^-53 |x - max|.
    const bound = CONTRACT[dtype].logSoftmax + 20 * 2 ** -52;

    function check(x: Float32Array | Float64Array, length: number): void {
      const got = rowsOf(logSoftmax(x, { shape: [x.length / length, length] }), length);
      rowsOf(x, length).forEach((row, r) => {
        const expected = logSoftmaxRow(Float64Array.from(row), 1);
        const error = largestErrorIn(got[r] as Float64Array, expected, expected.map(Math.abs), dtype);
        expect(error, `row ${r} of ${length}`).toBeLessThanOrEqual(bound);
      });
    }

    it.each(BATCHES.filter((batch) => batch < 10))("batches of %d", (batch) => {
      for (const length of SHORT_LENGTHS) check(logits(dtype, batch * length, batch + length), length);
    });

    it.each(longLengths(dtype))("a row of %d", (length) => check(logits(dtype, length, length), length));

    it.each([2, 17, 1000, 50257, 2 ** 20])("%d equal logits get -log K each", (length) => {
      const got = logSoftmax(floats(dtype, length).fill(0.7));
      const error = (got as Float64Array).reduce((most, v) => Math.max(most, Math.abs(v / Math.log(length) + 1)), 0);
      expect(error).toBeLessThanOrEqual(CONTRACT[dtype].logSoftmax);
    });
  });
});

describeRowwise({
  name: "logSoftmax",
  form: "same",
  inputs: 1,
  run: ({ logSoftmax }, [x], options) => logSoftmax(x as Float64Array, options),
});
