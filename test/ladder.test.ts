import { describe, expect, it } from "vitest";
import * as reference from "../src/reference.js";
import type { FloatArray, SoftmaxOptions } from "../src/types.js";
import { CONTRACT } from "./support/contract.js";
import { DTYPES, floats, largestError, logits } from "./support/floats.js";
import { KERNELS, type Run } from "./support/implementations.js";
import { BATCHES, LONG_LENGTHS, SHORT_LENGTHS } from "./support/ladder.js";

/** The reference in float64, whatever the dtype: what rounding of its own it has does not count. */
function exact(x: FloatArray, options: SoftmaxOptions): FloatArray {
  return (reference.softmax as Run)(Float64Array.from(x), options);
}

/** The row lengths at each batch size: all at few rows, fewer at many. */
function lengthsFor(batch: number): readonly number[] {
  return batch < 10 ? SHORT_LENGTHS : SHORT_LENGTHS.filter((length) => length < 20 || length % 100 === 0);
}

describe.each(KERNELS)("$name: every size", ({ softmax }) => {
  const run = softmax as Run;

  for (const dtype of DTYPES) {
    // The reference itself forms x - max in float64, which costs it 2^-53 |x - max|.
    const bound = dtype === "float32" ? CONTRACT.float32.anyLogits : CONTRACT.float64.softmax + 20 * 2 ** -52;

    it.each(BATCHES)(`${dtype}: batches of %d, along the last axis and along the first`, (batch) => {
      for (const length of lengthsFor(batch)) {
        const x = logits(dtype, batch * length, batch + length);
        const before = x.slice();
        const rows = { shape: [batch, length] };
        const columns = { shape: [length, batch], axis: 0 };
        expect(largestError(run(x, rows), exact(x, rows), dtype), `rows of ${length}`).toBeLessThanOrEqual(bound);
        expect(largestError(run(x, columns), exact(x, columns), dtype), `columns of ${length}`).toBeLessThanOrEqual(
          bound,
        );
        expect(x).toEqual(before);
      }
    });

    it.each(LONG_LENGTHS)(`${dtype}: rows of %d`, (length) => {
      const shape = length < 10_000 ? [3, length] : [1, length];
      const x = logits(dtype, (shape[0] as number) * length, length);
      expect(largestError(run(x, { shape }), exact(x, { shape }), dtype)).toBeLessThanOrEqual(bound);
    });

    it.each([
      [2, 3, 4, 5],
      [5, 1, 7, 2],
      [1, 300, 3, 3],
      [4, 33, 65],
    ])(`${dtype}: every axis of [%d, %d, %d, …]`, (...sizes: number[]) => {
      const shape = sizes.filter((n) => n !== undefined);
      const x = logits(
        dtype,
        shape.reduce((a, b) => a * b),
        3,
      );
      const axes = [...shape.keys(), [0, 1], [1, 2], null];
      for (const axis of axes) {
        expect(largestError(run(x, { shape, axis }), exact(x, { shape, axis }), dtype)).toBeLessThanOrEqual(bound);
      }
    });

    it(`${dtype}: the same bits in a fresh array, in \`out\`, and in place`, () => {
      for (const shape of [
        [7, 10],
        [3, 257],
        [1000, 3],
        [2, 70000],
      ]) {
        for (const axis of [0, 1]) {
          const x = logits(dtype, (shape[0] as number) * (shape[1] as number), 11);
          const fresh = run(x, { shape, axis });
          const out = floats(dtype, x.length);
          expect(run(x, { shape, axis, out })).toBe(out);
          expect(out).toEqual(fresh);
          const place = x.slice();
          expect(run(place, { shape, axis, out: place })).toBe(place);
          expect(place).toEqual(fresh);
        }
      }
    });
  }
});
