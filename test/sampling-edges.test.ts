// Uniform numbers at, just under and just over every edge of the cumulative distribution.

import { describe, expect, it } from "vitest";
import type { FloatArray } from "../src/types.js";
import { cumulative, finalDistribution, type RowOptions } from "./support/filters.js";
import { DTYPES, floats } from "./support/floats.js";
import { random } from "./support/random.js";
import { type CallOptions, SAMPLING, type Sampling } from "./support/sampling-calls.js";
import { combinedOptions, describeOptions, singleOptions, vocabularyLogits } from "./support/sampling-cases.js";

/** The largest uniform number. */
const LAST = 1 - 2 ** -53;

/** How far an edge may be off; further without kernels, where a row is added up one by one. */
const EDGE = { kernels: { float32: 1e-6, float64: 1e-14 }, fallback: { float32: 1e-6, float64: 1e-12 } } as const;

function drawsAt(library: Sampling, x: FloatArray, options: CallOptions, uniforms: readonly number[]): Int32Array {
  let i = 0;
  const draws = library.sample(x, { ...options, numSamples: uniforms.length, rng: () => uniforms[i++] as number });
  expect(i).toBe(uniforms.length);
  return draws;
}

/** The numbers next to u, among those that the generator gives: multiples of 2^-53. */
function beside(u: number): number[] {
  return [u - 2 ** -53, u, u + 2 ** -53].filter((v) => v >= 0 && v <= LAST);
}

describe.each(SAMPLING)("$name: draws at the edges of the cumulative distribution", (library) => {
  describe.each(DTYPES)("%s", (dtype) => {
    it.each([1, 2, 3, 5, 7, 10, 16, 47, 48, 64, 100, 128, 255, 256, 257, 1000, 1024, 4096])(
      "of %i equal logits: the first class whose share of the total is more than u",
      (columns) => {
        const edges = Array.from({ length: columns }, (_, i) => i / columns);
        const uniforms = [...edges.flatMap(beside), LAST];
        const expected = uniforms.map((u) => Math.min(Math.floor(u * columns), columns - 1));
        const draws = [...drawsAt(library, floats(dtype, columns), {}, uniforms)];
        if (library.name === "kernels") expect(draws).toEqual(expected);
        else
          expect(draws.map((draw, n) => Math.abs(draw - uniforms[n]! * columns)).every((by) => by <= 1 + 1e-9)).toBe(
            true,
          );
      },
    );

    // Sums of float32 weights are exact.
    it.each(library.name === "kernels" ? [2, 8, 64, 1024] : [2, 8])(
      "of %i equal float32 logits that are not 0, too",
      (columns) => {
        const x = floats("float32", columns).fill(0.7);
        const uniforms = [...Array.from({ length: columns }, (_, i) => i / columns).flatMap(beside), LAST];
        expect([...drawsAt(library, x, {}, uniforms)]).toEqual(uniforms.map((u) => Math.floor(u * columns)));
      },
    );

    const lengths = [2, 3, 10, 47, 48, 255, 257, 1000].slice(0, library.name === "kernels" ? 8 : 5);
    it.each(lengths)("of %i logits, under every option", (columns) => {
      const x = vocabularyLogits(dtype, columns);
      for (const options of [...singleOptions(columns), ...combinedOptions(columns)]) {
        expect(faultsOf(x, options), describeOptions(options)).toEqual([]);
      }
    });

    /** Draws that are not the class, or one of the classes, that u falls in. */
    function faultsOf(x: FloatArray, options: RowOptions): string[] {
      const probabilities = finalDistribution(x, options, dtype);
      const by = EDGE[library.name][dtype];
      const ends = cumulative(probabilities);
      const around = [...ends].flatMap((end) => [end - 2 * by, end - by, end, end + by, end + 2 * by]);
      const uniforms = [0, LAST, ...around.flatMap(beside).filter((u) => u >= 0 && u <= LAST)];
      const draws = drawsAt(library, x, options, uniforms);
      const isRight = (u: number, i: number) =>
        (probabilities[i] as number) > 0 &&
        (i === 0 ? 0 : (ends[i - 1] as number)) - by <= u &&
        u <= (ends[i] as number) + by;
      return uniforms.flatMap((u, n) => (isRight(u, draws[n] as number) ? [] : [`u ${u}: class ${draws[n]}`]));
    }

    it.each([3, 47, 48, 1000, 131072])("0 and the largest u draw no class of probability 0, of %i", (columns) => {
      // Only a few classes are left, and none of them the first or last.
      const x = floats(dtype, columns).fill(-Infinity);
      const first = Math.min(1, columns >> 2) + (columns > 100 ? 17 : 0);
      const last = columns > 3 ? columns - 2 - (columns > 100 ? 17 : 0) : 1;
      const { uniform } = random(columns);
      for (let i = first; i <= last; i += 1 + (i % 5)) x[i] = uniform(-3, 3);
      x[last] = -2;
      for (const options of [{}, { topK: columns }, { minP: 1e-6 }, { temperature: Infinity }]) {
        expect([...drawsAt(library, x, options, [0, LAST])]).toEqual([first, last]);
      }
      const where = Array.from(x, (value) => value !== -Infinity);
      const hidden = x.map((value) => (value === -Infinity ? 50 : value)) as FloatArray;
      expect([...drawsAt(library, hidden, { where }, [0, LAST])]).toEqual([first, last]);
    });

    it("the largest u draws the last class of rows whose sums round", () => {
      for (const columns of [3, 10, 1000, 32000]) {
        for (let seed = 1; seed <= 20; seed++) {
          const { uniform } = random(seed);
          const x = floats(
            dtype,
            Array.from({ length: columns }, () => uniform(-8, 8)),
          );
          x[columns - 1] = 1;
          expect([...drawsAt(library, x, {}, [LAST, 0])]).toEqual([columns - 1, 0]);
        }
      }
    });

    it("classes so improbable that they are 0 are not drawn", () => {
      const x = floats(dtype, [-1e6, 0, -1e6, 1, -1e6]);
      expect([...drawsAt(library, x, {}, [0, LAST])]).toEqual([1, 3]);
    });

    it("one draw a row takes the rows' uniforms in order", () => {
      const columns = 16;
      const uniforms = Array.from({ length: 50 }, (_, r) => ((r * 7) % columns) / columns);
      let i = 0;
      const rng = () => uniforms[i++ % uniforms.length] as number;
      const x = floats(dtype, uniforms.length * columns);
      const draws = library.sample(x, { shape: [uniforms.length, columns], rng });
      expect([...draws]).toEqual(uniforms.map((u) => u * columns));
      expect(i).toBe(uniforms.length);
    });
  });
});
