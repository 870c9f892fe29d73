import { describe, expect, it } from "vitest";
import { SPECIAL_CASES } from "../src/special.js";
import type { FloatArray } from "../src/types.js";
import { DTYPES, floats, logits } from "./support/floats.js";
import { IMPLEMENTATIONS, type Run } from "./support/implementations.js";

/** NaNs of every kind, as float32 and float64 bits: quiet, signalling, negative, small and large payloads. */
const NAN32 = [0x7fc00000, 0x7f800001, 0xffc00000, 0xff800001, 0x7f8001ff, 0x7fffffff, 0xffffffff, 0x7fa00000];
const NAN64 = [
  0x7ff8000000000000n,
  0x7ff0000000000001n,
  0xfff8000000000000n,
  0xfff0000000000001n,
  0x7ff00000000001ffn,
  0x7fffffffffffffffn,
  0xffffffffffffffffn,
];

function putNaN(x: FloatArray, index: number, pattern: number): void {
  if (x.BYTES_PER_ELEMENT === 4) new Uint32Array(x.buffer)[index] = NAN32[pattern % NAN32.length] as number;
  else new BigUint64Array(x.buffer)[index] = NAN64[pattern % NAN64.length] as bigint;
}

describe.each(IMPLEMENTATIONS)("$name: the numerical contract", ({ softmax }) => {
  const run = softmax as Run;

  for (const dtype of DTYPES) {
    it.each(SPECIAL_CASES)(`${dtype}: %o, %o`, (x, options, expected) => {
      const got = run(floats(dtype, x), options);
      expected.forEach((value, i) => {
        if (value === 0 || value === 0.5 || value === 1 || Number.isNaN(value)) expect(got[i]).toBe(value);
        else expect(got[i]).toBeCloseTo(value, 7);
      });
    });

    it(`${dtype}: a NaN of any bit pattern, in any lane, makes its row NaN and no other`, () => {
      for (const length of [1, 2, 3, 4, 5, 8, 13, 16, 17, 35, 64, 257, 300]) {
        const clean = run(logits(dtype, 3 * length, length), { shape: [3, length] });
        for (let k = 0; k < Math.min(length, 40); k++) {
          const x = logits(dtype, 3 * length, length);
          putNaN(x, length + k, k);
          const got = run(x, { shape: [3, length] });
          expect(got.subarray(length, 2 * length).every(Number.isNaN)).toBe(true);
          expect(got.subarray(0, length)).toEqual(clean.subarray(0, length));
          expect(got.subarray(2 * length)).toEqual(clean.subarray(2 * length));
        }
      }
    });

    it(`${dtype}: the same along the first axis`, () => {
      for (const columns of [2, 3, 4, 5, 9]) {
        for (let c = 0; c < columns; c++) {
          const x = logits(dtype, 20 * columns, columns);
          putNaN(x, 7 * columns + c, c);
          const got = run(x, { shape: [20, columns], axis: 0 });
          got.forEach((p, i) => {
            expect(Number.isNaN(p)).toBe(i % columns === c);
          });
        }
      }
    });

    it(`${dtype}: NaN holds at every limit`, () => {
      for (const options of [
        { temperature: 0 },
        { beta: 0 },
        { beta: -Infinity },
        { temperature: 1e-40 },
        { beta: 1e9 },
      ]) {
        expect(run(floats(dtype, [1, NaN, 2, 3, 4]), options).every(Number.isNaN)).toBe(true);
      }
    });

    it(`${dtype}: K = 1 is exactly 1 at every beta`, () => {
      const x = floats(dtype, [0, -0, 1e-40, 3e38, -3e38, 88.7, -104, 0.1]);
      for (const beta of [1, -1, 0, Infinity, -Infinity, 1e-30, 1e30, 0.3, 3]) {
        expect(run(x, { shape: [8, 1], beta })).toEqual(floats(dtype, [1, 1, 1, 1, 1, 1, 1, 1]));
        expect(run(x, { shape: [1, 8], axis: 0, beta })).toEqual(floats(dtype, [1, 1, 1, 1, 1, 1, 1, 1]));
      }
    });

    it(`${dtype}: empty batches and empty rows give empty results`, () => {
      for (const shape of [[0], [0, 5], [5, 0], [3, 0, 2]]) {
        for (const axis of shape.keys()) expect(run(floats(dtype, 0), { shape, axis })).toEqual(floats(dtype, 0));
      }
    });

    it(`${dtype}: nothing negative, and nothing flushed that is a normal number`, () => {
      const x = Float64Array.from({ length: 4000 }, (_, i) => (-i * (dtype === "float32" ? 100 : 720)) / 4000);
      const got = run(dtype === "float32" ? Float32Array.from(x) : x);
      const least = dtype === "float32" ? 2 ** -126 : 2 ** -1022;
      const sum = x.reduce((total, v) => total + Math.exp(v), 0);
      x.forEach((v, i) => {
        const exact = Math.exp(Math.fround(v)) / sum;
        expect(got[i]).toBeGreaterThanOrEqual(0);
        if (exact > least * 1.0001) expect(got[i]).toBeGreaterThan(0);
      });
    });

    it(`${dtype}: betas beyond the dtype's range stand for their limits`, () => {
      const x = floats(dtype, [1, 2, 2, -Infinity]);
      expect(run(x, { temperature: 1e-320 })).toEqual(floats(dtype, [0, 0.5, 0.5, 0]));
      expect(run(x, { beta: -1e300 })).toEqual(floats(dtype, [NaN, NaN, NaN, NaN]));
      expect(run(x.subarray(0, 3), { beta: -1e300 })).toEqual(floats(dtype, [1, 0, 0]));
      expect(run(x, { beta: 5e-324 })).toEqual(floats(dtype, [1 / 3, 1 / 3, 1 / 3, 0]));
    });

    it(`${dtype}: huge betas still resolve tiny differences, tiny betas huge ones`, () => {
      const tiny = floats(dtype, [1e-36, 2e-36]);
      expect(run(tiny, { beta: 1e36 })[0]).toBeCloseTo(1 / (1 + Math.E), 5);
      const huge = floats(dtype, [3e38, -3e38]);
      expect(run(huge, { beta: 1e-38 })[1]).toBeCloseTo(1 / (1 + Math.exp(6)), 7);
    });
  }
});
