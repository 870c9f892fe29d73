import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SCRATCH_BYTES } from "../src/abi.js";
import type { FloatArray } from "../src/types.js";
import type { Dtype } from "./support/contract.js";
import { DTYPES, floats, logits } from "./support/floats.js";
import { enclosed, type Place } from "./support/guard.js";
import { BLOCKS, longRows, SEGMENTS } from "./support/long-rows.js";
import { instantiateParallel, TAKEN } from "./support/modules.js";
import { random } from "./support/random.js";

/** From the first row that its kernel takes alone; ends of every kind, and both sides of blocks' borders. */
const SIZES = [513, 514, 515, 640, 767, 768, 769, 1000, 1023, 1024, 1025, 2047, 2049, 4099, 50_257, 131_072, 300_000];

/** Ordinary, at the ends of what goes into coefficients, beyond them, beyond float32, the limits. */
const POSITIVE = [1, 0.3, 2 ** -20, 2 ** -20.5, 2 ** 19.5, 2 ** 20, 1e-40, 5e-324, 1e40, Number.MAX_VALUE, 0, Infinity];
const BETAS = POSITIVE.flatMap((beta) => [beta, -beta]);

/** How a row is shared by so many: by random blocks, each start another, and the first 0. */
function startsOf(count: number, segments: number, dtype: Dtype, seed: number): number[] {
  const { integer } = random(seed);
  const blocks = Math.ceil(count / BLOCKS[dtype]);
  const starts = new Set([0]);
  while (starts.size < Math.min(segments, blocks)) starts.add(integer(blocks));
  return [...starts].sort((a, b) => a - b);
}

/** What rows have in them that has an answer of its own, and where: at the start, in the last block, everywhere. */
const PLANTED: Readonly<Record<string, (x: FloatArray) => FloatArray>> = {
  "-Infinity among them": (x) => put(x, [0, 5, x.length - 1], -Infinity),
  "a first block of -Infinity": (x) => x.fill(-Infinity, 0, 300) as FloatArray,
  "-Infinity alone": (x) => x.fill(-Infinity) as FloatArray,
  "Infinity among them": (x) => put(x, [x.length - 2], Infinity),
  "both infinities": (x) => put(put(x, [1], Infinity), [x.length - 1], -Infinity),
  "NaN first": (x) => put(x, [0], Number.NaN),
  "NaN last": (x) => put(x, [x.length - 1], Number.NaN),
  "NaN alone": (x) => x.fill(Number.NaN) as FloatArray,
  "numbers less than normal, and zeros": (x) => x.map((v, i) => (i % 3 === 0 ? -0 : v * 1e-40)) as FloatArray,
  "one value": (x) => x.fill(-3.25) as FloatArray,
  "a maximum that has to be subtracted": (x) => x.map((v) => v * 1000) as FloatArray,
  "the largest numbers": (x) => x.map((v) => v * 3e37) as FloatArray,
};

function put(x: FloatArray, places: readonly number[], value: number): FloatArray {
  for (const i of places) x[i] = value;
  return x;
}

/** Where two rows first differ, NaN counted as NaN, or -1. */
function firstDifference(got: FloatArray, expected: FloatArray): number {
  return (got as Float64Array).findIndex((value, i) => !Object.is(value, expected[i]));
}

describe.each(TAKEN)("%s: a row in segments", (target) => {
  for (const dtype of DTYPES) {
    it.each(SIZES)(`${dtype}, %i elements: has the bits of softmax, for every beta`, (count) => {
      const rows = longRows(target, dtype, count);
      const x = logits(dtype, count, count, 40);
      for (const [i, beta] of BETAS.entries()) {
        const expected = rows.whole(x, beta);
        for (const segments of [1, 2, 3, SEGMENTS]) {
          const starts = startsOf(count, segments, dtype, 100 * i + segments);
          for (const inPlace of [false, true]) {
            const got = rows.inSegments(x, beta, starts, inPlace);
            expect(firstDifference(got, expected), `beta ${beta}, blocks ${starts}, in place ${inPlace}`).toBe(-1);
          }
        }
      }
    });

    it.each(Object.entries(PLANTED))(`${dtype}: with %s`, (_, plant) => {
      for (const count of [513, 1000, 1793, 5001]) {
        const rows = longRows(target, dtype, count);
        const x = plant(logits(dtype, count, count));
        for (const beta of BETAS) {
          const expected = rows.whole(x, beta);
          for (const segments of [1, 2, 3, SEGMENTS]) {
            const starts = startsOf(count, segments, dtype, count + segments);
            const got = rows.inSegments(x, beta, starts, segments % 2 === 0);
            expect(firstDifference(got, expected), `${count} elements, beta ${beta}, blocks ${starts}`).toBe(-1);
          }
        }
      }
    });

    it(`${dtype}: whatever the row, beta and the segments`, () => {
      const rows = longRows(target, dtype, 20_000);
      const special = fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 1e-310, 3e38, -3e38, 300);
      const call = fc.record({
        count: fc.integer({ min: 513, max: 20_000 }),
        seed: fc.integer(),
        reach: fc.constantFrom(1, 10, 500, 1e30),
        planted: fc.array(fc.tuple(fc.nat(), special), { maxLength: 3 }),
        beta: fc.double({ noNaN: true }),
        segments: fc.integer({ min: 1, max: SEGMENTS }),
        inPlace: fc.boolean(),
      });
      fc.assert(
        fc.property(call, ({ count, seed, reach, planted, beta, segments, inPlace }) => {
          const x = logits(dtype, count, seed, reach);
          for (const [i, value] of planted) x[i % count] = value;
          const starts = startsOf(count, segments, dtype, seed);
          const got = rows.inSegments(x, beta, starts, inPlace);
          expect(firstDifference(got, rows.whole(x, beta))).toBe(-1);
        }),
        { numRuns: 150 },
      );
    });
  }
});

describe.each(TAKEN)("%s: a segment's kernels", (target) => {
  const kernels = instantiateParallel(target);
  const scratch: Place = { bytes: SCRATCH_BYTES, align: 16 };
  const number: Place = { bytes: 8, align: 8 };

  for (const dtype of DTYPES) {
    const width = dtype === "float32" ? 4 : 8;
    const suffix = dtype === "float32" ? "F32" : "F64";

    /** Runs a kernel with each of its places at the end of memory in turn; what is left has to be the same. */
    function alone<Name extends string>(
      places: Readonly<Record<Name, Place>>,
      run: (at: Readonly<Record<Name, number>>) => void,
      results: readonly NoInfer<Name>[],
    ): Record<Name, Uint8Array> {
      const [first, ...others] = (Object.keys(places) as Name[]).map((last) => enclosed(kernels, places, last, run));
      for (const other of others) for (const name of results) expect(Buffer.compare(other[name], first![name])).toBe(0);
      return first!;
    }

    function maximumOf(x: FloatArray, beta: number, kept: boolean): { value: number; y: Uint8Array } {
      const y: Place = { bytes: x.byteLength, align: width, data: x };
      const places = { x: { ...y, kept: true }, y: { ...y, kept }, value: number, scratch };
      const left = alone(
        places,
        (at) => kernels[`longMaximum${suffix}`](at.x, at.y, x.length, beta, at.value, at.scratch),
        ["y", "value"],
      );
      return { value: new Float64Array(left.value.buffer)[0]!, y: left.y };
    }

    it(`${dtype}: read and write nothing but what they are given`, () => {
      for (const count of [1, 2, 3, 4, 5, 255, 256, 257, 513, 1003]) {
        const bytes = count * width;
        const blocks = Math.ceil(count / BLOCKS[dtype]);
        for (const beta of [1, -2, 1e-9, 1e30]) {
          const x = logits(dtype, count, count, 400);
          const { value, y } = maximumOf(x, beta, beta > 1e-6);
          const exponentials = alone(
            {
              x: { bytes, align: width, data: x, kept: true },
              y: { bytes, align: width, data: y },
              sums: { bytes: blocks * 8, align: 8 },
              scratch,
            },
            (at) => kernels[`longExponentials${suffix}`](at.x, at.y, count, beta, value, at.sums, at.scratch),
            ["y", "sums"],
          );
          const factor = alone(
            { sums: { bytes: blocks * 8, align: 8, data: exponentials.sums, kept: true }, value: number },
            (at) => kernels[`longFactor${suffix}`](at.sums, blocks, at.value),
            ["value"],
          );
          const by = new Float64Array(factor.value.buffer)[0]!;
          const scaled = alone(
            { y: { bytes, align: width, data: exponentials.y } },
            (at) => kernels[`longScale${suffix}`](at.y, count, by),
            ["y"],
          );
          const p = dtype === "float32" ? new Float32Array(scaled.y.buffer) : new Float64Array(scaled.y.buffer);
          expect(Math.abs((p as Float64Array).reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-5);
        }
      }
    });

    it(`${dtype}: find the largest that is not NaN, and -Infinity where there is none`, () => {
      for (const count of [1, 2, 3, 4, 5, 17, 700]) {
        const x = logits(dtype, count, count);
        expect(maximumOf(x, 1, true).value).toBe(Math.max(...x));
        expect(maximumOf(x, -1, false).value).toBe(-Math.min(...x));
        if (count > 1)
          expect(maximumOf(put(x.slice() as FloatArray, [0], Number.NaN), 1, true).value).toBe(
            Math.max(...x.subarray(1)),
          );
        expect(maximumOf(put(x, [count - 1], Infinity), 1, true).value).toBe(Infinity);
        expect(maximumOf(x.fill(Number.NaN) as FloatArray, 1, true).value).toBe(-Infinity);
        expect(maximumOf(x.fill(-Infinity) as FloatArray, 1, true).value).toBe(-Infinity);
      }
    });

    it(`${dtype}: give 1 over the sum of the blocks' sums, rounded, and multiply by it`, () => {
      const sums = Float64Array.from({ length: 1000 }, (_, i) => 3 + i);
      const at = { sums: 8192, value: 2048, y: 4096 };
      new Float64Array(kernels.memory.buffer, at.sums, sums.length).set(sums);
      for (const blocks of [1, 2, 3, 1000]) {
        kernels[`longFactor${suffix}`](at.sums, blocks, at.value);
        const exact = 1 / (blocks * 3 + (blocks * (blocks - 1)) / 2);
        const factor = new Float64Array(kernels.memory.buffer, at.value, 1)[0]!;
        expect(factor).toBe(dtype === "float32" ? Math.fround(exact) : exact);
        const y = logits(dtype, 70, blocks);
        new Uint8Array(kernels.memory.buffer, at.y).set(new Uint8Array(y.buffer));
        kernels[`longScale${suffix}`](at.y, y.length, factor);
        const got = floats(dtype, y.length);
        new Uint8Array(got.buffer).set(new Uint8Array(kernels.memory.buffer, at.y, got.byteLength));
        expect(firstDifference(got, y.map((v) => v * factor) as FloatArray)).toBe(-1);
      }
    });
  }
});
