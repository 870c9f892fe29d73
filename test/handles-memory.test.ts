import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createSoftmax } from "../src/index.js";
import type { CreateOptions, ResidentArray, Softmax } from "../src/types.js";
import { logits } from "./support/floats.js";
import { createFallback, MAKERS } from "./support/implementations.js";
import { thrownBy } from "./support/misuse.js";

const KIB = 1024;
const MIB = 1024 * KIB;
const PAGE = 64 * KIB;

/** What serves by kernels, and so has a memory of its own for the arrays. */
const KERNELS = MAKERS.slice(0, 2);

afterEach(() => {
  vi.restoreAllMocks();
});

/** How many instances are made while `act` runs. */
function instancesOf(act: () => void): number {
  const real = WebAssembly.Instance;
  let count = 0;
  WebAssembly.Instance = new Proxy(real, {
    construct(target, args) {
      count++;
      return Reflect.construct(target, args) as object;
    },
  });
  try {
    act();
  } finally {
    WebAssembly.Instance = real;
  }
  return count;
}

/** How much memory the arrays are in. */
function memoryOf(handle: ResidentArray): number {
  return handle.data.buffer.byteLength;
}

describe.each(KERNELS)("the memory of handles, over %s", (_, make) => {
  it("is made by the first allocate, of the module that is compiled already", () => {
    const library = make();
    library.softmax(new Float32Array(3));
    const compile = vi.spyOn(WebAssembly, "Module");
    expect(instancesOf(() => library.softmax(new Float32Array(3)))).toBe(0);
    expect(instancesOf(() => library.allocate("float32", 3))).toBe(1);
    expect(instancesOf(() => library.allocate("float64", 3))).toBe(0);
    expect(compile).not.toHaveBeenCalled();
  });

  it("is made again of a module that was compiled ahead", async () => {
    const library = make();
    await library.ready();
    const compile = vi.spyOn(WebAssembly, "Module");
    const handle = library.allocate("float32", [1, 2]);
    expect(library.softmax(handle, { out: handle }).data).toEqual(Float32Array.of(0.5, 0.5));
    expect(compile).not.toHaveBeenCalled();
  });

  it("keeps contents and gives right views when an allocate grows it", () => {
    const library = make();
    const small = library.allocate("float32", 100);
    small.data.fill(3);
    const old = small.data;
    const large = library.allocate("float64", 200_000);
    expect(memoryOf(large)).toBeGreaterThan(200_000 * 8);
    expect(old).toHaveLength(0);
    expect(small.data).toEqual(new Float32Array(100).fill(3));
    expect(small.data).toBe(small.data);
    expect(small.data.buffer).toBe(large.data.buffer);
    expect(() => library.softmax(old)).toThrow(/^x: expected an array with live memory/);
    expect(library.softmax(small, { out: small }).data).toEqual(new Float32Array(100).fill(0.01));
  });

  it("stays where it is while a call's memory grows", () => {
    const library = make();
    const handle = library.allocate("float32", 1000);
    handle.set(logits("float32", 1000, 1));
    const { data } = handle;
    const before = data.slice();
    library.softmax(new Float64Array(500_000));
    library.softmax(handle, { out: new Float32Array(1000), where: new Uint8Array(1000).fill(1) });
    expect(handle.data).toBe(data);
    expect(data).toEqual(before);
  });

  it("does not grow while arrays come and go", () => {
    const library = make();
    const sizes = [1000, 50_000, 0, 7, 100_000, 300];
    const round = () => sizes.map((size) => library.allocate("float32", size));
    const first = round();
    const grown = memoryOf(first[0]!);
    for (const handle of first) handle.free();
    for (let i = 0; i < 50; i++) {
      const handles = round();
      expect(memoryOf(handles[0]!)).toBe(grown);
      // Out of order, so that neighbours have to be joined on either side.
      for (const at of [1, 3, 2, 0, 5, 4]) handles[at]!.free();
    }
    const whole = library.allocate(
      "float32",
      sizes.reduce((a, b) => a + b),
    );
    expect(memoryOf(whole)).toBe(grown);
  });

  it("has a place for whatever is allocated and freed: apart, aligned, kept and bounded", () => {
    const library = make();
    const step = fc.record({
      size: fc.nat({ max: 1023 }),
      free: fc.nat(),
      wide: fc.boolean(),
      frees: fc.nat({ max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const live: { handle: ResidentArray; mark: number }[] = [];
        let most = 0;
        steps.forEach(({ size, free, wide, frees }, mark) => {
          const handle = library.allocate(wide ? "float64" : "float32", size);
          expect(handle.data.every((value) => value === 0)).toBe(true);
          expect(handle.data.byteOffset % 64).toBe(0);
          handle.data.fill(mark);
          live.push({ handle, mark });
          most = Math.max(
            most,
            live.reduce((sum, { handle: { data } }) => sum + 64 * Math.ceil((data.byteLength + 1) / 64), 0),
          );
          for (let i = 0; i < frees && live.length > 0; i++) live.splice(free % live.length, 1)[0]!.handle.free();
          expectApart(live.map(({ handle: { data } }) => data));
        });
        for (const { handle, mark } of live) expect(handle.data.every((value) => value === mark)).toBe(true);
        const memory = memoryOf(library.allocate("float32", 0));
        // Robson's bound for first fit with blocks of 1 to 128 units, and what the module has at its start.
        expect(memory).toBeLessThanOrEqual(Math.max(17 * PAGE, most * Math.log2(2 * 128) + 2 * PAGE));
        for (const { handle } of live) handle.free();
      }),
      { numRuns: 60 },
    );
  });
});

function expectApart(arrays: readonly { byteOffset: number; byteLength: number }[]): void {
  const sorted = [...arrays].sort((a, b) => a.byteOffset - b.byteOffset);
  const meet = sorted.some((a, i) => i > 0 && sorted[i - 1]!.byteOffset + sorted[i - 1]!.byteLength > a.byteOffset);
  expect(meet).toBe(false);
}

describe("maxMemory", () => {
  it.each(MAKERS)(
    "bounds the handles over %s: a RangeError with bytes and limit, and a smaller one still goes",
    (_, make) => {
      const library = make({ maxMemory: 4 * MIB });
      const kept = library.allocate("float32", 1000);
      kept.data.fill(1);
      const { data } = kept;
      for (const [dtype, length, bytes] of [
        ["float32", MIB, 4 * MIB],
        ["float64", MIB, 8 * MIB],
        ["float64", 2 ** 40, 2 ** 43],
        ["float32", 2 ** 30 - 20_000, 2 ** 32 - 80_000],
      ] as const) {
        const error = thrownBy(() => library.allocate(dtype, length));
        expect(error).toBeInstanceOf(RangeError);
        expect(error.message).toBe(`out of memory: asked for ${bytes} bytes, the limit is ${4 * MIB} bytes`);
      }
      expect(kept.data).toBe(data);
      expect(data).toEqual(new Float32Array(1000).fill(1));
      const filled: ResidentArray[] = [];
      const exhaust = () => {
        for (;;) filled.push(library.allocate("float32", 32 * KIB));
      };
      expect(thrownBy(exhaust)).toBeInstanceOf(RangeError);
      expect(filled.length).toBeGreaterThan(5);
      expect(filled.length).toBeLessThan(32);
      filled.pop()!.free();
      const again = library.allocate("float32", [1, 32 * KIB]);
      expect(library.softmax(again, { out: again }).data[0]).toBe(1 / (32 * KIB));
      expect(kept.data.every((value) => value === 1)).toBe(true);
    },
  );

  it.each(KERNELS)("bounds calls and handles of %s together", (_, make) => {
    const longest = (library: Softmax) => {
      let length = 0;
      for (let step = 2 ** 20; step >= 1024; step /= 2) {
        try {
          library.softmax(new Float32Array(length + step));
          length += step;
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }
      return length * 4;
    };
    const limit = 4 * MIB;
    const alone = longest(make({ maxMemory: limit }));
    expect(alone).toBeGreaterThan(limit - 2 * PAGE);
    const shared = make({ maxMemory: limit });
    const handle = shared.allocate("float32", (2 * MIB) / 4);
    const beside = longest(shared);
    expect(beside + memoryOf(handle)).toBeLessThanOrEqual(limit);
    expect(beside + memoryOf(handle)).toBeGreaterThan(limit - 2 * PAGE);
    expect(() => shared.allocate("float32", MIB / 4)).toThrow(/out of memory/);
    handle.free();
    expect(shared.allocate("float32", MIB / 4).data).toHaveLength(MIB / 4);
  });

  it.each(KERNELS)("that leaves no room for any handle over %s takes nothing from the calls", (_, make) => {
    const library = make({ maxMemory: 6 * PAGE });
    library.softmax(new Float32Array(3));
    const attempt = () => expect(() => library.allocate("float32", 1)).toThrow(/asked for 4 bytes, the limit is/);
    expect(instancesOf(attempt)).toBe(0);
    expect(library.softmax(new Float32Array(90_000))).toHaveLength(90_000);
  });

  it("gives back what freed arrays took, in the fallback too", () => {
    const library = createFallback({ maxMemory: 1000 });
    for (let i = 0; i < 10; i++) library.allocate("float64", 100).free();
    const handle = library.allocate("float64", 100);
    expect(() => library.allocate("float64", 100)).toThrow(/asked for 800 bytes, the limit is 1000 bytes/);
    handle.free();
    handle.free();
    library.allocate("float64", 100);
    expect(() => library.allocate("float64", 100)).toThrow(RangeError);
  });

  it("says what an engine's refusal to grow or to instantiate means", () => {
    const options: CreateOptions = { maxMemory: 2 ** 31 };
    const refusal = new RangeError("no more");
    const refused = expect.objectContaining({
      name: "RangeError",
      cause: refusal,
      message: expect.stringMatching(/asked for 12 bytes/),
    });
    const library = createSoftmax(options);
    library.backend();
    vi.spyOn(WebAssembly, "Instance").mockImplementation(function refuse(): never {
      throw refusal;
    });
    expect(() => library.allocate("float32", 3)).toThrow(refused);
    vi.restoreAllMocks();
    const handle = library.allocate("float32", 3);
    vi.spyOn(WebAssembly.Memory.prototype, "grow").mockImplementation(() => {
      throw refusal;
    });
    expect(() => library.allocate("float32", MIB)).toThrow(/asked for 4194304 bytes/);
    expect(handle.data).toEqual(new Float32Array(3));
    vi.restoreAllMocks();
    expect(library.allocate("float32", MIB).data).toHaveLength(MIB);
  });
});
