import { describe, expect, it } from "vitest";
import { IMPLEMENTATIONS, KERNELS } from "./support/implementations.js";
import { call, expectValues, logs, shares } from "./support/misuse.js";

const L = logs(12);
const shape = [2, 3, 2];

/** Each element's index along some axes of the shape, as one number: elements with the same number are one row. */
function groupsBy(index: (a: number, b: number, c: number) => number): number[] {
  return L.map((_, i) => index(Math.floor(i / 6), Math.floor(i / 2) % 3, i % 2));
}

const FIRST = groupsBy((_, b, c) => 2 * b + c);
const MIDDLE = groupsBy((a, _, c) => 2 * a + c);
const LAST = groupsBy((a, b) => 3 * a + b);
const FIRST_TWO = groupsBy((_, _b, c) => c);
const LAST_TWO = groupsBy((a) => a);
const ALL = groupsBy(() => 0);

const AXES: readonly (readonly [axis: unknown, groups: number[]])[] = [
  [undefined, LAST],
  [0, FIRST],
  [-0, FIRST],
  [1, MIDDLE],
  [2, LAST],
  [-1, LAST],
  [-2, MIDDLE],
  [-3, FIRST],
  [null, ALL],
  [[0], FIRST],
  [[-1], LAST],
  [[0, 1], FIRST_TWO],
  [[1, 0], FIRST_TWO],
  [[-3, 1], FIRST_TWO],
  [[1, 2], LAST_TWO],
  [[-1, -2], LAST_TWO],
  [[2, 1], LAST_TWO],
  [[0, 1, 2], ALL],
  [[2, 0, 1], ALL],
  [[-1, 0, -2], ALL],
];

const matrix = [2, 3];
const ROWS = [0, 0, 0, 1, 1, 1];
const COLUMNS = [0, 1, 2, 0, 1, 2];
const KEEP = [1, 0, 1, 0, 1, 1];
const K = [1, 0, 1];
const K_TWICE = [...K, ...K];
const B = [0, 1];
const B_WIDE = [0, 0, 0, 1, 1, 1];
const bools = (mask: readonly number[]): boolean[] => mask.map(Boolean);
const rowsOf = <T>(mask: readonly T[]): T[][] => [mask.slice(0, 3), mask.slice(3)];

/** [a mask, the elements of a matrix of shape [2, 3] that it keeps] */
type MaskCase = readonly [name: string, where: unknown, keep: readonly number[]];

/** Those that mean the same along any axis. */
const MASKS: readonly MaskCase[] = [
  ["booleans", bools(KEEP), KEEP],
  ["numbers", KEEP, KEEP],
  ["0n and 1n", KEEP.map(BigInt), KEEP],
  ["-0", KEEP.map((keep) => (keep ? 1 : -0)), KEEP],
  ["numbers and booleans", [true, 0, 1, false, true, 1], KEEP],
  ...[Uint8Array, Uint8ClampedArray, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array].map(
    (Integers): MaskCase => [Integers.name, new Integers(KEEP), KEEP],
  ),
  ["BigInt64Array", new BigInt64Array(KEEP.map(BigInt)), KEEP],
  ["BigUint64Array", new BigUint64Array(KEEP.map(BigInt)), KEEP],
  ["a view within a buffer", new Uint8Array([1, ...KEEP, 1]).subarray(1, 7), KEEP],
  ["nested booleans", rowsOf(bools(KEEP)), KEEP],
  ["nested numbers", rowsOf(KEEP), KEEP],
  ["{ data, shape }", { data: new Uint8Array(KEEP), shape: matrix }, KEEP],
  [
    "{ data, dims } of int64",
    { data: new BigInt64Array(KEEP.map(BigInt)), dims: matrix, type: "int64", location: "cpu" },
    KEEP,
  ],
  ["{ data, shape } of booleans", { data: bools(KEEP), shape: matrix }, KEEP],
  ["ndarray", { data: [2, ...KEEP, 2], shape: matrix, offset: 1, stride: [3, 1] }, KEEP],
  ["all", new Uint8Array(6).fill(1), [1, 1, 1, 1, 1, 1]],
  ["nothing", new Uint8Array(6), [0, 0, 0, 0, 0, 0]],
  ["one row", rowsOf(B_WIDE), B_WIDE],
  ["[1, K]", [K], K_TWICE],
  ["[B, 1]", B.map((keep) => [keep]), B_WIDE],
  ["[1, 1]", [[true]], [1, 1, 1, 1, 1, 1]],
  ["[K] with a shape", { data: K, shape: [3] }, K_TWICE],
  ["[B, 1] with dims", { data: new Uint8Array(B), dims: [2, 1] }, B_WIDE],
  ["[1] with a shape", { data: [true], shape: [1] }, [1, 1, 1, 1, 1, 1]],
  ["a scalar", { data: [0], shape: [] }, [0, 0, 0, 0, 0, 0]],
];

/** [a mask as long as one axis, the elements that it keeps, axis] */
const AXIS_MASKS: readonly (readonly [where: unknown, keep: readonly number[], axis: number])[] = [
  [K, K_TWICE, -1],
  [new Uint8Array(K), K_TWICE, 1],
  [bools(K), K_TWICE, 1],
  [B, B_WIDE, 0],
  [new BigInt64Array(B.map(BigInt)), B_WIDE, -2],
];

/** [the mask's shape, which elements of shape [2, 3, 2] stand at which of its places] */
const BROADCASTS: readonly (readonly [sizes: number[], places: number[]])[] = [
  [[2, 3, 2], L.map((_, i) => i)],
  [[1, 3, 2], groupsBy((_, b, c) => 2 * b + c)],
  [[3, 2], groupsBy((_, b, c) => 2 * b + c)],
  [[2, 1, 2], groupsBy((a, _, c) => 2 * a + c)],
  [[2, 3, 1], groupsBy((a, b) => 3 * a + b)],
  [[3, 1], groupsBy((_, b) => b)],
  [[2, 1, 1], groupsBy((a) => a)],
  [[1, 1, 2], groupsBy((_, _b, c) => c)],
  [[2], groupsBy((_, _b, c) => c)],
  [[1, 1, 1], groupsBy(() => 0)],
];

describe.each(IMPLEMENTATIONS)("$name", ({ softmax }) => {
  it.each(AXES)("axis %j", (axis, groups) => {
    for (const x of [new Float32Array(L), new Float64Array(L), L]) {
      expectValues(call(softmax, x, { shape, axis }), shares(groups));
    }
  });

  function expectMasked(where: unknown, keep: readonly number[], axis: number | null): void {
    const groups = axis === null ? ROWS.map(() => 0) : axis === 0 || axis === -2 ? COLUMNS : ROWS;
    for (const x of [new Float32Array(L.slice(0, 6)), new Float64Array(L.slice(0, 6)), L.slice(0, 6)]) {
      expectValues(call(softmax, x, { shape: matrix, axis, where }), shares(groups, keep));
    }
  }

  it.each(MASKS)("where: %s", (_, where, keep) => {
    for (const axis of [-1, 0, null]) expectMasked(where, keep, axis);
  });

  it.each(AXIS_MASKS)("where: one axis' worth, %o", expectMasked);

  it.each(BROADCASTS)("where of shape %j", (sizes, places) => {
    const data = new Uint8Array(Math.max(...places) + 1).map((_, i) => (i % 3 === 1 ? 0 : 1));
    const keep = places.map((place) => data[place]);
    for (const [axis, groups] of AXES) {
      const options = { shape, axis, where: { data, shape: sizes } };
      expectValues(call(softmax, new Float32Array(L), options), shares(groups, keep));
    }
  });
});

describe.each(KERNELS)("$name: rows side by side", ({ softmax }) => {
  it.each([15, 16, 17, 31, 32, 33, 47, 64, 100])("%d of them are each what it is alone", (columns) => {
    const x = Float32Array.from({ length: 40 * columns }, (_, i) => 8 * Math.sin(i));
    const y = softmax(x, { shape: [40, columns], axis: 0 });
    for (let c = 0; c < columns; c++) {
      const own = (values: ArrayLike<number>): Float32Array =>
        Float32Array.from({ length: 40 }, (_, r) => values[r * columns + c]!);
      expect(own(y)).toEqual(softmax(own(x)));
    }
  });
});
