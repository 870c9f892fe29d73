import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FloatArray } from "../src/types.js";
import { DTYPES, floats, logits, rowsOf } from "./support/floats.js";
import { IMPLEMENTATIONS } from "./support/implementations.js";
import { longLengths, SHORT_LENGTHS } from "./support/ladder.js";
import { thrownBy } from "./support/misuse.js";
import { describeRowwise } from "./support/rowwise.js";

const TABLE: readonly (readonly [row: readonly number[], expected: readonly number[]])[] = [
  [[7], [1]],
  [[1, 3, 2], [0, 1, 0]],
  [[1, 3, 3], [0, 0.5, 0.5]],
  [[2, 2, 2, 2], [0.25, 0.25, 0.25, 0.25]],
  [[0, -0, -1], [0.5, 0.5, 0]],
  [[-Infinity, 5, -Infinity], [0, 1, 0]],
  [[-1e300, -1e299], [0, 1]],
  [[1, NaN], [NaN, NaN]],
  [[1, Infinity, 2], [NaN, NaN, NaN]],
  [[-Infinity, -Infinity], [NaN, NaN]],
]; // biome-ignore format: one case a line

describe.each(IMPLEMENTATIONS)("$name: hardmax", ({ hardmax, softmax, argmax }) => {
  describe.each(DTYPES)("%s", (dtype) => {
    it.each(
      TABLE.filter(
        ([row]) => dtype === "float64" || row.every((v) => !(Math.abs(v) > 1e38) || Math.abs(v) === Infinity),
      ),
    )("%j: %j", (row, expected) => {
      expect(hardmax(floats(dtype, row))).toEqual(floats(dtype, expected));
    });

    it("shares 1 evenly among the maxima of rows of any length", () => {
      for (const length of [...SHORT_LENGTHS, ...longLengths(dtype).slice(0, 4)]) {
        const x = logits(dtype, 3 * length, length).map(Math.round) as Float32Array;
        const expected = rowsOf(x, length).flatMap((row) => {
          const top = row.reduce((a, b) => Math.max(a, b));
          const count = row.filter((v) => v === top).length;
          return Array.from(row, (v) => (v === top ? 1 / count : 0));
        });
        expect(hardmax(x, { shape: [3, length] })).toEqual(floats(dtype, expected));
      }
    });

    it("is softmax at temperature 0, masked as that is", () => {
      const x = logits(dtype, 60, 3).map(Math.round) as Float32Array;
      const where = Array.from(x, (_, i) => i % 3 !== 1 && i >= 5);
      for (const options of [{}, { axis: 0 }, { axis: null }, { where }, { where, axis: 1 }]) {
        const given = { shape: [3, 4, 5], ...options };
        expect(hardmax(x, given)).toEqual(softmax(x, { ...given, temperature: 0 }));
      }
      expect(hardmax(floats(dtype, [1, 9, 3]), { where: [1, 0, 1] })).toEqual(floats(dtype, [0, 0, 1]));
      expect(hardmax(floats(dtype, [1, 9]), { where: [0, 0] })).toEqual(floats(dtype, [0, 0]));
    });

    it("stays as it is under shifts and scales that keep the order, and is not 0 at argmax", () => {
      const integers = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 60 });
      fc.assert(
        fc.property(integers, fc.integer({ min: -100, max: 100 }), (values, shift) => {
          const y = hardmax(floats(dtype, values));
          const moved = values.map((v) => 4 * v + shift);
          expect(hardmax(floats(dtype, moved))).toEqual(y);
          const [at] = argmax(floats(dtype, values)) as unknown as [number];
          expect(y[at]).toBe(floats(dtype, [1 / y.filter((v) => v > 0).length])[0]);
        }),
      );
    });
  });

  it("keeps the kind", () => {
    expect(hardmax([[1, 2], [3, 3]] as unknown as FloatArray)).toEqual([[0, 1], [0.5, 0.5]]); // biome-ignore format: rows
    const tensor = { data: new Float32Array([1, 2]), dims: [1, 2] } as unknown as FloatArray;
    expect(hardmax(tensor)).toEqual({ data: new Float32Array([0, 1]), dims: [1, 2] });
  });

  it("has no temperature", () => {
    for (const name of ["temperature", "beta", "base"]) {
      const error = thrownBy(() => hardmax(new Float32Array(2), { [name]: 1 }));
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toBe(`unknown option "${name}": expected one of shape, axis, out, where`);
    }
  });
});

describeRowwise({
  name: "hardmax",
  form: "same",
  inputs: 1,
  values: (dtype, count, seed) => logits(dtype, count, seed).map(Math.round) as FloatArray,
  run: ({ hardmax }, [x], options) => hardmax(x as Float64Array, options),
});
