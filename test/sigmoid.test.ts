import { describe, expect, it } from "vitest";
import { sigmoid as referenceSigmoid } from "../src/reference/rows.js";
import type { FloatArray } from "../src/types.js";
import { CONTRACT } from "./support/contract.js";
import { derivatives } from "./support/differences.js";
import { fromBits, toBits } from "./support/float16.js";
import { DTYPES, floats, largestError, largestErrorIn, logits } from "./support/floats.js";
import { IMPLEMENTATIONS, type Implementation, KERNELS, type Options } from "./support/implementations.js";
import { softmax as exactSoftmax } from "./support/oracle.js";

const INF = Infinity;

/** x, options and expected; SciPy's `expit` example first. */
const CASES: readonly (readonly [x: number[], options: Options, expected: number[]])[] = [
  [[-INF, -1.5, 0, 1.5, INF], {}, [0, 0.18242552380635635, 0.5, 0.8175744761936437, 1]],
  [[0, -0], {}, [0.5, 0.5]],
  [[NaN, 0], {}, [NaN, 0.5]],
  [[-1000, 1000, -1e30, 1e30], {}, [0, 1, 0, 1]],
  // As in softmax, what is infinite stays so.
  [[-3, 0, 3, NaN, INF, -INF], { beta: 0 }, [0.5, 0.5, 0.5, NaN, 1, 0]],
  [[INF, -INF], { temperature: INF }, [1, 0]],
  [[INF, -INF], { beta: -2 }, [0, 1]],
  [[-3, 0, 3, NaN], { beta: INF }, [0, 0.5, 1, NaN]],
  [[-3, 0, 3, NaN], { temperature: 0 }, [0, 0.5, 1, NaN]],
  [[-3, 0, 3], { beta: -INF }, [1, 0.5, 0]],
  [[-3, 0, 3], { temperature: INF }, [0.5, 0.5, 0.5]],
  [[1, -1], { base: 3 }, [0.75, 0.25]],
  [[1.5, -1.5], { beta: -1 }, [0.18242552380635635, 0.8175744761936437]],
  [[3, -3], { temperature: 2 }, [0.8175744761936437, 0.18242552380635635]],
  [[1, -1, 0], { beta: 1e60 }, [1, 0, 0.5]],
  [[1, -1, 0], { beta: 1e-60 }, [0.5, 0.5, 0.5]],
];

describe.each(IMPLEMENTATIONS)("$name: sigmoid", (library) => {
  const { sigmoid, softmax, allocate } = library;

  describe.each(DTYPES)("%s", (dtype) => {
    const bound = CONTRACT[dtype].sigmoid;

    it.each(CASES)("%o, %o", (x, options, expected) => {
      const got = sigmoid(floats(dtype, x), options);
      expect(largestErrorIn(got, expected, expected, dtype)).toBeLessThanOrEqual(bound);
    });

    it("equals softmax of (x, 0)", () => {
      for (const options of [{}, { beta: 0.3 }, { temperature: -2 }, { base: 10 }]) {
        const x = logits(dtype, 200, 4, 9);
        const pairs = floats(
          dtype,
          [...x].flatMap((v) => [v, 0]),
        ) as Float64Array;
        const expected = softmax(pairs, { shape: [200, 2], ...options }).filter((_, i) => i % 2 === 0);
        const room = bound + 2 * CONTRACT[dtype].anyLogits + 20 * 2 ** -52;
        expect(largestError(sigmoid(x, options), expected, dtype)).toBeLessThan(room);
      }
    });

    it("keeps its accuracy down to the smallest normal number", () => {
      const reach = dtype === "float32" ? 87 : 708;
      const x = floats(
        dtype,
        Array.from({ length: 400 }, (_, i) => -reach + (i * 2 * reach) / 400),
      );
      const exact = Float64Array.from(x, (v) => exactSoftmax([v, 0])[0]?.high as number);
      expect(largestError(sigmoid(x), exact, dtype)).toBeLessThanOrEqual(bound);
    });

    it.each([0.1, 1 / 3, 2.5, -7, 1e-30, 1e30])("against exact values, beta %d", (beta) => {
      const x = logits(dtype, 100, 3, 20 / Math.abs(beta));
      const exact = Float64Array.from(x, (v) => exactSoftmax([v, 0], beta)[0]?.high as number);
      const rounding = 20 * 2 ** -52;
      expect(largestError(sigmoid(x, { beta }), exact, dtype)).toBeLessThanOrEqual(bound + rounding);
    });

    it("its slope is p (1 - p) beta", () => {
      const x = logits("float64", 20, 3, 4);
      const p = sigmoid(floats(dtype, x), { beta: 1.5 });
      const slopes = derivatives((z) => sigmoid(z, { beta: 1.5 }), x).map((row, i) => row[i] as number);
      slopes.forEach((slope, i) => {
        const v = p[i] as number;
        expect(slope).toBeCloseTo(1.5 * v * (1 - v), dtype === "float32" ? 5 : 8);
      });
    });

    it("bits depend on the number alone", () => {
      const x = logits(dtype, 1003, 6, 30);
      const all = sigmoid(x, { beta: 0.9 });
      for (const i of [0, 1, 2, 3, 4, 500, 999, 1000, 1001, 1002]) {
        expect(sigmoid(x.slice(i, i + 1) as FloatArray, { beta: 0.9 })[0]).toBe(all[i]);
      }
      const large = floats(dtype, 400_003);
      large.set(x, 399_000);
      expect(sigmoid(large, { beta: 0.9 }).slice(399_000)).toEqual(all);
    });

    it("`out`, in place, empty", () => {
      const x = logits(dtype, 17, 6);
      const expected = sigmoid(x);
      const before = x.slice();
      const out = floats(dtype, 17);
      expect(sigmoid(x, { out })).toBe(out);
      expect(out).toEqual(expected);
      expect(x).toEqual(before);
      expect(sigmoid(x, { out: x })).toBe(x);
      expect(x).toEqual(expected);
      expect(sigmoid(floats(dtype, 0))).toEqual(floats(dtype, 0));
    });
  });

  it("keeps the kind", () => {
    const near = expect.closeTo(0.8175744761936437, 14);
    expect(
      sigmoid([
        [0, 1.5],
        [1.5, 0],
      ] as unknown as FloatArray),
    ).toEqual([
      [0.5, near],
      [near, 0.5],
    ]);
    expect(sigmoid([0] as unknown as FloatArray)).toEqual([0.5]);
    const tensor = { data: new Float32Array(4), dims: [2, 2] } as unknown as FloatArray;
    expect(sigmoid(tensor)).toEqual({ data: new Float32Array(4).fill(0.5), dims: [2, 2] });
    const x = [-3, 0.5, 1, 9];
    const bits = { data: toBits(x), shape: [4], dtype: "float16" } as unknown as FloatArray;
    const got = fromBits((sigmoid(bits) as unknown as { data: Uint16Array }).data);
    x.forEach((v, i) => {
      expect(Math.abs((got[i] as number) * (1 + Math.exp(-v)) - 1)).toBeLessThan(2 ** -10.9);
    });
  });

  it.runIf(allocate !== undefined)("takes allocated arrays, and fills them", () => {
    const { allocate } = library as Required<Implementation>;
    const x = allocate("float32", [2, 3]);
    x.set(new Float32Array([1, 2, 3, 4, 5, 6]));
    const expected = sigmoid(new Float32Array([1, 2, 3, 4, 5, 6]));
    const given = x as unknown as FloatArray;
    expect(sigmoid(given)).toEqual(expected);
    expect(sigmoid(given, { out: x })).toBe(x);
    expect(x.data).toEqual(expected);
    x.free();
  });
});

describe.each(KERNELS)("$name: sigmoid of every count", ({ sigmoid }) => {
  it.each(DTYPES)("%s", (dtype) => {
    for (let count = 1; count < 70; count++) {
      const x = logits(dtype, count, count, 15);
      const expected = Float64Array.from(x, (v) => referenceSigmoid(v, 1));
      expect(largestError(sigmoid(x), expected, dtype)).toBeLessThanOrEqual(2 * CONTRACT[dtype].sigmoid);
    }
  });
});
