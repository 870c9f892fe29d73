import { describe, expect, it } from "vitest";
import { logSoftmaxVjpRow, vjpRow } from "../src/reference/derivatives.js";
import { softmaxRow } from "../src/reference/rows.js";
import type { FloatArray } from "../src/types.js";
import { CONTRACT, type Dtype } from "./support/contract.js";
import { derivatives } from "./support/differences.js";
import { DTYPES, floats, largestErrorIn, logits, rowsOf } from "./support/floats.js";
import { IMPLEMENTATIONS, KERNELS, type Options } from "./support/implementations.js";
import { longLengths, SHORT_LENGTHS } from "./support/ladder.js";
import { describeRowwise } from "./support/rowwise.js";

const INF = Infinity;
const LN2 = Math.LN2;

type Case = readonly [y: number[], dy: number[], options: Options, expected: number[]];

/** The product with softmax's Jacobian, by the numerical contract. */
const CASES: readonly Case[] = [
  [[0.25, 0.75], [1, 0], {}, [0.1875, -0.1875]],
  [[0.25, 0.75], [1, 0], { beta: 2 }, [0.375, -0.375]],
  [[0.25, 0.75], [1, 0], { temperature: -0.5 }, [-0.375, 0.375]],
  [[0.25, 0.75], [5, 5], {}, [0, 0]],
  [[0.25, 0.75], [4, 8], { beta: 0 }, [0, 0]],
  [[1], [7], {}, [0]],
  [[1, 0, 0], [3, 4, 5], {}, [0, 0, 0]],
  [[NaN, NaN, 0.5, 0.5], [1, 2, 1, 3], { shape: [2, 2] }, [NaN, NaN, -0.5, 0.5]],
  [[0.5, 0.5, 0.5, 0.5], [NaN, 2, 1, 3], { shape: [2, 2] }, [NaN, NaN, -0.5, 0.5]],
  // No gradient leaks from what is masked, nor goes there.
  [[0.5, 0, 0.5], [1, NaN, 3], { where: [1, 0, 1] }, [-0.5, 0, 0.5]],
  [[0.5, 0.5, NaN], [1, 3, INF], { where: [1, 1, 0] }, [-0.5, 0.5, 0]],
  [[NaN, INF], [NaN, 1], { where: [0, 0] }, [0, 0]],
  [[0.5, 0.5], [1e-30, 3e-30], { beta: 1e30 }, [-0.5, 0.5]],
];

/** That with log-softmax's. */
const LOG_CASES: readonly Case[] = [
  [[-2 * LN2, Math.log(0.75)], [1, 0], {}, [0.75, -0.75]],
  [[-2 * LN2, Math.log(0.75)], [1, 0], { beta: 2 }, [1.5, -1.5]],
  [[-LN2, -LN2], [1, 1], { beta: -3 }, [0, 0]],
  [[0], [7], {}, [0]],
  [[-INF, -LN2, -LN2], [0, 1, 0], {}, [0, 0.5, -0.5]],
  [[NaN, NaN, -LN2, -LN2], [1, 2, 1, 3], { shape: [2, 2] }, [NaN, NaN, -1, 1]],
  [[-LN2, -LN2, -LN2, -LN2], [NaN, 2, 1, 3], { shape: [2, 2] }, [NaN, NaN, -1, 1]],
  [[-LN2, -INF, -LN2], [1, NaN, 3], { where: [1, 0, 1] }, [-1, 0, 1]],
  [[-LN2, NaN, -LN2], [1, 7, 3], { where: [1, 0, 1] }, [-1, 0, 1]],
  [[-INF, -INF], [NaN, 1], { where: [0, 0] }, [0, 0]],
  [[-LN2, -LN2], [1e-30, 3e-30], { beta: 1e30 }, [-1, 1]],
];

/** Sizes of the terms that softmax's product adds up. */
function sizes(y: FloatArray, dy: FloatArray, beta: number): Float64Array {
  const p = Float64Array.from(y);
  const mean = p.reduce((sum, v, i) => sum + Math.abs(v * (dy[i] as number)), 0);
  return p.map((v, i) => Math.abs(beta * v) * (Math.abs(dy[i] as number) + mean));
}

/** And log-softmax's. */
function logSizes(y: FloatArray, dy: FloatArray, beta: number): Float64Array {
  const total = Float64Array.from(dy).reduce((sum, d) => sum + Math.abs(d), 0);
  return Float64Array.from(y).map((v, i) => Math.abs(beta) * (Math.abs(dy[i] as number) + Math.exp(v) * total));
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, v) => total + v, 0);
}

describe.each(IMPLEMENTATIONS)("$name: products with Jacobians", (library) => {
  const { softmax, softmaxVjp, softmaxJvp, softmaxJacobian, logSoftmax, logSoftmaxVjp } = library;

  describe.each(DTYPES)("%s", (dtype) => {
    const bound = CONTRACT[dtype].terms;

    it.each(CASES)("softmax: %o, %o, %o", (y, dy, options, expected) => {
      for (const product of [softmaxVjp, softmaxJvp]) {
        const got = product(floats(dtype, y), floats(dtype, dy), options);
        expect(
          largestErrorIn(
            got,
            expected,
            expected.map(() => 1),
            dtype,
          ),
        ).toBeLessThan(bound);
      }
    });

    it.each(LOG_CASES)("log-softmax: %o, %o, %o", (y, dy, options, expected) => {
      const got = logSoftmaxVjp(floats(dtype, y), floats(dtype, dy), options);
      expect(
        largestErrorIn(
          got,
          expected,
          expected.map(() => 1),
          dtype,
        ),
      ).toBeLessThan(bound);
    });

    it.each([1, -2, 0.3])(
      "equal J g, J the Jacobian, beta %d; softmax's sums to 0 and so does log-softmax's",
      (beta) => {
        for (const length of [1, 2, 3, 10, 17, 40]) {
          const x = logits(dtype, length, length, 3) as Float64Array;
          const g = logits(dtype, length, length + 1, 1);
          const y = softmax(x, { beta });
          const expected = rowsOf(softmaxJacobian(x, { beta }), length).map((row) =>
            sum(row.map((v, i) => v * (g[i] as number))),
          );
          for (const product of [softmaxVjp, softmaxJvp]) {
            const got = product(y, g, { beta });
            expect(largestErrorIn(got, expected, sizes(y, g, beta), dtype)).toBeLessThan(4 * bound);
            expect(Math.abs(sum(got))).toBeLessThan(sum(sizes(y, g, beta)) * bound);
          }
          const log = logSoftmax(x, { beta });
          expect(Math.abs(sum(logSoftmaxVjp(log, g, { beta })))).toBeLessThan(sum(logSizes(log, g, beta)) * bound);
        }
      },
    );
  });

  it("are what central differences of <softmax, g> and <logSoftmax, g> give", () => {
    for (const options of [{}, { beta: -1.5 }, { temperature: 3 }, { base: 2 }, { where: [1, 1, 0, 1, 1, 1] }]) {
      const x = logits("float64", 6, 21, 3) as Float64Array;
      const g = logits("float64", 6, 22, 1) as Float64Array;
      const kept = (v: number, i: number) => (options.where?.[i] === 0 ? 0 : v * (g[i] as number));
      const rounding = { float32: 5e-6, float64: 1e-8 };
      const slopes = derivatives((z) => [sum(Float64Array.from(softmax(z, options), kept))], x).flat();
      const logSlopes = derivatives((z) => [sum(Float64Array.from(logSoftmax(z, options), kept))], x).flat();
      for (const dtype of DTYPES) {
        const given = floats(dtype, g);
        const got = softmaxVjp(floats(dtype, softmax(x, options)), given, options);
        const logGot = logSoftmaxVjp(floats(dtype, logSoftmax(x, options)), given, options);
        const ones = slopes.map(() => 1);
        expect(largestErrorIn(got, slopes, ones, dtype)).toBeLessThan(rounding[dtype]);
        expect(largestErrorIn(logGot, logSlopes, ones, dtype)).toBeLessThan(rounding[dtype]);
      }
    }
  });
});

describe.each(KERNELS)("$name: products with Jacobians of every size", ({ softmaxVjp, logSoftmaxVjp }) => {
  /** A row of probabilities, of their logarithms, and of gradients. */
  function rowOf(dtype: Dtype, length: number): readonly [y: FloatArray, log: FloatArray, dy: FloatArray] {
    const y = softmaxRow(Float64Array.from(logits(dtype, length, length)), 1);
    return [floats(dtype, y), floats(dtype, y.map(Math.log)), logits(dtype, length, length + 1, 1)];
  }

  describe.each(DTYPES)("%s", (dtype) => {
    it.each([...SHORT_LENGTHS, ...longLengths(dtype)])("a row of %d", (length) => {
      const [y, log, dy] = rowOf(dtype, length);
      const exact = { y: Float64Array.from(y), log: Float64Array.from(log), dy: Float64Array.from(dy) };
      const expected = vjpRow(exact.y, exact.dy, 0.7);
      const { terms } = CONTRACT[dtype];
      const got = softmaxVjp(y, dy, { beta: 0.7 });
      expect(largestErrorIn(got, expected, sizes(exact.y, exact.dy, 0.7), dtype)).toBeLessThan(terms);
      const logExpected = logSoftmaxVjpRow(exact.log, exact.dy, 0.7);
      const logGot = logSoftmaxVjp(log, dy, { beta: 0.7 });
      expect(largestErrorIn(logGot, logExpected, logSizes(exact.log, exact.dy, 0.7), dtype)).toBeLessThan(terms);
    });
  });
});

describeRowwise({
  name: "softmaxVjp",
  form: "same",
  inputs: 2,
  run: ({ softmaxVjp }, [y, dy], options) => softmaxVjp(y as Float64Array, dy as Float64Array, options),
});

describeRowwise({
  name: "softmaxJvp",
  form: "same",
  inputs: 2,
  run: ({ softmaxJvp }, [y, dx], options) => softmaxJvp(y as Float64Array, dx as Float64Array, options),
});

describeRowwise({
  name: "logSoftmaxVjp",
  form: "same",
  inputs: 2,
  values: (dtype, count, seed) => logits(dtype, count, seed).map((v) => v / 2 - 5) as FloatArray,
  run: ({ logSoftmaxVjp }, [y, dy], options) => logSoftmaxVjp(y as Float64Array, dy as Float64Array, options),
});
