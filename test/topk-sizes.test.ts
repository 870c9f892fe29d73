import { describe, it } from "vitest";
import type { FloatArray } from "../src/types.js";
import { expectChosen, inRows, someOf } from "./support/choice.js";
import type { Dtype } from "./support/contract.js";
import { DTYPES, expectSame, floats, logits } from "./support/floats.js";
import { type Implementation, KERNELS } from "./support/implementations.js";
import { longLengths, SHORT_LENGTHS } from "./support/ladder.js";

describe.each(KERNELS)("$name: topK of every size", ({ topK }) => {
  describe.each(DTYPES)("%s", (dtype) => {
    it("short rows", () => {
      for (const length of SHORT_LENGTHS) {
        const x = logits(dtype, 3 * length, length);
        expectChosen(topK, x, someOf(length), { shape: [3, length] }, inRows(x, length));
      }
    });

    it.each(longLengths(dtype))("rows of %d", (length) => {
      const x = logits(dtype, length, length);
      expectChosen(topK, x, length < 2 ** 20 ? [...someOf(length), 50] : [50], {}, [x]);
    });

    it("more than pass at once, along any axis", () => {
      const shape = [3, 401, 301];
      const x = floats(
        dtype,
        [...logits("float64", 3 * 401 * 301, 7)].map((v) => Math.round(100 * v)),
      );
      for (const axis of [0, 1, 2]) expectSameRows(topK, dtype, x, shape, axis);
    });

    it("more results than pass at once", () => {
      const x = logits(dtype, 3000 * 64, 9);
      expectChosen(topK, x, [60], { shape: [3000, 64] }, inRows(x, 64));
    });
  });
});

/** Along an axis as of its rows, put together by hand. */
function expectSameRows(
  topK: Implementation["topK"],
  dtype: Dtype,
  x: FloatArray,
  shape: readonly number[],
  axis: number,
): void {
  const length = shape[axis] as number;
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const rows = x.length / length;
  const turned = floats(dtype, x.length).map((_, i) => {
    const [r, l] = [Math.floor(i / length), i % length];
    return x[(Math.floor(r / inner) * length + l) * inner + (r % inner)] as number;
  }) as FloatArray;
  const k = Math.min(5, length);
  const got = topK(x, k, { shape, axis });
  const expected = topK(turned, k, { shape: [rows, length] });
  expectSame(got.indices, expected.indices);
  expectSame(got.values, expected.values);
}
