import { describe, expect, it } from "vitest";
import { KERNELS, type KernelName, LEARN_KERNELS, SAMPLING_KERNELS, SCRATCH_BYTES } from "../src/abi.js";
import { WINDOW_BYTES } from "../src/chunks.js";
import { DTYPES, floats, logits } from "./support/floats.js";
import { isFilled } from "./support/guard.js";
import { instantiate, instantiateLearn, instantiateSampling, moduleBytes, TAKEN, TARGETS } from "./support/modules.js";

const PAGE = 65536;

describe.each(TAKEN)("%s module", (target) => {
  it.each([
    { of: "the main entry", names: KERNELS, prefix: "", exported: instantiate(target) },
    { of: "softmax-simd/learn", names: LEARN_KERNELS, prefix: "learn.", exported: instantiateLearn(target) },
  ])(
    "of $of: imports nothing, exports the kernels of src/abi.ts, with their parameters, and nothing else",
    ({ names, prefix, exported }) => {
      const functions = Object.entries(exported).filter(([, value]) => typeof value === "function");
      expect(Object.fromEntries(functions.map(([name, f]) => [name, f.length]))).toEqual(names);
      expect(Object.keys(exported).sort()).toEqual([...Object.keys(names), "heapBase", "memory", "relaxed"].sort());
      expect(exported.relaxed.value).toBe(target === "relaxed-simd" ? 1 : 0);
      expect(WebAssembly.Module.imports(new WebAssembly.Module(moduleBytes(target, prefix)))).toEqual([]);
    },
  );

  it("never writes below the heap, where its constants are", () => {
    const kernels = instantiate(target);
    const statics = new Uint8Array(kernels.memory.buffer, 0, kernels.heapBase.value);
    const before = statics.slice();
    const at = 8192;
    for (const beta of [1, -3, 0, Infinity, 1e30]) kernels.softmaxF32(at, at, 3, 7, 5, beta, 2048);
    kernels.softmaxF64(at, at, 3, 7, 5, 0.5, 2048);
    expect(statics).toEqual(before);
  });

  for (const dtype of DTYPES) {
    const run = dtype === "float32" ? "softmaxF32" : "softmaxF64";
    const select: KernelName = dtype === "float32" ? "selectF32" : "selectF64";
    const width = dtype === "float32" ? 4 : 8;

    it(`${dtype}: reads and writes nothing outside x, y and the scratch it was given`, () => {
      const kernels = instantiate(target);
      const end = kernels.memory.buffer.byteLength;
      const all = new Uint8Array(kernels.memory.buffer);
      const scratch = 2048;
      // The float64 kernel takes rows along the last axis alone.
      for (const [outer, length, inner] of SIZES.filter((size) => size[2] === 1 || dtype === "float32")) {
        for (const beta of [1, -2, 1e30, 0]) {
          const count = outer * length * inner;
          all.fill(0xa5, kernels.heapBase.value);
          // The last byte of x is the last of memory: reading past it traps.
          const x = end - count * width;
          const y = 8192 + width;
          const values = logits(dtype, count, count);
          new Uint8Array(kernels.memory.buffer, x).set(new Uint8Array(values.buffer));
          kernels[run](x, y, outer, length, inner, beta, scratch);
          expect(isFilled(all, kernels.heapBase.value, scratch)).toBe(true);
          expect(isFilled(all, scratch + SCRATCH_BYTES, y)).toBe(true);
          expect(isFilled(all, y + count * width, x)).toBe(true);
          expect(all.slice(x)).toEqual(new Uint8Array(values.buffer));
          // In place, and with y up to the end of memory.
          kernels[run](x, x, outer, length, inner, beta, scratch);
          expect(all.slice(x)).toEqual(all.slice(y, y + count * width));
        }
      }
    });

    it(`${dtype}: select keeps what the mask keeps, and reads and writes nothing else`, () => {
      const kernels = instantiate(target);
      const end = kernels.memory.buffer.byteLength;
      for (let count = 1; count < 20; count++) {
        const all = new Uint8Array(kernels.memory.buffer);
        all.fill(0xa5, kernels.heapBase.value);
        const mask = end - count;
        const x = 8192;
        const values = logits(dtype, count, count);
        all.set(new Uint8Array(values.buffer), x);
        for (let i = 0; i < count; i++) all[mask + i] = i % 3 === 0 ? 0 : 1;
        kernels[select](x, x, mask, count, -7);
        const got = floats(dtype, count);
        new Uint8Array(got.buffer).set(all.subarray(x, x + count * width));
        expect(got).toEqual(values.map((v, i) => (i % 3 === 0 ? -7 : v)));
        expect(isFilled(all, x + count * width, mask)).toBe(true);
      }
    });
  }
});

describe("the sampling module", () => {
  it("imports nothing, exports the kernels of src/abi.ts, with their parameters, and nothing else", () => {
    const exported = instantiateSampling();
    const functions = Object.entries(exported).filter(([, value]) => typeof value === "function");
    expect(Object.fromEntries(functions.map(([name, f]) => [name, f.length]))).toEqual(SAMPLING_KERNELS);
    const names = [...Object.keys(SAMPLING_KERNELS), "heapBase", "memory", "relaxed"];
    expect(Object.keys(exported).sort()).toEqual(names.sort());
    expect(exported.relaxed.value).toBe(0);
    expect(WebAssembly.Module.imports(new WebAssembly.Module(moduleBytes("simd", "sampling.")))).toEqual([]);
  });
});

/** (outer, length, inner), small enough for x and y to fit one page. */
const SIZES: readonly (readonly [number, number, number])[] = [
  ...Array.from({ length: 36 }, (_, i) => [2, i + 1, 1] as const),
  ...Array.from({ length: 50 }, (_, i) => [5, i + 1, 1] as const),
  ...[1, 2, 10, 16, 17, 47].map((length) => [21, length, 1] as const),
  ...Array.from({ length: 20 }, (_, i) => [2, 5, i + 2] as const),
  [1, 255, 1],
  [1, 257, 1],
  [3, 300, 1],
  [1, 70, 7],
  [2, 1, 9],
];

it("starts with memory for the window, so that ordinary batches need no growth", () => {
  for (const target of TAKEN) {
    const { memory, heapBase } = instantiate(target);
    expect(memory.buffer.byteLength).toBeGreaterThanOrEqual(heapBase.value + 128 + SCRATCH_BYTES + WINDOW_BYTES);
    expect(memory.buffer.byteLength).toBeLessThan(WINDOW_BYTES + 2 * PAGE);
  }
  expect(TARGETS.length).toBe(2);
});
