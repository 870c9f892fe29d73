import { describe, expect, it } from "vitest";
import { crossEntropyRow } from "../src/reference/losses.js";
import type { FloatArray } from "../src/types.js";
import { CONTRACT, type Dtype } from "./support/contract.js";
import { DTYPES, floats, largestErrorIn, logits, rowsOf } from "./support/floats.js";
import { IMPLEMENTATIONS, KERNELS } from "./support/implementations.js";
import { longLengths, SHORT_LENGTHS } from "./support/ladder.js";
import { describeRowwise } from "./support/rowwise.js";

const INF = Infinity;
const LN2 = Math.LN2;

function sum(values: Iterable<number>): number {
  return [...values].reduce((total, v) => total + v, 0);
}

describe.each(IMPLEMENTATIONS)("$name: crossEntropy, row by row", ({ crossEntropy, crossEntropyWithGrad }) => {
  describe.each(DTYPES)("%s", (dtype) => {
    const bound = CONTRACT[dtype].terms;
    const near = (got: number, expected: number): void => {
      expect(Math.abs(got - expected)).toBeLessThanOrEqual(2 * bound * Math.abs(expected));
    };

    it("NaN and infinities", () => {
      const none = { reduction: "none" } as const;
      const rows = floats(dtype, [1, NaN, 0, 0, INF, 1, -INF, -INF]);
      const { loss, grad } = crossEntropyWithGrad(rows, [0, 1, 1, 0], { shape: [4, 2], ...none });
      expect(largestErrorIn(loss, [NaN, LN2, NaN, NaN], [0, LN2, 0, 0], dtype)).toBeLessThan(bound);
      expect(Array.from(grad)).toEqual([NaN, NaN, 0.5, -0.5, NaN, NaN, NaN, NaN]);
      // The target at a logit of -Infinity; a target of probability 0 there.
      const x = floats(dtype, [-INF, 0, 0, -INF, 0, 0]);
      const hard = crossEntropyWithGrad(x, [0, 1], { shape: [2, 3], ...none });
      expect(hard.loss[0]).toBe(INF);
      near(hard.loss[1] as number, LN2);
      expect(Array.from(hard.grad)).toEqual([-1, 0.5, 0.5, 0, -0.5, 0.5]);
      const soft = crossEntropyWithGrad(x, floats(dtype, [0, 0.25, 0.75, 0.5, 0.5, 0]), { shape: [2, 3], ...none });
      near(soft.loss[0] as number, LN2);
      expect(soft.loss[1]).toBe(INF);
      expect(Array.from(soft.grad)).toEqual([0, 0.25, -0.25, -0.5, 0, 0.5]);
      expect(crossEntropy(x, [0, 1], { shape: [2, 3] })).toBe(INF);
      // A NaN makes nothing else NaN.
      expect(crossEntropy(rows, [0, 1, 1, 0], { shape: [4, 2], ...none })).toEqual(loss);
    });

    it("masked classes have no probability and get no gradient", () => {
      const z = floats(dtype, [0, NaN, 0, INF, 3, 3, 3, 9]);
      const where = [1, 0, 1, 0, 1, 1, 1, 0];
      for (const targets of [[2, 0], floats(dtype, [0, 0, 1, 0, 1, 0, 0, 0])]) {
        const { loss, grad } = crossEntropyWithGrad(z, targets, { shape: [2, 4], where, reduction: "none" });
        expect(largestErrorIn(loss, [LN2, Math.log(3)], [1, 1], dtype)).toBeLessThan(bound);
        const third = 1 / 3;
        expect(
          largestErrorIn(grad, [0.5, 0, -0.5, 0, -2 * third, third, third, 0], Array(8).fill(1), dtype),
        ).toBeLessThan(bound);
      }
      const masked = crossEntropyWithGrad(z, [1, 0], { shape: [2, 4], where, reduction: "none" });
      expect(masked.loss[0]).toBe(INF);
      expect(Array.from(masked.grad.subarray(0, 4))).toEqual([0.5, 0, 0.5, 0]);
    });

    it("rows of class indices keep their bits in any batch", () => {
      for (const length of [1, 2, 3, 5, 10, 16, 17, 33, 100, 257]) {
        const batch = 18;
        const z = logits(dtype, batch * length, length);
        const labels = Array.from({ length: batch }, (_, r) => (r * 7) % length);
        const none = { reduction: "none" } as const;
        const together = crossEntropyWithGrad(z, labels, { shape: [batch, length], ...none });
        for (const r of [0, 1, 2, 3, 16, 17]) {
          const row = z.slice(r * length, (r + 1) * length) as FloatArray;
          const alone = crossEntropyWithGrad(row, labels[r], none);
          expect(alone.loss[0]).toBe(together.loss[r]);
          expect(alone.grad).toEqual(together.grad.slice(r * length, (r + 1) * length));
        }
      }
    });

    it("batches of more rows than one call of a kernel takes", () => {
      const rows = 3000;
      const z = logits(dtype, rows * 7, 3);
      const labels = Int32Array.from({ length: rows }, (_, r) => (r % 11 === 0 ? -100 : r % 7));
      const sampleWeight = Float64Array.from({ length: rows }, (_, r) => (r % 5) / 4);
      const none = { reduction: "none", shape: [rows, 7], sampleWeight } as const;
      const { loss, grad } = crossEntropyWithGrad(z, labels, none);
      const losses = rowsOf(z, 7).map((row, r) => {
        const label = labels[r] as number;
        return label < 0
          ? 0
          : (sampleWeight[r] as number) * crossEntropyRow(Float64Array.from(row), oneHot(label, 7), 1).loss;
      });
      expect(
        largestErrorIn(
          loss,
          losses,
          losses.map((v) => v + 1e-9),
          dtype,
        ),
      ).toBeLessThan(2 * bound);
      rowsOf(grad, 7).forEach((row, r) => {
        expect(Math.abs(sum(row))).toBeLessThan(4 * bound);
        if (labels[r] === -100) expect(row.every((v) => v === 0)).toBe(true);
      });
    });
  });
});

function oneHot(label: number, length: number): Float64Array {
  return Float64Array.from({ length }, (_, c) => (c === label ? 1 : 0));
}

describe.each(KERNELS)("$name: crossEntropyWithGrad of every size", ({ crossEntropyWithGrad }) => {
  describe.each(DTYPES)("%s", (dtype) => {
    it("short rows, of class indices and of probabilities", () => {
      for (const length of SHORT_LENGTHS) {
        const x = logits(dtype, length, length);
        const label = (length * 7) % length;
        check(dtype, x, floats(dtype, length).fill(1, label, label + 1), [label]);
        const targets = logits(dtype, length, length + 1, 1).map((v) => (v + 1) / length) as FloatArray;
        if (length > 1) check(dtype, x, targets, targets);
      }
    });

    it.each(longLengths(dtype))("a row of %d", (length) => {
      const x = logits(dtype, length, length);
      check(dtype, x, floats(dtype, length).fill(1, 40, 41), [40]);
    });
  });

  function check(dtype: Dtype, x: FloatArray, coefficients: FloatArray, targets: unknown): void {
    const a = Float64Array.from(coefficients);
    const expected = crossEntropyRow(Float64Array.from(x), a, 0.7);
    const { loss, grad } = crossEntropyWithGrad(x, targets, { beta: 0.7 });
    const bound = CONTRACT[dtype].terms + 20 * 2 ** -52;
    expect(Math.abs(loss - expected.loss)).toBeLessThanOrEqual(2 * bound * expected.loss);
    // Relative to the larger of p and y, which are subtracted.
    const mass = sum(a);
    const sizes = a.map((v, c) => 0.7 * Math.max(v, (expected.grad[c] as number) / 0.7 + v, v / 2 + mass * 2 ** -140));
    expect(largestErrorIn(grad, expected.grad, sizes, dtype), `K = ${x.length}`).toBeLessThan(2 * bound);
  }
});

describeRowwise({
  name: "crossEntropy",
  form: "reduced",
  inputs: 2,
  nothing: 0,
  shortest: 2,
  values: (dtype, count, seed) => logits(dtype, count, seed).map((v) => v + 10) as FloatArray,
  run: ({ crossEntropy }, [x, targets], options) =>
    crossEntropy(x as Float64Array, targets, { ...options, reduction: "none" }),
});

describeRowwise({
  name: "crossEntropyWithGrad",
  form: "same",
  inputs: 2,
  places: [0],
  shortest: 2,
  values: (dtype, count, seed) => logits(dtype, count, seed).map((v) => v + 10) as FloatArray,
  run: ({ crossEntropyWithGrad }, [x, targets], options) =>
    crossEntropyWithGrad(x as Float64Array, targets, { ...options, reduction: "sum" }).grad,
});
