import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSoftmax } from "../src/index.js";
import type { FloatArray } from "../src/types.js";
import { oddNaNs, ROWS, ranked, rowsAlong } from "./support/choice.js";
import { Float16, toBits } from "./support/float16.js";
import { DTYPES, expectSame, floats, logits, rowsOf } from "./support/floats.js";
import { IMPLEMENTATIONS, KERNELS, MAKERS } from "./support/implementations.js";
import { BATCHES, longLengths, SHORT_LENGTHS } from "./support/ladder.js";
import { expectError, thrownBy } from "./support/misuse.js";

const i32 = (values: readonly number[]): Int32Array => new Int32Array(values);
const loose = (x: unknown): FloatArray => x as FloatArray;
const best = (row: ArrayLike<number>): number => ranked(row)[0] as number;

const TABLE: readonly (readonly [row: readonly number[], index: number])[] = [
  [[7], 0],
  [[1, 2, 3], 2],
  [[3, 2, 1], 0],
  [[1, 3, 3, 2], 1],
  // NumPy's and PyTorch's documents.
  [[0, 5, 2, 3, 4, 5], 1],
  [[-0.7401, -0.8805, -0.3402, -1.1936], 2],
  [[-0, 0], 0],
  [[0, -0], 0],
  [[-1, -0, 0, -0], 1],
  [[-Infinity, -Infinity], 0],
  [[-Infinity, -1e30, -Infinity], 1],
  [[1, Infinity, 2, Infinity], 1],
  [[NaN], 0],
  [[NaN, 1, 2], 0],
  [[1, NaN, 2, NaN], 1],
  [[Infinity, 5, NaN], 2],
  [[-Infinity, NaN], 1],
  [[9, 9, 9, 9, 9, 9, 9, 9, 9], 0],
];

describe.each(IMPLEMENTATIONS)("$name: argmax", ({ argmax, softmax }) => {
  describe.each(DTYPES)("%s", (dtype) => {
    it.each(TABLE)("%j: %d", (row, index) => {
      expect(argmax(floats(dtype, row))).toEqual(i32([index]));
    });

    it("finds it at any place of rows of any length; of equal ones the first, of NaN too", () => {
      for (const length of SHORT_LENGTHS.filter((n) => n < 70)) {
        for (let at = 0; at < length; at++) {
          for (const top of [11, Infinity, NaN]) {
            const x = logits(dtype, length, length);
            x[at] = top;
            expect(argmax(x)[0], `${top} at ${at} of ${length}`).toBe(at);
            x.fill(top, at);
            expect(argmax(x)[0], `${top} from ${at} of ${length} on`).toBe(at);
          }
        }
      }
    });

    it("NaN of any sign and payload is larger than Infinity", () => {
      for (const nan of rowsOf(oddNaNs(dtype) as Float32Array, 1)) {
        const x = floats(dtype, 21).fill(Infinity) as Float32Array;
        x.set(nan, 13);
        expect(argmax(x)[0]).toBe(13);
      }
    });

    it.each(Object.entries(ROWS))("rows %s", (_, make) => {
      for (const length of [1, 2, 3, 5, 8, 17, 100, 257, 1000]) {
        for (const batch of [1, 2, 3, 7]) {
          const x = make(dtype, batch * length, length + batch) as Float32Array;
          const before = x.slice();
          expect(argmax(x, { shape: [batch, length] })).toEqual(i32(rowsOf(x, length).map(best)));
          expectSame(x, before);
        }
      }
    });

    it("along any axis, with and without keepDims", () => {
      const shape = [3, 4, 5];
      const x = floats(dtype, logits("float64", 60, 4).map(Math.round));
      for (const axis of [0, 1, 2, -1, -2, -3, [0, 1], [1, 2], [2, 1, 0], null]) {
        const expected = i32(rowsAlong(x, shape, axis).map(best));
        expect(argmax(x, { shape, axis })).toEqual(expected);
        const axes = axis === null ? [0, 1, 2] : [axis].flat().map((a) => (a + 3) % 3);
        const tensor = loose({ data: x, shape });
        const left = shape.filter((_, a) => !axes.includes(a));
        expect(argmax(tensor, { axis })).toEqual({ data: expected, shape: left });
        const kept = shape.map((n, a) => (axes.includes(a) ? 1 : n));
        expect(argmax(tensor, { axis, keepDims: true })).toEqual({ data: expected, shape: kept });
        expect(argmax(x, { shape, axis, keepDims: true })).toEqual(expected);
      }
    });

    it("batches of any size", () => {
      for (const batch of [...BATCHES, 511, 512, 513, 4096]) {
        const x = logits(dtype, batch * 10, batch) as Float32Array;
        expectSame(argmax(x, { shape: [batch, 10] }), i32(rowsOf(x, 10).map(best)));
      }
    });

    it("is that of a sort", () => {
      const number = fc.oneof(fc.float(), fc.constantFrom(NaN, 0, -0, 1, Infinity, -Infinity));
      fc.assert(
        fc.property(fc.array(number, { minLength: 1, maxLength: 50 }), (values) => {
          const x = floats(dtype, values);
          expect(argmax(x)[0]).toBe(best(x));
        }),
      );
    });

    it("is where softmax is largest", () => {
      const x = logits(dtype, 40 * 33, 8) as Float32Array;
      const y = softmax(x, { shape: [40, 33] });
      expect(argmax(y, { shape: [40, 33] })).toEqual(argmax(x, { shape: [40, 33] }));
    });
  });

  it("nested arrays give numbers, one level less; one row a number", () => {
    // NumPy's.
    const x = loose([
      [10, 11, 12],
      [13, 14, 15],
    ]);
    expect(argmax(x)).toEqual([2, 2]);
    expect(argmax(x, { axis: 0 })).toEqual([1, 1, 1]);
    expect(argmax(x, { axis: null })).toBe(5);
    expect(argmax(loose([[4, 2, 3], [1, 0, 3]]), { keepDims: true })).toEqual([[0], [2]]); // biome-ignore format: rows
    expect(argmax(loose([1, 3, 2]))).toBe(1);
    expect(argmax(loose([1, 3, 2]), { keepDims: true })).toEqual([1]);
    expect(argmax(loose([1, 3, 2, 4]), { shape: [2, 2] })).toEqual([1, 1]);
    expect(argmax(loose([[[1, 2]], [[4, 3]]]))).toEqual([[1], [0]]);
  });

  it("tensors give tensors of an Int32Array, under the names that they use", () => {
    for (const data of [new Float32Array([1, 2, 4, 3]), new Float64Array([1, 2, 4, 3]), [1, 2, 4, 3]]) {
      expect(argmax(loose({ data, shape: [2, 2] }))).toEqual({ data: i32([1, 0]), shape: [2] });
      expect(argmax(loose({ data, dims: [2, 2] }))).toEqual({ data: i32([1, 0]), dims: [2] });
    }
    expect(argmax(loose({ data: new Float32Array([5]), dims: [] }))).toEqual({ data: i32([0]), dims: [] });
  });

  it("float16 bits, labelled int32 where they were labelled", () => {
    const data = toBits([1, 2, NaN, 65504, Infinity, -0]);
    expect(argmax(loose({ data, dims: [2, 3], type: "float16" }))).toEqual({
      data: i32([2, 1]),
      dims: [2],
      type: "int32",
    });
    expect(argmax(loose({ data, shape: [3, 2], dtype: "float16" }), { axis: 0 })).toEqual({
      data: i32([1, 1]),
      shape: [2],
      dtype: "int32",
    });
  });

  it.runIf(Float16 !== undefined)("Float16Array", () => {
    expect(argmax(new Float16!([1, 3, 2]))).toEqual(i32([1]));
  });

  it("views, and shared memory", () => {
    const x = new Float32Array(new SharedArrayBuffer(40));
    x.set([9, 1, 2, 1, 3, 4, 4, 9]);
    expect(argmax(x.subarray(1, 7), { shape: [2, 3] })).toEqual(i32([1, 1]));
  });

  it("an empty batch gives nothing", () => {
    for (const [shape, axis] of [
      [[0, 3], -1],
      [[0, 0], -1],
      [[3, 0], 0],
      [[2, 0, 3], 2],
    ] as const) {
      expect(argmax(new Float32Array(0), { shape, axis })).toEqual(i32([]));
    }
    expect(argmax(loose({ data: new Float64Array(0), dims: [0, 3] }))).toEqual({ data: i32([]), dims: [0] });
  });

  it("a row of no elements has no maximum", () => {
    const text = (shape: string): RegExp =>
      new RegExp(`^x: expected elements in each row, got none in shape \\[${shape}\\]$`);
    for (const [x, options, shape] of [
      [new Float32Array(0), {}, "0"],
      [[], {}, "0"],
      [new Float64Array(0), { shape: [3, 0] }, "3, 0"],
      [new Float64Array(0), { shape: [0, 3], axis: 0 }, "0, 3"],
      [new Float64Array(0), { shape: [0, 3], axis: null }, "0, 3"],
      [{ data: new Float32Array(0), shape: [2, 0] }, {}, "2, 0"],
    ] as const) {
      const error = thrownBy(() => argmax(loose(x), options));
      expect(error).toBeInstanceOf(RangeError);
      expect(error.message).toMatch(text(shape));
    }
    expectError(softmax, new Float32Array(1), { keepDims: true }, TypeError, /^unknown option "keepDims"/);
  });

  it("has no out, no mask and no temperature", () => {
    for (const name of ["out", "where", "temperature"]) {
      expect(thrownBy(() => argmax(new Float32Array(2), { [name]: 1 })).message).toMatch(
        new RegExp(`^unknown option "${name}": expected one of shape, axis, keepDims$`),
      );
    }
  });
});

describe.each(KERNELS)("$name: argmax of every size", ({ argmax }) => {
  it.each(DTYPES)("%s", (dtype) => {
    for (const length of [...SHORT_LENGTHS, ...longLengths(dtype)]) {
      const rows = length < 2000 ? 5 : 2;
      const x = logits(dtype, rows * length, length) as Float32Array;
      const expected = rowsOf(x, length).map((row) => row.indexOf(row.reduce((a, b) => Math.max(a, b))));
      expect(argmax(x, { shape: [rows, length] })).toEqual(i32(expected));
      x[length - 1] = NaN;
      expect(argmax(x, { shape: [rows, length] })).toEqual(i32([length - 1, ...expected.slice(1)]));
    }
  });

  it.each(DTYPES)("%s: more than pass at once, along any axis", (dtype) => {
    const shape = [3, 701, 301];
    const x = floats(
      dtype,
      logits("float64", 3 * 701 * 301, 7).map((v) => Math.round(100 * v)),
    );
    for (const axis of [0, 1, 2]) {
      const length = shape[axis] as number;
      const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
      const rows = x.length / length;
      const expected = Array.from({ length: rows }, (_, r) => {
        const first = Math.floor(r / inner) * length * inner + (r % inner);
        const row = Array.from({ length }, (_, l) => x[first + l * inner] as number);
        return row.indexOf(row.reduce((a, b) => Math.max(a, b)));
      });
      expectSame(argmax(x, { shape, axis }), i32(expected));
    }
  });
});

describe.each(MAKERS)("over %s: argmax of arrays that stay", (_, make) => {
  it("takes them, changes nothing, and gives a plain array", () => {
    const library = make();
    for (const dtype of DTYPES) {
      const x = logits(dtype, 1300 * 7, 3) as Float32Array;
      const handle = library.allocate(dtype, [1300, 7]);
      handle.set(x);
      const view = handle.data;
      const expected = library.argmax(x, { shape: [1300, 7] });
      expect(library.argmax(handle)).toEqual(expected);
      expect(library.argmax(view, { shape: [1300, 7] })).toEqual(expected);
      expect(library.argmax(handle, { axis: 0 })).toEqual(library.argmax(x, { shape: [1300, 7], axis: 0 }));
      expect(handle.data).toBe(view);
      expectSame(view as FloatArray, x);
      handle.free();
      const error = thrownBy(() => library.argmax(handle));
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toBe("x: expected an allocated array, got one that was freed");
    }
  });
});

it("argmax of a row beyond maxMemory is a RangeError that names the bytes", () => {
  const library = createSoftmax({ maxMemory: 2 ** 17, fallback: false });
  const error = thrownBy(() => library.argmax(new Float64Array(40_000)));
  expect(error).toBeInstanceOf(RangeError);
  expect(error.message).toMatch(/^out of memory: asked for \d+ bytes, the limit is 131072 bytes$/);
  expect(library.argmax(new Float64Array(100))).toEqual(i32([0]));
});
