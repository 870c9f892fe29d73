import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSoftmax } from "../src/index.js";
import type { FloatArray } from "../src/types.js";
import { oddNaNs, ROWS, ranked, rowsAlong } from "./support/choice.js";
import type { Dtype } from "./support/contract.js";
import { Float16, fromBits, toBits } from "./support/float16.js";
import { DTYPES, expectSame, floats, logits, rowsOf } from "./support/floats.js";
import { IMPLEMENTATIONS, type Implementation, KERNELS, MAKERS, type Options } from "./support/implementations.js";
import { BATCHES, longLengths, SHORT_LENGTHS } from "./support/ladder.js";
import { thrownBy } from "./support/misuse.js";

type TopK = Implementation["topK"];

const i32 = (values: readonly number[]): Int32Array => new Int32Array(values);
const loose = (x: unknown): FloatArray => x as FloatArray;
const ORDERS = [true, false];

/** Holds that topK finds in each row what a sort does, for each k, and the numbers as they are. */
function expectChosen(
  topK: TopK,
  x: FloatArray,
  counts: readonly number[],
  options: Options,
  rows: readonly ArrayLike<number>[],
): void {
  const before = x.slice() as FloatArray;
  const orders = rows.map(ranked);
  for (const k of counts) {
    for (const sorted of ORDERS) {
      const { values, indices } = topK(x, k, { ...options, sorted });
      const expected = orders.map((order) => {
        const largest = order.slice(0, k);
        return sorted ? largest : largest.sort((a, b) => a - b);
      });
      expectSame(indices, i32(expected.flat()));
      const kept = expected.flatMap((row, r) => row.map((i) => rows[r]![i]!));
      expectSame(values, new (x.constructor as Float64ArrayConstructor)(kept));
    }
  }
  expectSame(x, before);
}

const someOf = (length: number): number[] =>
  [...new Set([1, 2, 7, length >> 1, length - 1, length])].filter((k) => k > 0 && k <= length);

const inRows = (x: FloatArray, length: number): FloatArray[] => rowsOf(x as Float32Array, length);

describe.each(IMPLEMENTATIONS)("$name: topK", ({ topK, argmax }) => {
  describe.each(DTYPES)("%s", (dtype) => {
    const f = (values: readonly number[]): FloatArray => floats(dtype, values);

    it.each([
      // PyTorch's and ONNX's documents.
      [[1, 2, 3, 4, 5], 3, [4, 3, 2]],
      [[0, 1, 2, 3], 3, [3, 2, 1]],
      [[2, 2, 2, 2], 2, [0, 1]],
      [[1, 3, 2, 3, 1], 3, [1, 3, 2]],
      [[1, 3, 2, 3, 1], 4, [1, 3, 2, 0]],
      [[-0, 0, -0], 2, [0, 1]],
      [[0, -1, -0], 2, [0, 2]],
      [[1, NaN, Infinity, NaN], 3, [1, 3, 2]],
      [[NaN, NaN, NaN], 2, [0, 1]],
      [[-Infinity, 1, -Infinity], 2, [1, 0]],
      [[-Infinity, -Infinity], 2, [0, 1]],
      [[7], 1, [0]],
    ])("%j, %d: %j", (row, k, expected) => {
      const { values, indices } = topK(f(row), k);
      expect(indices).toEqual(i32(expected));
      expect(values).toEqual(f(expected.map((i) => row[i] as number)));
      const unsorted = topK(f(row), k, { sorted: false });
      const inOrder = [...expected].sort((a, b) => a - b);
      expect(unsorted).toEqual({ values: f(inOrder.map((i) => row[i] as number)), indices: i32(inOrder) });
    });

    it.each(Object.entries(ROWS))("rows %s", (_, make) => {
      for (const length of [1, 2, 3, 4, 5, 8, 17, 64, 129, 300]) {
        for (const batch of [1, 3]) {
          const x = make(dtype, batch * length, length + batch);
          expectChosen(topK, x, someOf(length), { shape: [batch, length] }, inRows(x, length));
        }
      }
    });

    it("NaN of any sign and payload is larger than Infinity", () => {
      const odd = oddNaNs(dtype) as Float32Array;
      const x = floats(dtype, 40).fill(Infinity) as Float32Array;
      for (const i of odd.keys()) x.set(odd.subarray(i, i + 1), 30 - 9 * i);
      const { values, indices } = topK(x, 5);
      expect(indices).toEqual(i32([3, 12, 21, 30, 0]));
      expect(values).toEqual(f([NaN, NaN, NaN, NaN, Infinity]));
    });

    it("every k", () => {
      for (const length of [1, 2, 3, 4, 5, 16, 17, 33]) {
        const x = f([...logits("float64", length, length)].map(Math.round));
        expectChosen(
          topK,
          x,
          [...x.keys()].map((i) => i + 1),
          {},
          [x],
        );
      }
    });

    it("k = 0 gives nothing", () => {
      const x = logits(dtype, 6, 1);
      for (const sorted of ORDERS) {
        expect(topK(x, 0, { shape: [2, 3], sorted })).toEqual({ values: f([]), indices: i32([]) });
      }
      expect(topK(loose({ data: x, shape: [2, 3] }), 0)).toEqual({
        values: { data: f([]), shape: [2, 0] },
        indices: { data: i32([]), shape: [2, 0] },
      });
    });

    it("of empty batches, and of empty rows none", () => {
      for (const [shape, k, left] of [
        [[0, 3], 2, [0, 2]],
        [[3, 0], 0, [3, 0]],
        [[0, 0], 0, [0, 0]],
        [[0], 0, [0]],
      ] as const) {
        expect(topK(f([]), k, { shape })).toEqual({ values: f([]), indices: i32([]) });
        expect(topK(loose({ data: f([]), dims: shape }), k)).toEqual({
          values: { data: f([]), dims: left },
          indices: { data: i32([]), dims: left },
        });
      }
    });

    it("along any axis: the k come last", () => {
      const shape = [3, 4, 5];
      const x = f([...logits("float64", 60, 4)].map(Math.round));
      for (const axis of [0, 1, 2, -1, -2, -3, [0, 1], [1, 2], [2, 1, 0], null]) {
        const rows = rowsAlong(x, shape, axis);
        for (const k of [1, 2, 3]) {
          expectChosen(topK, x, [k], { shape, axis }, rows);
          const axes = axis === null ? [0, 1, 2] : [axis].flat().map((a) => (a + 3) % 3);
          const left = [...shape.filter((_, a) => !axes.includes(a)), k];
          const { values, indices } = topK(x, k, { shape, axis });
          expect(topK(loose({ data: x, shape }), k, { axis })).toEqual({
            values: { data: values, shape: left },
            indices: { data: indices, shape: left },
          });
        }
      }
    });

    it("batches of any size", () => {
      for (const batch of [...BATCHES, 4096]) {
        const x = logits(dtype, batch * 10, batch);
        expectChosen(topK, x, [3], { shape: [batch, 10] }, inRows(x, 10));
      }
    });

    it("is that of a sort", () => {
      const number = fc.oneof(fc.float(), fc.constantFrom(NaN, 0, -0, 1, Infinity, -Infinity));
      fc.assert(
        fc.property(fc.array(number, { minLength: 1, maxLength: 70 }), fc.nat(), (values, n) => {
          const x = floats(dtype, values);
          expectChosen(topK, x, [1 + (n % values.length)], {}, [x]);
        }),
      );
    });

    it("the first is argmax's, and a smaller k's are the first of a larger's", () => {
      const x = ROWS["with NaN and infinities"]!(dtype, 60 * 21, 5);
      const options = { shape: [60, 21] };
      expect(topK(x, 1, options).indices).toEqual(argmax(x, options));
      const [few, many] = [topK(x, 4, options).indices, topK(x, 9, options).indices];
      expect(few).toEqual(many.filter((_, i) => i % 9 < 4));
    });
  });

  it("nested arrays give nested arrays", () => {
    const x = loose([
      [0, 1, 2, 3],
      [7, 6, 5, 4],
    ]);
    expect(topK(x, 2)).toEqual({ values: [[3, 2], [7, 6]], indices: [[3, 2], [0, 1]] }); // biome-ignore format: rows
    expect(topK(x, 1, { axis: 0 })).toEqual({ values: [[7], [6], [5], [4]], indices: [[1], [1], [1], [1]] });
    expect(topK(x, 3, { axis: null })).toEqual({ values: [7, 6, 5], indices: [4, 5, 6] });
    expect(topK(x, 2, { sorted: false }).indices).toEqual([[2, 3], [0, 1]]); // biome-ignore format: rows
    expect(topK(x, 0)).toEqual({ values: [[], []], indices: [[], []] });
    expect(topK(loose([1, 3, 2]), 2)).toEqual({ values: [3, 2], indices: [1, 2] });
    expect(topK(loose([1, 3, 2]), 0)).toEqual({ values: [], indices: [] });
    expect(topK(loose([1, 3, 4, 2]), 1, { shape: [2, 2] })).toEqual({ values: [3, 4], indices: [1, 0] });
  });

  it("float16: the same bits, and int32 where it was labelled", () => {
    const data = toBits([1, 2, Infinity, 65504, 2 ** -24, -0]);
    expect(topK(loose({ data, dims: [2, 3], type: "float16" }), 2)).toEqual({
      values: { data: toBits([Infinity, 2, 65504, 2 ** -24]), dims: [2, 2], type: "float16" },
      indices: { data: i32([2, 1, 0, 1]), dims: [2, 2], type: "int32" },
    });
    const odd = { data: toBits([1, NaN, -0, -Infinity]), shape: [4], dtype: "float16" };
    const result = topK(loose(odd), 4) as unknown as { values: { data: Uint16Array } };
    expect(fromBits(result.values.data)).toEqual(new Float64Array([NaN, 1, -0, -Infinity]));
    const many = toBits([...logits("float64", 900 * 40, 2)]);
    const { values, indices } = topK(loose({ data: many, shape: [900, 40], dtype: "float16" }), 7) as unknown as {
      values: { data: Uint16Array };
      indices: { data: Int32Array };
    };
    const expected = Array.from(indices.data, (i, n) => many[Math.floor(n / 7) * 40 + i] as number);
    expect(values.data).toEqual(new Uint16Array(expected));
  });

  it.runIf(Float16 !== undefined)("Float16Array", () => {
    expect(topK(new Float16!([1, 3, 2]), 2)).toEqual({ values: new Float16!([3, 2]), indices: i32([1, 2]) });
  });

  it("a k that is no integer from 0 to K is an error that names both", () => {
    const x = new Float32Array(6);
    for (const [k, kind, got] of [
      [4, RangeError, "4"],
      [-1, RangeError, "-1"],
      [1.5, RangeError, "1.5"],
      [NaN, RangeError, "NaN"],
      [Infinity, RangeError, "Infinity"],
      [undefined, TypeError, "undefined"],
      [null, TypeError, "null"],
      ["2", TypeError, '"2"'],
      [2n, TypeError, "2n"],
      [[2], TypeError, "an array of length 1"],
      [{ shape: [2, 3] }, TypeError, "an object"],
    ] as const) {
      const error = thrownBy(() => topK(x, k as number, { shape: [2, 3] }));
      expect(error).toBeInstanceOf(kind);
      expect(error.message).toBe(`k: expected an integer${kind === RangeError ? " from 0 to 3" : ""}, got ${got}`);
    }
    expect(thrownBy(() => topK(new Float32Array(0), 1)).message).toBe("k: expected an integer from 0 to 0, got 1");
  });

  it("has sorted, true or false, and no out", () => {
    const x = new Float32Array(3);
    for (const sorted of [0, null, "yes"]) {
      const error = thrownBy(() => topK(x, 1, { sorted }));
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toMatch(/^sorted: expected true or false, got /);
    }
    for (const name of ["out", "where", "largest", "beta"]) {
      expect(thrownBy(() => topK(x, 1, { [name]: 1 })).message).toMatch(
        new RegExp(`^unknown option "${name}": expected one of shape, axis, sorted$`),
      );
    }
  });
});

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
      expectChosen(topK, x, length < 2 ** 20 ? [...someOf(length), 50] : [50, length], {}, [x]);
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
function expectSameRows(topK: TopK, dtype: Dtype, x: FloatArray, shape: readonly number[], axis: number): void {
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

describe.each(MAKERS)("over %s: topK of arrays that stay", (_, make) => {
  it("takes them, changes nothing, and gives plain arrays", () => {
    const library = make();
    for (const dtype of DTYPES) {
      const x = logits(dtype, 1300 * 7, 3) as Float32Array;
      const handle = library.allocate(dtype, [1300, 7]);
      handle.set(x);
      const view = handle.data;
      for (const axis of [0, 1]) {
        const expected = library.topK(x, 3, { shape: [1300, 7], axis });
        expect(library.topK(handle, 3, { axis })).toEqual(expected);
        expect(library.topK(view, 3, { shape: [1300, 7], axis })).toEqual(expected);
      }
      expect(handle.data).toBe(view);
      expectSame(view as FloatArray, x);
      handle.free();
      const error = thrownBy(() => library.topK(handle, 1));
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toBe("x: expected an allocated array, got one that was freed");
    }
  });
});

it("topK of a row beyond maxMemory is a RangeError that names the bytes, and shorter rows pass", () => {
  const library = createSoftmax({ maxMemory: 2 ** 17, fallback: false });
  const error = thrownBy(() => library.topK(new Float64Array(40_000), 2));
  expect(error).toBeInstanceOf(RangeError);
  expect(error.message).toMatch(/^out of memory: asked for \d+ bytes, the limit is 131072 bytes$/);
  const x = logits("float64", 100 * 1000, 6);
  const expected = createSoftmax().topK(x as Float64Array, 999, { shape: [100, 1000] });
  const got = library.topK(x as Float64Array, 999, { shape: [100, 1000] });
  expectSame(got.indices, expected.indices);
});
