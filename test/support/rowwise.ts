// What holds for every op that works row by row, whatever it computes.

import { describe, expect, it } from "vitest";
import type { FloatArray } from "../../src/types.js";
import type { Dtype } from "./contract.js";
import { fromBits, toBits } from "./float16.js";
import { DTYPES, expectSame, floats, logits } from "./floats.js";
import { IMPLEMENTATIONS, type Implementation, type Options } from "./implementations.js";
import { valuesOf } from "./misuse.js";

/** What becomes of a row of K: as many numbers, one, K x K or K x K x K. */
export type Form = "same" | "reduced" | "squared" | "cubed";

export interface RowOp {
  readonly name: string;
  readonly form: Form;
  /** How many arrays of one shape it takes. */
  readonly inputs: 1 | 2;
  readonly run: (library: Implementation, inputs: readonly unknown[], options?: Options) => unknown;
  /** Numbers to try it on; logits within ±10 if not given. */
  readonly values?: (dtype: Dtype, count: number, seed: number) => FloatArray;
  /** What a row of no elements gives, if that is a number. */
  readonly nothing?: number;
  /** The inputs that may be `out` too; all if not given. */
  readonly places?: readonly number[];
  /** The shortest row that it takes; 0 if not given. */
  readonly shortest?: number;
}

const RANK: Readonly<Record<Form, number>> = { same: 1, reduced: 0, squared: 2, cubed: 3 };

/** Row lengths, and a batch of more bytes than pass at once. */
const LENGTHS: Readonly<Record<Form, readonly number[]>> = {
  same: [1, 2, 3, 4, 5, 8, 10, 16, 17, 33, 47, 48, 64, 100, 257],
  reduced: [1, 2, 3, 4, 5, 8, 10, 16, 17, 33, 47, 48, 64, 100, 257],
  squared: [1, 2, 3, 4, 5, 8, 10, 17, 33],
  cubed: [1, 2, 3, 5, 8, 17],
};
const LARGE: Readonly<Record<Form, readonly [rows: number, length: number]>> = {
  same: [5, 70_001],
  reduced: [5, 70_001],
  squared: [40, 101],
  cubed: [12, 33],
};

export function describeRowwise(op: RowOp): void {
  const { name, form, inputs, run, shortest = 0 } = op;
  const rank = RANK[form];
  const make = op.values ?? logits;

  function several(dtype: Dtype, count: number, seed: number): FloatArray[] {
    return Array.from({ length: inputs }, (_, i) => make(dtype, count, seed + i));
  }

  describe.each(IMPLEMENTATIONS)(`$name: ${name}, row by row`, (library) => {
    const runFlat = (given: readonly FloatArray[], options?: Options) => run(library, given, options) as FloatArray;

    describe.each(DTYPES)("%s", (dtype) => {
      it.each([
        [4, 3, 5],
        [2, 9, 1, 3],
        [1, 7],
      ])("along any axis of [%d, %d, …] as along the last", (...sizes: number[]) => {
        const shape = sizes.filter((n) => n !== undefined);
        const count = shape.reduce((a, b) => a * b);
        const given = several(dtype, count, 5);
        for (const axis of [...shape.keys(), [0, 1], null]) {
          const { outer, length, inner } = extentOf(shape, axis);
          if (length < shortest) continue;
          const turned = given.map((x) => turn(x, length, inner));
          const expected = runFlat(turned, { shape: [outer * inner, length] });
          const got = runFlat(given, { shape, axis });
          expectSame(got, form === "same" ? turn(expected, inner, length) : expected);
        }
      });

      it("a row's bits depend neither on the batch nor on the place in it, nor on alignment", () => {
        for (const length of LENGTHS[form].filter((n) => n >= shortest)) {
          for (const batch of [2, 5, 18]) {
            const given = several(dtype, batch * length, length);
            const together = runFlat(given, { shape: [batch, length] });
            for (const row of [0, 1, batch - 1]) {
              const alone = given.map((x) =>
                offset(x.subarray(row * length, (row + 1) * length) as FloatArray, row % 4),
              );
              const size = length ** rank;
              expectSame(runFlat(alone), together.subarray(row * size, (row + 1) * size) as FloatArray);
            }
          }
        }
      });

      it("nor on chunks", () => {
        const [rows, length] = LARGE[form];
        const given = several(dtype, rows * length, 1);
        const together = runFlat(given, { shape: [rows, length] });
        const last = given.map((x) => x.slice((rows - 1) * length) as FloatArray);
        expectSame(runFlat(last), together.subarray(-(length ** rank)) as FloatArray);
      });

      it("writes and returns `out`, and changes nothing else", () => {
        for (const [batch, length] of [
          [3, 5],
          [2, 33],
        ] as const) {
          const given = several(dtype, batch * length, 9);
          const before = given.map((x) => x.slice());
          const expected = runFlat(given, { shape: [batch, length] });
          const out = floats(dtype, batch * length ** rank).fill(7);
          expect(runFlat(given, { shape: [batch, length], out })).toBe(out);
          expect(out).toEqual(expected);
          expect(given).toEqual(before);
          if (form !== "same") continue;
          for (const i of op.places ?? given.keys()) {
            const copies = given.map((x) => x.slice() as FloatArray);
            expect(runFlat(copies, { shape: [batch, length], out: copies[i] })).toBe(copies[i]);
            expect(copies[i]).toEqual(expected);
          }
        }
      });

      it("gives empty results for empty batches and rows", () => {
        for (const [shape, rows] of [
          [[0, 5], 0],
          [[5, 0], 5],
          [[3, 0], 3],
          [[0], 1],
        ] as const) {
          if ((shape.at(-1) as number) < shortest) continue;
          const given = several(dtype, 0, 1);
          const expected = floats(dtype, form === "reduced" ? rows : 0).fill(op.nothing ?? NaN);
          expect(runFlat(given, { shape })).toEqual(expected);
        }
      });
    });

    it("takes nested arrays and tensors, and gives the same back", () => {
      const given = several("float64", 6, 3);
      const expected = [...runFlat(given, { shape: [2, 3] })];
      const shape = [2, ...new Array(rank).fill(3)];
      const nested = run(
        library,
        given.map((x) => nest(x, [2, 3])),
      );
      expect(nested).toEqual(nest(expected, shape));
      for (const [key, Floats] of [
        ["shape", Float64Array],
        ["dims", Float32Array],
      ] as const) {
        const tensor = run(
          library,
          given.map((x) => ({ data: new Floats(x), [key]: [2, 3] })),
        ) as { data: FloatArray };
        const { data, ...rest } = tensor;
        expect(rest).toEqual({ [key]: shape });
        expect(data.constructor).toBe(Floats);
        expect(data).toEqual(
          runFlat(
            given.map((x) => new Floats(x)),
            { shape: [2, 3] },
          ),
        );
      }
      const row = run(
        library,
        given.map((x) => [...x.subarray(0, 3)]),
      );
      expect(row).toEqual(nest(expected.slice(0, 3 ** rank), shape.slice(1)));
    });

    it("takes float16, rounding once", () => {
      const bits = several("float64", 10, 3).map(toBits);
      const result = run(
        library,
        bits.map((data) => ({ data, shape: [2, 5], type: "float16" })),
      ) as {
        data: Uint16Array;
      };
      const exact = runFlat(bits.map(fromBits), { shape: [2, 5] });
      expect(result).toMatchObject({ shape: [2, ...new Array(rank).fill(5)], type: "float16" });
      const got = fromBits(result.data);
      exact.forEach((value, i) => {
        expect(Math.abs((got[i] as number) - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -10.9 + 2 ** -24);
      });
    });

    it.runIf(library.allocate !== undefined)("takes allocated arrays, and fills them", () => {
      const { allocate } = library as Required<Implementation>;
      for (const dtype of DTYPES) {
        const given = several(dtype, 12, 4);
        const expected = runFlat(given, { shape: [3, 4] });
        const handles = given.map(() => allocate(dtype, [3, 4]));
        handles.forEach((handle, i) => {
          handle.set(given[i] as FloatArray);
        });
        const shape = [3, ...new Array(rank).fill(4)];
        const out = allocate(dtype, shape);
        expect(run(library, handles)).toEqual(expected);
        expect(run(library, handles, { out })).toBe(out);
        expect(out.data).toEqual(expected);
        out.data.fill(0);
        expect(run(library, given, { shape: [3, 4], out })).toBe(out);
        expect(out.data).toEqual(expected);
        handles.forEach((handle, i) => {
          expect(valuesOf(handle.data)).toEqual(valuesOf(given[i]));
          handle.free();
        });
        out.free();
      }
    });
  });
}

/** (outer, length, inner) as (outer, inner, length). */
function turn(x: FloatArray, length: number, inner: number): FloatArray {
  return x.map((_, i) => {
    const o = Math.floor(i / (length * inner));
    return x[(o * length + (i % length)) * inner + (Math.floor(i / length) % inner)] as number;
  }) as FloatArray;
}

function extentOf(
  shape: readonly number[],
  axis: number | readonly number[] | null,
): Record<"outer" | "length" | "inner", number> {
  const axes = axis === null ? [...shape.keys()] : [axis].flat();
  const size = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);
  const first = Math.min(...axes);
  const end = Math.max(...axes) + 1;
  return { outer: size(shape.slice(0, first)), length: size(shape.slice(first, end)), inner: size(shape.slice(end)) };
}

/** A copy of a row that starts some elements into its buffer. */
function offset(row: FloatArray, by: number): FloatArray {
  const room = new (row.constructor as Float64ArrayConstructor)(row.length + by);
  room.set(row, by);
  return room.subarray(by);
}

/** The numbers in arrays of arrays; the first alone for no sizes. */
function nest(values: ArrayLike<number>, sizes: readonly number[]): unknown {
  const [size, ...rest] = sizes;
  if (size === undefined) return values[0];
  const step = rest.reduce((a, b) => a * b, 1);
  return Array.from({ length: size }, (_, i) =>
    nest(Array.prototype.slice.call(values, i * step, (i + 1) * step), rest),
  );
}
