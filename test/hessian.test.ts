import { describe, expect, it } from "vitest";
import { hessianRow } from "../src/reference/derivatives.js";
import { softmaxRow } from "../src/reference/rows.js";
import type { FloatArray } from "../src/types.js";
import { CONTRACT } from "./support/contract.js";
import { derivatives } from "./support/differences.js";
import { DTYPES, floats, largestErrorIn, logits, rowsOf } from "./support/floats.js";
import { IMPLEMENTATIONS, KERNELS, type Options } from "./support/implementations.js";
import { describeRowwise } from "./support/rowwise.js";

const INF = Infinity;

/** x, options and expected. Of two equal logits the second derivatives are 0, of (1/4, 3/4) they are s (1 - s) (1 - 2 s). */
const CASES: readonly (readonly [x: number[], options: Options, expected: number[]])[] = [
  [[0, 0], {}, [0, 0, 0, 0, 0, 0, 0, 0]],
  [[0, Math.log(3)], {}, [3, -3, -3, 3, -3, 3, 3, -3].map((v) => v / 32)],
  [[0, Math.log(3) / 4], { beta: 4 }, [3, -3, -3, 3, -3, 3, 3, -3].map((v) => v / 2)],
  [[0.25, 0.75], { from: "probabilities" }, [3, -3, -3, 3, -3, 3, 3, -3].map((v) => v / 32)],
  [[0.25, 0.75], { from: "probabilities", beta: -2 }, [3, -3, -3, 3, -3, 3, 3, -3].map((v) => v / 8)],
  [[7], {}, [0]],
  [[NaN, 1, 0, 0], { shape: [2, 2] }, [...Array(8).fill(NaN), ...Array(8).fill(0)]],
  [[1, INF], {}, Array(8).fill(NaN)],
  [[-INF, -INF], {}, Array(8).fill(NaN)],
  [[NaN, INF], { where: [0, 0] }, Array(8).fill(0)],
  [[NaN, 3], { where: [0, 1] }, Array(8).fill(0)],
  [[1, 2], { beta: 0 }, Array(8).fill(0)],
  [[1, 3], { beta: 1e200 }, Array(8).fill(0)],
];

describe.each(IMPLEMENTATIONS)("$name: softmaxHessian", (library) => {
  const { softmaxHessian, softmaxHessianComponent, softmaxJacobian } = library;

  describe.each(DTYPES)("%s", (dtype) => {
    const bound = CONTRACT[dtype].terms;

    it.each(CASES)("%o, %o", (x, options, expected) => {
      const got = softmaxHessian(floats(dtype, x), options);
      expect(
        largestErrorIn(
          got,
          expected,
          expected.map(() => 1),
          dtype,
        ),
      ).toBeLessThan(2 * bound);
    });

    it.each([1, 0.3, -2])("symmetric in all three, and sums to 0 over each, beta %d", (beta) => {
      for (const k of [1, 2, 3, 6, 11]) {
        const h = softmaxHessian(logits(dtype, k, k, 2), { beta });
        const at = (a: number, b: number, c: number): number => h[(a * k + b) * k + c] as number;
        const room = 4 * beta * beta * bound;
        for (let a = 0; a < k; a++) {
          for (let b = 0; b < k; b++) {
            const over = [...Array(k).keys()];
            expect(Math.abs(over.reduce((sum, c) => sum + at(c, a, b), 0))).toBeLessThanOrEqual(room);
            expect(Math.abs(over.reduce((sum, c) => sum + at(a, c, b), 0))).toBeLessThanOrEqual(room);
            for (const c of over) {
              for (const other of [at(a, c, b), at(b, a, c), at(c, b, a)]) {
                expect(Math.abs(at(a, b, c) - other)).toBeLessThanOrEqual(room);
              }
            }
          }
        }
      }
    });

    it("is, component by component, softmaxHessianComponent", () => {
      for (const [rows, k] of [
        [1, 5],
        [3, 4],
        [2, 17],
      ] as const) {
        const x = logits(dtype, rows * k, k);
        for (const options of [{}, { beta: -0.7 }, { where: Array.from({ length: k }, (_, i) => i % 3 !== 1) }]) {
          const all = rowsOf(softmaxHessian(x, { shape: [rows, k], ...options }), k * k);
          for (let i = 0; i < k; i++) {
            const got = softmaxHessianComponent(x, i, { shape: [rows, k], ...options });
            expect(got).toEqual(
              floats(dtype, Array.from({ length: rows }, (_, r) => [...(all[r * k + i] as FloatArray)]).flat()),
            );
          }
        }
      }
    });
  });

  it("is what central differences of the Jacobian give", () => {
    for (const options of [{}, { beta: -1.5 }, { temperature: 3 }, { base: 2 }, { where: [1, 1, 0, 1, 1] }]) {
      const x = logits("float64", 5, 31, 2) as Float64Array;
      // [by k][i, j], which is symmetric in all three.
      const expected = derivatives((z) => softmaxJacobian(z, options), x).flat();
      for (const dtype of DTYPES) {
        const got = softmaxHessian(floats(dtype, x), options);
        const error = largestErrorIn(
          got,
          expected,
          expected.map(() => 1),
          dtype,
        );
        expect(error).toBeLessThan(dtype === "float32" ? 5e-6 : 1e-8);
      }
    }
  });
});

describe.each(KERNELS)("$name: softmaxHessian of every size", ({ softmaxHessian }) => {
  it.each(DTYPES)("%s", (dtype) => {
    for (const k of [...Array(34).keys()].slice(1).concat(63, 64, 65, 101)) {
      const x = logits(dtype, k, k, 3);
      const s = softmaxRow(Float64Array.from(x), 1);
      const expected = hessianRow(s, 1);
      // Errors are relative to component i's probability.
      const sizes = Float64Array.from(expected, (_, at) => 2 * (s[Math.floor(at / k / k)] as number));
      expect(largestErrorIn(softmaxHessian(x), expected, sizes, dtype), `K = ${k}`).toBeLessThan(CONTRACT[dtype].terms);
    }
  });
});

describeRowwise({
  name: "softmaxHessian",
  form: "cubed",
  inputs: 1,
  run: ({ softmaxHessian }, [x], options) => softmaxHessian(x as Float64Array, options),
});

describeRowwise({
  name: "softmaxHessianComponent",
  form: "squared",
  inputs: 1,
  shortest: 1,
  run: ({ softmaxHessianComponent }, [x], options) => softmaxHessianComponent(x as Float64Array, 0, options),
});
