import { describe, expect, it } from "vitest";
import { allocate, softmax } from "../src/index.js";
import * as reference from "../src/reference.js";
import type { FloatArray, ResidentArray, ResidentDtype, Softmax, SoftmaxOptions } from "../src/types.js";
import { DTYPES, floats, logits } from "./support/floats.js";
import { MAKERS } from "./support/implementations.js";
import { call } from "./support/misuse.js";

type Values = FloatArray | ResidentArray;
type Run = (x: Values, options?: SoftmaxOptions<Values>) => Values;

/** Holds that two arrays have the same bytes, which takes no time for long ones. */
function expectSame(got: Values, expected: Values): void {
  expect(Object.getPrototypeOf(got)).toBe(Object.getPrototypeOf(expected));
  expect(Buffer.compare(bytesOf(got as FloatArray), bytesOf(expected as FloatArray)), "equal bytes").toBe(0);
}

function bytesOf({ buffer, byteOffset, byteLength }: FloatArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** A handle with values in it. */
function resident(library: Softmax, x: FloatArray, shape: number | readonly number[] = x.length): ResidentArray {
  const handle = library.allocate(x instanceof Float32Array ? "float32" : "float64", shape);
  handle.set(x);
  return handle;
}

describe.each(MAKERS)("allocate, over %s", (_, make) => {
  const library = make();

  it.each(DTYPES)("gives zeros of %s and of the shape, to read and write", (dtype) => {
    for (const [shape, size] of [
      [[2, 3], 6],
      [[], 1],
      [[4, 0], 0],
      [0, 0],
      [7, 7],
      [new Int32Array([2, 2]), 4],
    ] as const) {
      const handle = library.allocate(dtype, shape as readonly number[]);
      expect(handle.dtype).toBe(dtype);
      expect(handle.shape).toEqual(typeof shape === "number" ? [shape] : Array.from(shape));
      expect(handle.data).toEqual(floats(dtype, size));
      expect(handle.data).toBe(handle.data);
      handle.data.fill(2);
      expect(handle.data).toEqual(floats(dtype, size).fill(2));
    }
  });

  it("gives a shape of its own that cannot be changed, nor can the handle", () => {
    const shape = [2, 3];
    const handle = library.allocate("float32", shape);
    shape[0] = 9;
    expect(handle.shape).toEqual([2, 3]);
    for (const change of [
      () => Object.assign(handle.shape, { 0: 1 }),
      () => Object.assign(handle, { shape: [6] }),
      () => Object.assign(handle, { dtype: "float64" }),
      () => Object.assign(handle, { data: new Float32Array(6) }),
      () => Object.assign(handle, { more: 1 }),
    ]) {
      expect(change).toThrow(TypeError);
    }
  });

  it("gives zeros again where a freed array stood", () => {
    for (let i = 0; i < 3; i++) {
      const handle = library.allocate("float64", 1000);
      expect(handle.data.every((value) => value === 0)).toBe(true);
      handle.data.fill(Number.NaN);
      handle.free();
    }
  });
});

describe.each(MAKERS)("set, over %s", (_, make) => {
  const library = make();

  it.each(DTYPES)("takes every kind that x may be, into %s", (dtype) => {
    const handle = library.allocate(dtype, [2, 3]);
    const other = library.allocate("float64", [2, 3]);
    other.set([1, 2, 3, 4, 5, 6]);
    for (const values of [
      Float32Array.of(1, 2, 3, 4, 5, 6),
      Float64Array.of(1, 2, 3, 4, 5, 6),
      [1, 2, 3, 4, 5, 6],
      [[1, 2, 3], [4, 5, 6]], // biome-ignore format: one case a line
      { data: Float64Array.of(1, 2, 3, 4, 5, 6), dims: [2, 3] },
      other,
      other.data,
    ]) {
      handle.data.fill(0);
      expect(handle.set(values)).toBeUndefined();
      expect(handle.data).toEqual(floats(dtype, [1, 2, 3, 4, 5, 6]));
    }
  });

  it("rounds to the array's dtype", () => {
    const handle = library.allocate("float32", 1);
    handle.set([0.1]);
    expect(handle.data[0]).toBe(Math.fround(0.1));
  });

  it("writes from the offset on, and nothing beside", () => {
    const handle = library.allocate("float32", [2, 3]);
    handle.set([1, 2, 3, 4, 5, 6]);
    handle.set([[7, 8]], 2);
    handle.set(handle.data.subarray(2, 4), 4);
    handle.set([], 6);
    handle.set(Float64Array.of(9), 0);
    expect([...handle.data]).toEqual([9, 2, 7, 8, 7, 8]);
  });
});

describe.each(MAKERS)("softmax, over %s", (_, make) => {
  const library = make();
  const run = library.softmax as unknown as Run;
  // So that no later one has to grow the memory, which would detach the views that tests hold.
  library.allocate("float64", 2 ** 19).free();

  describe.each(DTYPES)("of %s", (dtype) => {
    const shape = [5, 33];
    const x = logits(dtype, 5 * 33, 1, 30);

    /** Ways to pass x, and ways to receive the result. */
    const SOURCES: Readonly<Record<string, () => Values>> = {
      "a typed array": () => x.slice(),
      "a handle": () => resident(library, x, shape),
      "a handle's data": () => resident(library, x, shape).data,
      "part of a handle": () => {
        const wide = resident(library, floats(dtype, x.length + 3));
        wide.set(x, 1);
        return wide.data.subarray(1, x.length + 1);
      },
    };
    const TARGETS: Readonly<Record<string, (source: Values) => Values | undefined>> = {
      nothing: () => undefined,
      "a typed array": () => floats(dtype, x.length),
      "a handle": () => library.allocate(dtype, shape),
      "part of a handle": () => library.allocate(dtype, x.length + 3).data.subarray(2, x.length + 2),
      itself: (source) => source,
    };
    const OPTIONS: readonly SoftmaxOptions<Values>[] = [
      { shape },
      { shape, axis: 0 },
      { shape, axis: null },
      { shape, temperature: 0.3 },
      { shape, axis: 0, beta: -2 },
      { shape, temperature: 0 },
      { shape, base: 1 },
      { shape, axis: 0, beta: -1e-300 },
      { shape, where: Uint8Array.from(x, (_, i) => Number(i % 3 > 0)) },
      { shape, axis: 0, beta: -1, where: { data: Array.from({ length: 33 }, (_, i) => i % 2 === 0), shape: [33] } },
    ];
    const pairs = Object.keys(SOURCES).flatMap((from) => Object.keys(TARGETS).map((to) => [from, to] as const));

    it.each(pairs)("from %s into %s gives what typed arrays give, to the bit", (from, to) => {
      for (const options of OPTIONS) {
        const expected = run(x, options);
        const source = SOURCES[from]!();
        const out = TARGETS[to]!(source);
        const result = run(source, out === undefined ? options : { ...options, out });
        const values = "set" in result && "free" in result ? result.data : result;
        expectSame(values, expected);
        if (out !== undefined) expect(result).toBe(out);
        if (out !== source) expectSame("free" in source ? source.data : source, x);
      }
    });
  });

  it("takes the handle's shape as x's, with or without options", () => {
    const x = logits("float32", 12, 3);
    const handle = resident(library, x, [3, 4]);
    expect(run(handle)).toEqual(run(x, { shape: [3, 4] }));
    expect(run(handle, { axis: 0 })).toEqual(run(x, { shape: [3, 4], axis: 0 }));
    expect(run(resident(library, floats("float32", [2]), []))).toEqual(floats("float32", [1]));
  });

  it("gives fresh memory where there is no out", () => {
    const handle = resident(library, logits("float32", 6, 1));
    const result = run(handle) as Float32Array;
    expect(result.buffer).not.toBe(handle.data.buffer);
    expect(result.buffer.byteLength).toBe(24);
  });

  it.each([[[0, 3]], [[3, 0]]])("takes empty handles, of shape %j", (shape) => {
    const [x, out] = [library.allocate("float32", shape), library.allocate("float32", shape)];
    expect(run(x)).toEqual(new Float32Array(0));
    expect(run(x, { out })).toBe(out);
    expect(run(x, { out: x, axis: 0 })).toBe(x);
    expect(run(x, { out: new Float32Array(0) })).toHaveLength(0);
  });

  it("takes data of handles in tensors, and a handle to receive a tensor's result", () => {
    const x = logits("float32", 6, 1);
    const expected = run(x, { shape: [2, 3] });
    const handle = resident(library, x, [2, 3]);
    const out = library.allocate("float32", [2, 3]);
    const tensor = { data: handle.data, shape: [2, 3] };
    expect(call(library.softmax, tensor)).toEqual({ data: expected, shape: [2, 3] });
    const target = { data: out.data, dims: [2, 3] };
    expect(call(library.softmax, tensor, { out: target })).toBe(target);
    expect(out.data).toEqual(expected);
    out.data.fill(0);
    expect(call(library.softmax, tensor, { out })).toBe(out);
    expect(out.data).toEqual(expected);
  });

  it("takes a mask that lies in a handle", () => {
    const kept = library.allocate("float32", 2);
    const where = new Uint8Array(kept.data.buffer, kept.data.byteOffset, 6);
    where.set([1, 0, 1, 1, 1, 0]);
    const x = logits("float32", 6, 1);
    const handle = resident(library, x, [2, 3]);
    expect(run(handle, { where, out: handle })).toBe(handle);
    expect(handle.data).toEqual(run(x, { shape: [2, 3], where: [1, 0, 1, 1, 1, 0] as unknown as Uint8Array }));
  });

  it.each([
    ["rows in many chunks", [300, 1000], -1],
    ["a row longer than the window", [2, 100_000], 1],
    ["columns longer than the window", [30_000, 5], 0],
    ["slabs in many chunks", [7, 100, 200], 1],
  ] as const)("gives the same for %s", (_, shape, axis) => {
    const x = logits(
      "float32",
      shape.reduce<number>((a, b) => a * b, 1),
      5,
    );
    const expected = run(x, { shape, axis });
    const [handle, out] = [resident(library, x, shape), library.allocate("float32", shape)];
    expectSame(run(handle, { axis }), expected);
    expectSame((run(handle, { axis, out }) as ResidentArray).data, expected);
    out.data.fill(0);
    expectSame((run(x, { shape, axis, out }) as ResidentArray).data, expected);
    expectSame((run(handle, { axis, out: handle }) as ResidentArray).data, expected);
    for (const used of [handle, out]) used.free();
  });
});

describe("the package's own allocate", () => {
  it("serves the package's own softmax", () => {
    const x = allocate("float64", 3);
    x.set([0, 0, 0]);
    expect(softmax(x, { out: x }).data).toEqual(new Float64Array(3).fill(1 / 3));
    x.free();
  });

  it("gives what the reference takes for a tensor", () => {
    const x = allocate("float32", [1, 2]);
    expect(call(reference.softmax, x)).toEqual({ data: Float32Array.of(0.5, 0.5), shape: [1, 2] });
    x.free();
  });
});

describe.each(MAKERS)("disposal, over %s", (_, make) => {
  const dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");

  it("frees what `using` holds", () => {
    const library = make();
    let kept: ResidentArray<ResidentDtype>;
    {
      using handle = library.allocate("float32", 3);
      kept = handle;
      expect(kept.data).toHaveLength(3);
    }
    expect(() => kept.data).toThrow(/freed/);
  });

  it("is there under the symbol, and may follow free", () => {
    const handle = make().allocate("float32", 3) as unknown as { free(): void; data: Float32Array } & Record<
      symbol,
      () => void
    >;
    handle.free();
    handle[dispose]!();
    handle[dispose]!();
    expect(() => handle.data).toThrow(TypeError);
  });
});
