import { afterEach, expect, it, vi } from "vitest";
import { philox, unitOf } from "../src/sampling/philox.js";
import { sample } from "../src/sampling.js";
import { instantiateSampling } from "./support/modules.js";
import { withoutKernels } from "./support/sampling.js";

afterEach(() => void vi.restoreAllMocks());

/** Random123's kat_vectors for philox4x32 of 10 rounds: counter, key, words. */
const VECTORS: readonly (readonly [readonly number[], readonly [number, number], readonly number[]])[] = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
];

/** The formula of the documents: a block's first two words are for the even row, the others for the odd one. */
const uniformOf = (words: ArrayLike<number>, row = 0): number => {
  const first = (row % 2) * 2;
  return (Math.floor(words[first]! / 32) * 2 ** 26 + Math.floor(words[first + 1]! / 64)) / 2 ** 53;
};

it.each(VECTORS)("plain JavaScript gives the known answers: counter %j under key %j", (counter, key, words) => {
  const got = new Uint32Array(4);
  philox(counter, key[0], key[1], got);
  expect([...got]).toEqual(words);
  expect(unitOf(got[0]!, got[1]!)).toBe(uniformOf(words));
  expect(unitOf(got[2]!, got[3]!)).toBe(uniformOf(words, 1));
});

// The counter is (draw, row / 2, step), and rows begin at `first`; the other vectors' draws are out of the kernel's reach.
it("the kernel gives the known answer of the zero counter and key, row by row and many at a time", () => {
  const kernels = instantiateSampling();
  const at = 8192;
  for (const rows of [1, 2, 16]) {
    kernels.uniforms(at, rows, 1, 0, 0, 0, 0, 0);
    const got = new Float64Array(kernels.memory.buffer, at, rows);
    for (let row = 0; row < Math.min(rows, 2); row++) expect(got[row]).toBe(uniformOf(VECTORS[0]![2], row));
  }
});

it("kernel and plain JavaScript give the same numbers, with all words of seed and step", () => {
  const kernels = instantiateSampling();
  const at = 8192;
  const words = new Uint32Array(4);
  for (const [first, low, high, stepLow, stepHigh] of [
    [0, 1, 0, 0, 0],
    [7, 0xffffffff, 0x80000001, 0xffffffff, 0x1fffff],
    [0xffffff00, 0xa4093822, 0x299f31d0, 0x13198a2e, 0x03707344],
  ] as const) {
    for (const [rows, draws] of [
      [5, 9],
      [6, 1],
      [40, 1],
      [41, 2],
    ] as const) {
      kernels.uniforms(at, rows, draws, first, low, high, stepLow, stepHigh);
      const got = new Float64Array(kernels.memory.buffer, at, rows * draws);
      const expected = Array.from(got, (_, i) => {
        const row = first + Math.floor(i / draws);
        philox([i % draws, Math.floor(row / 2), stepLow, stepHigh], low, high, words);
        return uniformOf(words, row);
      });
      expect([...got]).toEqual(expected);
    }
  }
});

/** A row of equal logits: class floor(u K). */
const classOf = (u: number, classes: number): number => Math.floor(u * classes);

it.each(["kernels", "fallback"])("by the %s, draws follow the stream of seed, step, row and draw", (by) => {
  if (by === "fallback") withoutKernels();
  const words = new Uint32Array(4);
  for (const [seed, low, high] of [
    [5, 5, 0],
    [2 ** 53 - 1, 0xffffffff, 0x1fffff],
    [0xfedcba9876543210n, 0x76543210, 0xfedcba98],
  ] as const) {
    for (const step of [0, 1, 2 ** 32 + 3, 2 ** 53 - 1]) {
      const got = sample(new Float64Array(3 * 1000), { shape: [3, 1000], seed, step, numSamples: 4 });
      const expected = Array.from({ length: 12 }, (_, i) => {
        const row = Math.floor(i / 4);
        philox([i % 4, Math.floor(row / 2), step % 2 ** 32, Math.floor(step / 2 ** 32)], low, high, words);
        return classOf(uniformOf(words, row), 1000);
      });
      expect([...got]).toEqual(expected);
    }
  }
});
