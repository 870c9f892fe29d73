// Draws that every engine must give, bit for bit. `npx vitest run test/sampling-draws.test.ts -u` writes them anew, after
// a change of the kernels that is meant to alter results.

import { describe, expect, it } from "vitest";
import type { FloatArray } from "../src/types.js";
import type { Dtype } from "./support/contract.js";
import type { RowOptions } from "./support/filters.js";
import { DTYPES, logits } from "./support/floats.js";
import { type CallOptions, SAMPLING, SEEDS } from "./support/sampling-calls.js";
import { combinedOptions, singleOptions } from "./support/sampling-cases.js";

const [kernels] = SAMPLING;

/** FNV-1a over the bytes of arrays. */
function hashOf(arrays: readonly (Int32Array | FloatArray)[]): string {
  let hash = 0x811c9dc5;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** What an engine's Math.log may change is left out. */
function portable(options: readonly RowOptions[]): RowOptions[] {
  return options.filter(({ base }) => base === undefined);
}

function drawsOf(x: FloatArray, options: CallOptions): Int32Array[] {
  return SEEDS.map((seed) => kernels.sample(x, { ...options, seed, step: seed * 1000 }));
}

/** A hash for each dtype and size. */
function table<Size>(sizes: readonly Size[], name: (size: Size) => string, hash: (dtype: Dtype, size: Size) => string) {
  return DTYPES.flatMap((dtype) => sizes.map((size) => `${dtype}, ${name(size)}: ${hash(dtype, size)}`));
}

const ofClasses = (columns: number): string => `${columns} classes`;

describe("draws are the same on every engine", () => {
  it("of one row", () => {
    const sizes = [2, 3, 10, 47, 255, 1000, 32000, 131072];
    const hashes = table(sizes, ofClasses, (dtype, columns) => {
      const x = logits(dtype, columns, columns, 5);
      const options = [...singleOptions(columns), ...combinedOptions(columns).filter((_, i) => i % 9 === 0)];
      return hashOf(portable(options).flatMap((option) => drawsOf(x, { ...option, numSamples: 50 })));
    });
    expect(hashes).toMatchInlineSnapshot(`
      [
        "float32, 2 classes: d75311c5",
        "float32, 3 classes: b12c5585",
        "float32, 10 classes: 8a2a577f",
        "float32, 47 classes: 0b1b561c",
        "float32, 255 classes: 284c290f",
        "float32, 1000 classes: bb92cf70",
        "float32, 32000 classes: b5c05a66",
        "float32, 131072 classes: d67ffcd4",
        "float64, 2 classes: d75311c5",
        "float64, 3 classes: b12c5585",
        "float64, 10 classes: 8a2a577f",
        "float64, 47 classes: 0b1b561c",
        "float64, 255 classes: 284c290f",
        "float64, 1000 classes: bb92cf70",
        "float64, 32000 classes: f01ffb11",
        "float64, 131072 classes: d67ffcd4",
      ]
    `);
  });

  it("without replacement", () => {
    const hashes = table([3, 10, 47, 255, 1000, 32000], ofClasses, (dtype, columns) => {
      const x = logits(dtype, columns, columns + 1, 5);
      return hashOf(drawsOf(x, { numSamples: Math.min(columns, 50), replacement: false }));
    });
    expect(hashes).toMatchInlineSnapshot(`
      [
        "float32, 3 classes: a11b7ae5",
        "float32, 10 classes: f79d8b45",
        "float32, 47 classes: 410f8c45",
        "float32, 255 classes: 257799a8",
        "float32, 1000 classes: d4fd198f",
        "float32, 32000 classes: a50ed684",
        "float64, 3 classes: a11b7ae5",
        "float64, 10 classes: f79d8b45",
        "float64, 47 classes: 410f8c45",
        "float64, 255 classes: 257799a8",
        "float64, 1000 classes: d4fd198f",
        "float64, 32000 classes: a50ed684",
      ]
    `);
  });

  it("of batches", () => {
    const sizes = [
      [4096, 10],
      [1000, 257],
      [33, 1000],
      [20, 32000],
    ] as const;
    const hashes = table(
      sizes,
      (shape) => shape.join(" x "),
      (dtype, shape) => {
        const [rows, columns] = shape;
        const x = logits(dtype, rows * columns, rows, 5);
        const options = [{}, { topP: 0.9, temperature: 0.8 }, { topK: 7 }];
        return hashOf(options.flatMap((option) => [1, 2].map((seed) => kernels.sample(x, { ...option, shape, seed }))));
      },
    );
    expect(hashes).toMatchInlineSnapshot(`
      [
        "float32, 4096 x 10: 86b82e26",
        "float32, 1000 x 257: 7805904c",
        "float32, 33 x 1000: 33967496",
        "float32, 20 x 32000: 2481f2e4",
        "float64, 4096 x 10: 86b82e26",
        "float64, 1000 x 257: 7805904c",
        "float64, 33 x 1000: 33967496",
        "float64, 20 x 32000: 2481f2e4",
      ]
    `);
  });

  it("and so are probabilities", () => {
    const hashes = table([2, 47, 1000, 131072], ofClasses, (dtype, columns) => {
      const x = logits(dtype, columns, columns, 5);
      return hashOf(portable(singleOptions(columns)).map((options) => kernels.logitsToProbs(x, options)));
    });
    expect(hashes).toMatchInlineSnapshot(`
      [
        "float32, 2 classes: 40a1d06b",
        "float32, 47 classes: 9b14c8b3",
        "float32, 1000 classes: 41262199",
        "float32, 131072 classes: 31a102c7",
        "float64, 2 classes: dddb1534",
        "float64, 47 classes: 6e6a3206",
        "float64, 1000 classes: 077d7db3",
        "float64, 131072 classes: cf17311e",
      ]
    `);
  });
});
