import { describe, expect, it } from "vitest";
import type { Kernels } from "../src/abi.js";
import { WINDOW_BYTES } from "../src/chunks.js";
import { createSoftmax } from "../src/index.js";
import { Budget, Memory } from "../src/memory.js";
import { logits } from "./support/floats.js";
import { instantiate, moduleBytes } from "./support/modules.js";

const MIB = 2 ** 20;

/** An instance over a module whose memory the test can see. */
function observed(maxMemory?: number): { softmax: ReturnType<typeof createSoftmax>["softmax"]; memory: () => number } {
  const seen: WebAssembly.Memory[] = [];
  const original = WebAssembly.Instance;
  // The loader instantiates on the first call: watch the exports go by.
  const library = createSoftmax({ bytes: moduleBytes("simd"), maxMemory });
  WebAssembly.Instance = new Proxy(original, {
    construct(target, args) {
      const instance = Reflect.construct(target, args) as WebAssembly.Instance;
      seen.push(instance.exports["memory"] as WebAssembly.Memory);
      return instance;
    },
  });
  try {
    library.backend();
  } finally {
    WebAssembly.Instance = original;
  }
  return { softmax: library.softmax, memory: () => seen[0]?.buffer.byteLength ?? 0 };
}

describe("memory of an instance", () => {
  it("does not grow with the batch", () => {
    const { softmax, memory } = observed();
    softmax(logits("float32", 1000, 1) as Float32Array);
    softmax(logits("float32", 300 * 1000, 1) as Float32Array, { shape: [300, 1000] });
    const grown = memory();
    expect(grown).toBeLessThanOrEqual(WINDOW_BYTES + 2 * 65536);
    softmax(logits("float32", 3000 * 1000, 1) as Float32Array, { shape: [3000, 1000] });
    softmax(logits("float32", 3000 * 1000, 1) as Float32Array, { shape: [1000, 3000], axis: 0 });
    expect(memory()).toBe(grown);
  });

  it("grows for a longer row, to little more than the row, and never shrinks or grows again for the same", () => {
    const { softmax, memory } = observed();
    const x = logits("float32", 2 * 524_288, 1) as Float32Array;
    const first = softmax(x, { shape: [2, 524_288] });
    const grown = memory();
    expect(grown).toBeGreaterThanOrEqual(524_288 * 4);
    expect(grown).toBeLessThanOrEqual(524_288 * 4 + 2 * 65536);
    expect(softmax(x, { shape: [2, 524_288] })).toEqual(first);
    softmax(x.subarray(0, 10));
    expect(memory()).toBe(grown);
  });

  it("has room for the mask of elements that fill the window alone", () => {
    const { softmax, memory } = observed();
    const x = logits("float32", WINDOW_BYTES / 4, 1) as Float32Array;
    const where = new Uint8Array(x.length).fill(1);
    expect(softmax(x, { shape: [64, x.length / 64], where })).toEqual(softmax(x, { shape: [64, x.length / 64] }));
    expect(memory()).toBeLessThanOrEqual(WINDOW_BYTES + 2 * 65536);
  });

  it("stays at 4 MiB or less for 64 rows of 131072", () => {
    const { softmax, memory } = observed();
    softmax(logits("float32", 64 * 131_072, 1) as Float32Array, { shape: [64, 131_072] });
    expect(memory()).toBeLessThanOrEqual(4 * MIB);
  });

  it("gives right results across growth: views are made anew", () => {
    const { softmax } = observed();
    const small = logits("float64", 12, 2) as Float64Array;
    const expected = softmax(small);
    for (const length of [70_000, 200_000, 1_000_000]) {
      const long = logits("float64", length, 3) as Float64Array;
      expect(softmax(long).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      expect(softmax(small)).toEqual(expected);
    }
  });

  it("throws a RangeError that names bytes and limit, leaves out untouched, and works on", () => {
    const { softmax, memory } = observed(2 * MIB);
    const x = logits("float32", 1_000_000, 1) as Float32Array;
    const before = x.slice();
    const out = new Float32Array(1_000_000).fill(7);
    expect(() => softmax(x, { out })).toThrow(RangeError);
    expect(() => softmax(x, { out })).toThrow(/4000000 bytes.*2097152 bytes/);
    expect(out.every((v) => v === 7)).toBe(true);
    expect(x).toEqual(before);
    expect(memory()).toBeLessThanOrEqual(2 * MIB);
    expect(softmax(new Float32Array([1, 1]))).toEqual(new Float32Array([0.5, 0.5]));
    expect(softmax(x, { shape: [1000, 1000] }).length).toBe(1_000_000);
  });
});

describe("Memory", () => {
  it("aligns its pointers, and keeps scratch and window apart", () => {
    const memory = new Memory(instantiate("simd"), new Budget(2 ** 32));
    const at = memory.reserve(100);
    expect(memory.scratch % 16).toBe(0);
    expect(at % 16).toBe(0);
    expect(memory.scratch).toBeGreaterThanOrEqual(memory.kernels.heapBase.value);
    expect(at).toBeGreaterThanOrEqual(memory.scratch + 512);
  });

  it("refuses to be reserved twice, and can be reserved again once released", () => {
    const memory = new Memory(instantiate("simd"), new Budget(2 ** 32));
    const at = memory.reserve(10);
    expect(() => memory.reserve(10)).toThrow(/reserved/);
    memory.release();
    expect(memory.reserve(10)).toBe(at);
  });

  it("grows once to the total, and then shows the new memory", () => {
    const kernels = instantiate("simd");
    const memory = new Memory(kernels, new Budget(2 ** 32));
    memory.reserve(10);
    memory.release();
    const old = memory.view("float32");
    memory.reserve(5 * MIB);
    expect(old.length).toBe(0);
    expect(memory.view("float32").buffer).toBe(kernels.memory.buffer);
    expect(memory.view("float64").buffer).toBe(kernels.memory.buffer);
    expect(memory.bytes().buffer).toBe(kernels.memory.buffer);
  });

  it("says what an engine's refusal to grow means", () => {
    const kernels = { ...instantiate("simd") } as { -readonly [K in keyof Kernels]: Kernels[K] };
    const { buffer } = kernels.memory;
    const refusal = new RangeError("no more");
    kernels.memory = {
      buffer,
      grow: () => {
        throw refusal;
      },
    };
    const memory = new Memory(kernels, new Budget(2 ** 32));
    expect(() => memory.reserve(10 * MIB)).toThrow(
      expect.objectContaining({
        name: "RangeError",
        cause: refusal,
        message: expect.stringContaining("10485760 bytes"),
      }),
    );
  });
});
