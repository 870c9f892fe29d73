import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergePartials } from "../src/index.js";
import type { Partials, PartialsLike } from "../src/partials-types.js";
import type { FloatArray } from "../src/types.js";
import { CONTRACT } from "./support/contract.js";
import { DTYPES, expectSame, floats, largestError, logits } from "./support/floats.js";
import { IMPLEMENTATIONS, type Implementation, type Options } from "./support/implementations.js";
import * as oracle from "./support/oracle.js";
import { random } from "./support/random.js";
import { describeRowwise } from "./support/rowwise.js";

const INF = Infinity;

/** A row cut before these elements. */
function cut(x: FloatArray, places: readonly number[]): FloatArray[] {
  const ends = [...places].sort((a, b) => a - b);
  return [0, ...ends].map((start, i) => x.slice(start, ends[i] ?? x.length) as FloatArray);
}

/** Merges in a tree that the seed makes: any two or more at a time, in any order. */
function mergeInTree(leaves: readonly PartialsLike[], seed: number): Partials {
  const source = random(seed);
  const left = [...leaves];
  while (left.length > 1) {
    const taken = Array.from({ length: 2 + source.integer(left.length - 1) }, () => {
      return left.splice(source.integer(Math.max(left.length, 1)), 1);
    }).flat();
    left.push(mergePartials(taken));
  }
  return mergePartials(left);
}

/** softmax of a row in shards, put together. */
function inShards(library: Implementation, parts: readonly FloatArray[], seed: number, options: Options = {}) {
  const { log, ...scaling } = options;
  const partials = mergeInTree(
    parts.map((part) => library.softmaxPartials(part, scaling)),
    seed,
  );
  return parts.flatMap((part) => Array.from(library.normalizeWith(part, partials, log ? { log } : {})));
}

const split = fc.record({
  length: fc.integer({ min: 1, max: 400 }),
  seed: fc.nat(1e6),
  cuts: fc.array(fc.nat(1e6), { maxLength: 6 }),
  reach: fc.constantFrom(1, 10, 256),
});

describeRowwise({
  name: "normalizeWith",
  form: "same",
  inputs: 1,
  run: (library, [x], options = {}) => {
    const { out, ...along } = options;
    const partials = library.softmaxPartials(x as FloatArray, along);
    return library.normalizeWith(x as FloatArray, partials, options);
  },
});

describe.each(IMPLEMENTATIONS)("$name: rows in shards", (library) => {
  const { softmax, logSoftmax, softmaxPartials, normalizeWith } = library;

  describe.each(DTYPES)("%s", (dtype) => {
    const contract = CONTRACT[dtype];
    const bound = dtype === "float32" ? contract.anyLogits : contract.softmax;

    it("softmax is within its bound however columns are split and partials merged", () => {
      fc.assert(
        fc.property(split, fc.constantFrom(1, 0.7, -1.3), ({ length, seed, cuts, reach }, beta) => {
          // Where β is not 1, the reference rounds once more.
          const most = (beta === 1 ? 10 : 5) / Math.abs(beta);
          const within = dtype === "float64" ? Math.min(reach, most) : reach;
          const x = logits(dtype, length, seed, within);
          const parts = cut(
            x,
            cuts.map((at) => at % (length + 1)),
          );
          const got = floats(dtype, inShards(library, parts, seed, { beta }));
          const exact = oracle.softmax(x, beta).map(({ high }) => high);
          expect(largestError(got, exact, dtype)).toBeLessThan(bound);
        }),
        { numRuns: 60 },
      );
    });

    it("a sum is within its bound", () => {
      for (const length of [1, 2, 3, 17, 100, 1025]) {
        for (const reach of [1, 10]) {
          const x = logits(dtype, length, length, reach);
          const share = Math.max(...oracle.softmax(x).map(({ high }) => high));
          const { max, sum } = softmaxPartials(x);
          expect(max[0]).toBe(Math.max(...x));
          expect(Math.abs(sum[0]! * share - 1)).toBeLessThan(bound);
        }
      }
    });

    it("… of long rows, of equal logits too, and log-softmax", () => {
      for (const [length, places] of [
        [5000, [1, 2, 2500]],
        [20_011, [0, 256, 4096, 9999, 20_011]],
      ] as const) {
        for (const x of [logits(dtype, length, length), floats(dtype, length).fill(3.7)]) {
          const exact = oracle.softmax(x).map(({ high }) => high);
          const got = floats(dtype, inShards(library, cut(x, places), 1));
          expect(largestError(got, exact, dtype)).toBeLessThan(contract.softmax);
          const logs = floats(dtype, inShards(library, cut(x, places), 1, { log: true }));
          const fell = logs.map((v) => -v) as FloatArray;
          const expected = oracle.logSoftmax(x).map((v) => -v);
          expect(largestError(fell, expected, dtype)).toBeLessThan(contract.logSoftmax);
        }
      }
    });

    it("a sum is that of the whole row, within the bound of any tree", () => {
      fc.assert(
        fc.property(split, ({ length, seed, cuts }) => {
          const x = logits(dtype, length, seed);
          const parts = cut(
            x,
            cuts.map((at) => at % (length + 1)),
          ).map((part) => softmaxPartials(part));
          const merged = mergePartials(parts);
          const tree = mergeInTree(parts, seed);
          expect(tree.max).toEqual(merged.max);
          expect(merged.max).toEqual(Float64Array.of(Math.max(...x)));
          const bound = (8 * parts.length + 4 * Math.log(length)) * 2 ** -53;
          expect(Math.abs(tree.sum[0]! / merged.sum[0]! - 1)).toBeLessThanOrEqual(bound);
        }),
      );
    });

    it("log-softmax of one shard is log-softmax", () => {
      for (const [x, expected] of [
        [
          [1000, 1],
          [0, -999],
        ],
        [[-3.4e38, 3.4e38], dtype === "float32" ? [-INF, 0] : [-6.8e38, 0]],
        [
          [5, -INF],
          [0, -INF],
        ],
        [[7], [0]],
      ] as const) {
        const given = floats(dtype, x);
        const got = normalizeWith(given, softmaxPartials(given), { log: true });
        expectSame(got, floats(dtype, expected));
        expectSame(got, logSoftmax(given));
      }
    });

    it("NaN and +Infinity in one shard make the row NaN in all, and no other row", () => {
      const clean = floats(dtype, [1, 2, 3, 4]);
      for (const [value, beta] of [
        [NaN, 1],
        [INF, 1],
        [INF, 0],
        [-INF, -1],
        [NaN, INF],
        [NaN, 0],
        [INF, INF],
      ] as const) {
        const odd = floats(dtype, [1, 2, value, 4]);
        const shape = [2, 2];
        const merged = mergePartials([clean, odd].map((x) => softmaxPartials(x, { shape, beta })));
        for (const log of [false, true]) {
          const got = normalizeWith(clean, merged, { shape, log });
          expect(Array.from(got, Number.isNaN)).toEqual([false, false, true, true]);
          expect(Array.from(normalizeWith(odd, merged, { shape, log }), Number.isNaN)).toEqual([
            ...[false, false, true, true],
          ]);
        }
      }
    });

    it("a shard with nothing in it takes nothing, and a row with nothing anywhere is NaN", () => {
      const x = floats(dtype, [1, 2, 3]);
      const none = floats(dtype, [-INF, -INF]);
      for (const beta of [1, 0, INF]) {
        const whole = softmaxPartials(x, { beta });
        const nothing = [floats(dtype, 0), none].map((part) => softmaxPartials(part, { beta }));
        expect(mergePartials(...nothing, whole)).toEqual(whole);
        expect(mergePartials(...nothing)).toEqual({ max: Float64Array.of(-INF), sum: Float64Array.of(0), beta });
        expectSame(normalizeWith(none, whole), floats(dtype, [0, 0]));
        expectSame(normalizeWith(none, whole, { log: true }), none);
        expectSame(normalizeWith(none, mergePartials(nothing)), floats(dtype, [NaN, NaN]));
        expectSame(normalizeWith(none, mergePartials(nothing), { log: true }), floats(dtype, [NaN, NaN]));
      }
    });

    it("masked elements count for nothing, in whatever shard", () => {
      const x = floats(dtype, [NaN, 1, 2, INF]);
      const where = [0, 1, 1, 0];
      const merged = mergePartials(softmaxPartials(x, { where }), softmaxPartials(x, { where: [0, 0, 0, 0] }));
      const expected = softmax(x as Float32Array, { where });
      expect(largestError(normalizeWith(x, merged, { where }), expected, dtype)).toBeLessThan(contract.anyLogits);
      expectSame(normalizeWith(x, merged, { where: [0, 0, 0, 0] }), floats(dtype, 4));
      expectSame(normalizeWith(x, merged, { where: [0, 0, 0, 0], log: true }), floats(dtype, 4).fill(-INF));
    });

    it("the limits of beta share the mass among the maxima of all shards", () => {
      const parts = [floats(dtype, [1, 3]), floats(dtype, [3, 3, -INF]), floats(dtype, [2])];
      for (const [options, expected] of [
        [{ temperature: 0 }, [0, 1 / 3, 1 / 3, 1 / 3, 0, 0]],
        [{ beta: INF }, [0, 1 / 3, 1 / 3, 1 / 3, 0, 0]],
        [{ beta: 0 }, [0.2, 0.2, 0.2, 0.2, 0, 0.2]],
        [{ temperature: INF }, [0.2, 0.2, 0.2, 0.2, 0, 0.2]],
        [{ beta: 1e300 }, [0, 1 / 3, 1 / 3, 1 / 3, 0, 0]],
        [{ temperature: 1e300 }, [0.2, 0.2, 0.2, 0.2, 0, 0.2]],
      ] as const) {
        expectSame(floats(dtype, inShards(library, parts, 3, options)), floats(dtype, expected));
      }
      const least = [floats(dtype, [1, INF]), floats(dtype, [1, 2])];
      expectSame(floats(dtype, inShards(library, least, 1, { beta: -INF })), floats(dtype, [0.5, 0, 0.5, 0]));
      const far = [floats(dtype, [3e38]), floats(dtype, [-3e38])];
      expectSame(floats(dtype, inShards(library, far, 1)), floats(dtype, [1, 0]));
      expectSame(floats(dtype, inShards(library, far, 1, { beta: 0 })), floats(dtype, [0.5, 0.5]));
    });

    it("columns along any axis, of any number of rows", () => {
      const [rows, left, right] = [1100, 3, 2];
      const a = logits(dtype, rows * left, 1);
      const b = logits(dtype, rows * right, 2);
      const whole = floats(dtype, rows * (left + right));
      whole.set(a);
      whole.set(b, rows * left);
      const shapes = [left, right].map((n) => ({ shape: [n, rows], axis: 0 }));
      const merged = mergePartials(softmaxPartials(a, shapes[0]), softmaxPartials(b, shapes[1]));
      const expected = softmax(whole as Float32Array, { shape: [left + right, rows], axis: 0 });
      const got = [normalizeWith(a, merged, shapes[0]), normalizeWith(b, merged, shapes[1])];
      const all = floats(dtype, [...got[0]!, ...got[1]!]);
      expect(largestError(all, expected, dtype)).toBeLessThan(2 * contract.anyLogits);
    });
  });

  it("shards of different dtypes meet", () => {
    const parts = [Float64Array.of(0.1, 300.7), Float32Array.of(1, 299), Float64Array.of(299.123456789)];
    const exact = oracle.softmax(parts.flatMap((part) => [...part])).map(({ high }) => high);
    const merged = mergePartials(parts.map((part) => softmaxPartials(part)));
    const got = Float32Array.from(parts.flatMap((part) => [...normalizeWith(part, merged)]));
    expect(largestError(got, exact, "float32")).toBeLessThan(6e-7);
  });

  it("takes partials as arrays of numbers, changes none, and writes over none", () => {
    const x = Float64Array.of(1, 2, 3);
    const plain = { max: [3], sum: [4], beta: 1 };
    const before = structuredClone(plain);
    const typed = { max: Float64Array.of(3), sum: Float64Array.of(4), beta: 1 };
    expectSame(normalizeWith(x, plain), normalizeWith(x, typed));
    expect(mergePartials(plain)).toEqual(typed);
    expect(mergePartials([plain, typed])).toEqual({ ...typed, sum: Float64Array.of(8) });
    expect(plain).toEqual(before);
    const one = Float64Array.of(3);
    expect(() => normalizeWith(one, { ...typed, max: one }, { out: one })).toThrow(
      /^out: expected memory apart from partials.max/,
    );
    expect(one).toEqual(Float64Array.of(3));
  });

  it("says what is wrong with partials", () => {
    const x = Float64Array.of(1, 2);
    const right = { max: [2], sum: [1.5], beta: 1 };
    for (const [partials, kind, message] of [
      [undefined, TypeError, "partials: expected an object with max, sum and beta, got undefined"],
      [3, TypeError, "partials: expected an object with max, sum and beta, got 3"],
      [{ ...right, max: undefined }, TypeError, /^partials.max: expected Float/],
      [{ ...right, sum: [null] }, TypeError, "partials.sum[0]: expected a number, got null"],
      [{ ...right, sum: [1, 2] }, RangeError, "partials.sum: expected 1 numbers, one a row, got 2"],
      [{ ...right, max: new Float64Array(0) }, RangeError, "partials.max: expected 1 numbers, one a row, got 0"],
      [{ ...right, beta: undefined }, TypeError, "partials.beta: expected a number, got undefined"],
      [{ ...right, beta: NaN }, RangeError, "partials.beta: expected a number, got NaN"],
    ] as const) {
      const act = () => normalizeWith(x, partials);
      expect(act).toThrow(kind);
      expect(act).toThrow(message);
    }
    expect(() => normalizeWith(x, right, { beta: 1 })).toThrow(/unknown option "beta"/);
    expect(() => normalizeWith(x, right, { log: 1 })).toThrow(/^log: expected true or false/);
    expect(() => softmaxPartials(x, { out: x })).toThrow(/unknown option "out"/);
    expect(() => softmaxPartials(new Int32Array(2) as never)).toThrow(TypeError);
    expect(normalizeWith(Float64Array.of(0), { max: [0], sum: [2], beta: 1 })).toEqual(Float64Array.of(0.5));
  });
});

describe("mergePartials", () => {
  const one = { max: [1], sum: [1], beta: 1 };

  it.each([
    [[], RangeError, "partials: expected one or more, got none"],
    [[[]], RangeError, "partials: expected one or more, got none"],
    [[one, null], TypeError, "partials[1]: expected an object with max, sum and beta, got null"],
    [[one, { ...one, beta: 2 }], RangeError, "partials[1].beta: expected 1 as partials[0] has, got 2"],
    [[one, one, { ...one, max: [1, 2] }], RangeError, "partials[2].max: expected 1 numbers, one a row, got 2"],
    [[{ ...one, sum: [] }], RangeError, "partials[0].sum: expected 1 numbers, one a row, got 0"],
    [[one, { ...one, sum: undefined }], TypeError, "partials[1].sum: expected"],
  ])("%j: %o %s", (given, kind, message) => {
    const act = () => mergePartials(...(given as PartialsLike[]));
    expect(act).toThrow(kind);
    expect(act).toThrow(message);
  });

  it("is exact where nothing has to be rounded", () => {
    const parts = [2, 5, 5].map((max) => ({ max: [max, -max], sum: [1, 2], beta: Math.LN2 }));
    const { max, sum } = mergePartials(parts);
    expect(max).toEqual(Float64Array.of(5, -2));
    expect(sum[0]).toBeCloseTo(2.125, 14);
    expect(sum[1]).toBeCloseTo(2.5, 14);
  });

  it("gives fresh arrays, of one as well", () => {
    const given = { max: Float64Array.of(1), sum: Float64Array.of(2), beta: 3 };
    const merged = mergePartials(given);
    expect(merged).toEqual(given);
    expect(merged.max.buffer).not.toBe(given.max.buffer);
  });
});
