// A draw depends on seed, step, row and draw alone.

import { describe, expect, it } from "vitest";
import type { FloatArray } from "../src/types.js";
import { cumulative, finalDistribution } from "./support/filters.js";
import { fromBits, toBits } from "./support/float16.js";
import { DTYPES, floats, logits } from "./support/floats.js";
import { philox, uniformOf } from "./support/philox.js";
import { type CallOptions, SAMPLING, SEEDS } from "./support/sampling-calls.js";

describe("Philox of these tests", () => {
  // kat_vectors of Random123 (D. E. Shaw Research).
  it.each([
    ["zeros", [0n, 0n, 0n, 0n], [0n, 0n], [0x6627e8d5n, 0xe169c58dn, 0xbc57ac4cn, 0x9b00dbd8n]],
    [
      "ones",
      [0xffffffffn, 0xffffffffn, 0xffffffffn, 0xffffffffn],
      [0xffffffffn, 0xffffffffn],
      [0x408f276dn, 0x41c83b0en, 0xa20bc7c6n, 0x6d5451fdn],
    ],
    [
      "digits of pi",
      [0x243f6a88n, 0x85a308d3n, 0x13198a2en, 0x03707344n],
      [0xa4093822n, 0x299f31d0n],
      [0xd16cfe09n, 0x94fdccebn, 0x5001e420n, 0x24126ea1n],
    ],
  ] as const)("gives the known answer for %s", (_, counter, key, answer) => {
    expect(philox(counter, key)).toEqual(answer);
  });
});

const KEYS: readonly (number | bigint)[] = [0, 1, 20, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 2n ** 53n, 2n ** 64n - 1n];
const STEPS: readonly number[] = [0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1];

/** Shares of a row of 2^k equal logits are exact. */
const EQUAL = 4096;

describe.each(SAMPLING)("$name: what draws depend on", ({ name, sample }) => {
  it("is Philox of (draw, row, step) under the seed", () => {
    const rows = 7;
    const numSamples = 9;
    const x = floats("float32", rows * EQUAL);
    for (const seed of KEYS) {
      for (const step of STEPS) {
        const draws = sample(x, { shape: [rows, EQUAL], numSamples, seed, step });
        const expected = Int32Array.from(draws, (_, n) => {
          return Math.floor(EQUAL * uniformOf(seed, step, Math.floor(n / numSamples), n % numSamples));
        });
        expect(draws, `seed ${seed}, step ${step}`).toEqual(expected);
      }
    }
  });

  it("a number and a bigint are the same seed", () => {
    for (const seed of [0, 7, 2 ** 32 + 1, 2 ** 53 - 1]) {
      const draws = (of: number | bigint) => sample(floats("float64", EQUAL), { seed: of, numSamples: 20 });
      expect(draws(seed)).toEqual(draws(BigInt(seed)));
    }
  });

  describe.each(DTYPES)("%s", (dtype) => {
    const columns = 47;
    const settings: readonly CallOptions[] = [
      {},
      { topP: 0.9, temperature: 0.7 },
      { topK: 9, numSamples: 4 },
      { numSamples: 3, replacement: false, minP: 0.01 },
    ];

    it.each(settings)("not the size of the batch: %j", (setting) => {
      const most = 41;
      const x = logits(dtype, most * columns, 2, 3);
      const seed = 5;
      const all = sample(x, { ...setting, shape: [most, columns], seed });
      for (let rows = 1; rows < most; rows++) {
        const part = sample(x.subarray(0, rows * columns) as FloatArray, { ...setting, shape: [rows, columns], seed });
        expect(part, `${rows} rows`).toEqual(all.slice(0, part.length));
      }
    });

    it.each(settings)("not a row's neighbours: %j", (setting) => {
      const rows = 23;
      const { numSamples = 1 } = setting;
      const options = { ...setting, shape: [rows, columns], seed: 8 };
      const x = logits(dtype, rows * columns, 3, 3);
      const all = sample(x, options);
      for (let r = 0; r < rows; r++) {
        const other = logits(dtype, x.length, r + 100, 9);
        other.set(x.subarray(r * columns, (r + 1) * columns) as never, r * columns);
        const at = [r * numSamples, (r + 1) * numSamples] as const;
        expect(sample(other, options).slice(...at), `row ${r}`).toEqual(all.slice(...at));
      }
    });

    it("not how many draws are made", () => {
      const x = logits(dtype, 1000, 4, 3);
      for (const replacement of [true, false]) {
        const all = sample(x, { numSamples: 200, replacement, seed: 3 });
        for (const numSamples of [1, 2, 3, 4, 5, 31, 199]) {
          expect(sample(x, { numSamples, replacement, seed: 3 })).toEqual(all.slice(0, numSamples));
        }
      }
    });

    it("not the axis", () => {
      const [outer, length, inner] = [3, 20, 5];
      const x = logits(dtype, outer * length * inner, 6, 3);
      const turned = x.slice();
      for (let o = 0; o < outer; o++) {
        for (let l = 0; l < length; l++) {
          for (let i = 0; i < inner; i++) {
            turned[(o * inner + i) * length + l] = x[(o * length + l) * inner + i] as number;
          }
        }
      }
      for (const numSamples of [1, 3]) {
        const along = sample(x, { shape: [outer, length, inner], axis: 1, numSamples, seed: 2 });
        expect(along).toEqual(sample(turned, { shape: [outer, inner, length], numSamples, seed: 2 }));
      }
    });

    // Without kernels there is no window.
    const batches = [
      [3000, 257],
      [70, 32000],
      [5, 524288],
    ] as const;
    it.each(name === "kernels" ? batches : batches.slice(0, 1))(
      "not chunks of a batch larger than the window, %i x %i",
      (rows, columns) => {
        const row = logits(dtype, columns, 9, 3);
        const x = floats(dtype, rows * columns);
        for (let r = 0; r < rows; r++) x.set(row as never, r * columns);
        const ends = cumulative(finalDistribution(row, {}, dtype));
        for (const seed of SEEDS.slice(0, 3)) {
          const draws = sample(x, { shape: [rows, columns], seed, step: 7 });
          const wrong = Array.from(draws.keys()).filter(
            (r) => !holds(ends, draws[r] as number, uniformOf(seed, 7, r, 0)),
          );
          expect(wrong).toEqual([]);
        }
      },
    );
  });

  it("not whether logits are float16, or the float32 of the same values", () => {
    const [rows, columns] = [30, 100];
    const bits = toBits(Array.from(logits("float32", rows * columns, 1, 6)));
    const wide = Float32Array.from(fromBits(bits));
    const options = { numSamples: 5, topK: 50, topP: 0.95, temperature: 0.8, seed: 4 };
    const tensor = { data: bits, shape: [rows, columns], dtype: "float16" } as unknown as FloatArray;
    const draws = sample(tensor, options) as unknown as { data: Int32Array; shape: readonly number[] };
    expect(draws.data).toEqual(sample(wide, { ...options, shape: [rows, columns] }));
    expect(draws.shape).toEqual([rows, 5]);
  });
});

/** Whether u falls in the class, within float32's rounding. */
function holds(ends: Float64Array, draw: number, u: number): boolean {
  const start = draw === 0 ? 0 : (ends[draw - 1] as number);
  return start - 1e-6 <= u && u <= (ends[draw] as number) + 1e-6;
}
