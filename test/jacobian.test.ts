import { describe, expect, it } from "vitest";
import { jacobianRow } from "../src/reference/derivatives.js";
import { softmaxRow } from "../src/reference/rows.js";
import type { FloatArray } from "../src/types.js";
import { CONTRACT, type Dtype } from "./support/contract.js";
import { derivatives } from "./support/differences.js";
import { DTYPES, floats, largestErrorIn, logits, rowsOf } from "./support/floats.js";
import { IMPLEMENTATIONS, KERNELS, type Options } from "./support/implementations.js";
import { SHORT_LENGTHS } from "./support/ladder.js";
import { softmax as exactSoftmax } from "./support/oracle.js";
import { describeRowwise } from "./support/rowwise.js";
import { WORKED_JACOBIAN_ATOL, WORKED_JACOBIANS } from "./support/seed-values.js";

const INF = Infinity;

/** x, options and expected; the numerical contract. */
const CASES: readonly (readonly [x: number[], options: Options, expected: number[]])[] = [
  [[0, 0], {}, [0.25, -0.25, -0.25, 0.25]],
  [[0, 0], { beta: 4 }, [1, -1, -1, 1]],
  [[0, 0], { temperature: 0.5 }, [0.5, -0.5, -0.5, 0.5]],
  [[0, 0], { beta: -2 }, [-0.5, 0.5, 0.5, -0.5]],
  [[9, 7], { beta: 0 }, [0, 0, 0, 0]],
  [[0.25, 0.75], { from: "probabilities" }, [0.1875, -0.1875, -0.1875, 0.1875]],
  [[0.25, 0.75], { from: "probabilities", beta: 2 }, [0.375, -0.375, -0.375, 0.375]],
  [[1, 0, 0], { from: "probabilities" }, [0, 0, 0, 0, 0, 0, 0, 0, 0]],
  [[0, 0], { from: "logits" }, [0.25, -0.25, -0.25, 0.25]],
  [[5], {}, [0]],
  [[5, 7, -3], { shape: [3, 1] }, [0, 0, 0]],
  [[0, -INF, 0], {}, [0.25, 0, -0.25, 0, 0, 0, -0.25, 0, 0.25]],
  [[1, NaN, 0, 0], { shape: [2, 2] }, [NaN, NaN, NaN, NaN, 0.25, -0.25, -0.25, 0.25]],
  [[0, 0, INF, 1], { shape: [2, 2] }, [0.25, -0.25, -0.25, 0.25, NaN, NaN, NaN, NaN]],
  [[-INF, -INF], {}, [NaN, NaN, NaN, NaN]],
  [[3, NaN, 3], { where: [1, 0, 1] }, [0.25, 0, -0.25, 0, 0, 0, -0.25, 0, 0.25]],
  [[INF, 7, NaN], { where: [0, 1, 0] }, [0, 0, 0, 0, 0, 0, 0, 0, 0]],
  [[INF, NaN, 3, 3], { where: [0, 0, 1, 1], shape: [2, 2] }, [0, 0, 0, 0, 0.25, -0.25, -0.25, 0.25]],
  [[0.5, NaN, 0.5], { from: "probabilities", where: [1, 0, 1] }, [0.25, 0, -0.25, 0, 0, 0, -0.25, 0, 0.25]],
  // A beta that float32 does not have as a number.
  [[1, 2], { beta: 1e300 }, [0, 0, 0, 0]],
  [[0, 0, 0], { beta: 9e-60 }, [2e-60, -1e-60, -1e-60, -1e-60, 2e-60, -1e-60, -1e-60, -1e-60, 2e-60]],
];

/** The Jacobian by exact probabilities: 1 - s as the sum of the others, so that nothing cancels. */
function exactJacobian(x: ArrayLike<number>, beta: number): Float64Array {
  const s = exactSoftmax(x, beta).map(({ high }) => high);
  return Float64Array.from({ length: s.length ** 2 }, (_, at) => {
    const i = Math.floor(at / s.length);
    const j = at % s.length;
    const other = i === j ? s.reduce((sum, p, k) => (k === i ? sum : sum + p), 0) : -(s[j] as number);
    return beta * (s[i] as number) * other;
  });
}

/** s_i, which errors of row i are relative to; beside the diagonal s_i s_j. */
function sizes(s: ArrayLike<number>, beta: number): Float64Array {
  const k = s.length;
  return Float64Array.from({ length: k * k }, (_, at) => {
    const i = Math.floor(at / k);
    const j = at % k;
    return Math.abs(beta) * (s[i] as number) * (i === j ? 1 : (s[j] as number));
  });
}

describe.each(IMPLEMENTATIONS)("$name: softmaxJacobian", ({ softmaxJacobian, softmax }) => {
  it.each(WORKED_JACOBIANS)("worked numbers: $z", ({ z, expected }) => {
    for (const dtype of DTYPES) {
      const got = softmaxJacobian(floats(dtype, z));
      expected.flat().forEach((value, i) => {
        expect(Math.abs((got[i] as number) - value)).toBeLessThanOrEqual(WORKED_JACOBIAN_ATOL);
      });
    }
  });

  it("is what central differences of softmax give", () => {
    for (const options of [{}, { beta: -1.5 }, { temperature: 3 }, { base: 2 }, { where: [1, 1, 0, 1, 1, 1] }]) {
      const x = logits("float64", 6, 11, 3) as Float64Array;
      const expected = derivatives((z) => softmax(z, options), x).flat();
      for (const dtype of DTYPES) {
        const got = softmaxJacobian(floats(dtype, x), options);
        // Symmetric, so it does not matter that differences have it transposed.
        expect(
          largestErrorIn(
            got,
            expected,
            expected.map(() => 1),
            dtype,
          ),
        ).toBeLessThan(dtype === "float32" ? 2e-6 : 1e-8);
      }
    }
  });

  describe.each(DTYPES)("%s", (dtype) => {
    const bound = CONTRACT[dtype].terms;

    it.each(CASES)("%o, %o", (x, options, expected) => {
      const got = softmaxJacobian(floats(dtype, x), options);
      expect(largestErrorIn(got, expected, expected.map(Math.abs), dtype)).toBeLessThan(bound);
    });

    it.each([1, -2, 0.3])("against exact values, beta %d", (beta) => {
      for (const length of [2, 3, 5, 17, 64]) {
        const x = logits(dtype, length, length);
        const s = exactSoftmax(x, beta).map(({ high }) => high);
        const error = largestErrorIn(softmaxJacobian(x, { beta }), exactJacobian(x, beta), sizes(s, beta), dtype);
        expect(error).toBeLessThan(2 * bound);
      }
    });

    it("rows sum to 0; symmetric; positive semidefinite", () => {
      for (const length of [1, 2, 3, 7, 16, 40]) {
        for (const beta of [1, 0.3, 5]) {
          const x = logits(dtype, length, length, 3);
          const j = softmaxJacobian(x, { beta });
          const rows = rowsOf(j, length);
          rows.forEach((row, i) => {
            expect(Math.abs(sum(row))).toBeLessThan(bound * beta);
            row.forEach((value, k) => {
              const mirrored = j[k * length + i] as number;
              expect(Math.abs(value - mirrored)).toBeLessThanOrEqual(bound * Math.abs(value));
            });
          });
          for (let seed = 0; seed < 5; seed++) {
            const v = logits("float64", length, seed, 1);
            expect(sum(rows.map((row, i) => (v[i] as number) * dot(row, v)))).toBeGreaterThanOrEqual(-bound * beta);
          }
        }
      }
    });

    it("from probabilities as from the logits that have them", () => {
      const x = logits(dtype, 30, 3) as Float64Array;
      const options = { shape: [3, 10], beta: 0.7 };
      const p = softmax(x, options);
      const got = softmaxJacobian(p, { ...options, from: "probabilities" });
      const expected = softmaxJacobian(x, options);
      const all = rowsOf(p, 10).flatMap((row) => [...sizes(row, 0.7)]);
      expect(largestErrorIn(got, expected, all, dtype)).toBeLessThan(2 * bound);
    });
  });
});

describe.each(KERNELS)("$name: softmaxJacobian of every size", ({ softmaxJacobian }) => {
  it.each(DTYPES)("%s", (dtype) => {
    for (const length of SHORT_LENGTHS.filter((n) => n < 300 || n === 1000)) {
      const rows = length < 50 ? 3 : 1;
      const x = logits(dtype, rows * length, length);
      const got = rowsOf(softmaxJacobian(x, { shape: [rows, length] }), length * length);
      rowsOf(x, length).forEach((row, r) => {
        expectJacobian(dtype, got[r] as FloatArray, row);
      });
    }
  });
});

function expectJacobian(dtype: Dtype, got: FloatArray, x: FloatArray): void {
  const s = softmaxRow(Float64Array.from(x), 1);
  const error = largestErrorIn(got, jacobianRow(s, 1), sizes(s, 1), dtype);
  expect(error, `K = ${x.length}`).toBeLessThan(2 * CONTRACT[dtype].terms + 20 * 2 ** -52);
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, v) => total + v, 0);
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return sum(Array.from(a, (v, i) => v * (b[i] as number)));
}

describeRowwise({
  name: "softmaxJacobian",
  form: "squared",
  inputs: 1,
  run: ({ softmaxJacobian }, [x], options) => softmaxJacobian(x as Float64Array, options),
});
