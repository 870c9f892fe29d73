import { describe, expect, it } from "vitest";
import { createSoftmax } from "../src/index.js";
import type { ResidentArray, Softmax } from "../src/types.js";
import { createFallback, MAKERS } from "./support/implementations.js";
import { call, expectError, expectIntact, expectWorking, thrownBy } from "./support/misuse.js";

const KERNELS = MAKERS.slice(0, 2);

function filled(library: Softmax, shape: number | readonly number[] = [2, 3]): ResidentArray<"float32"> {
  const handle = library.allocate("float32", shape);
  handle.data.fill(1);
  return handle;
}

describe.each(MAKERS)("allocate, over %s", (_, make) => {
  const library = make();

  it.each([
    ["no dtype", [undefined, 3], TypeError, /^dtype: expected "float32" or "float64", got undefined$/],
    ["a dtype that is none", ["float128", 3], RangeError, /^dtype: expected "float32" or "float64", got "float128"$/],
    ["a dtype of integers", ["int32", 3], RangeError, /^dtype: /],
    ["a constructor", [Float32Array, 3], TypeError, /^dtype: .* got a function$/],
    ["a dtype in an object", [{ toString: (): string => "float32" }, 3], TypeError, /^dtype: .* got an object$/],
    ["no shape", ["float32"], TypeError, /^shape: expected an array of sizes, got undefined$/],
    ["a shape in words", ["float32", "2x3"], TypeError, /^shape: .* got "2x3"$/],
    ["a negative size", ["float32", -1], RangeError, /^shape\[0\]: expected an integer of 0 or more, got -1$/],
    ["half a size", ["float32", [2, 1.5]], RangeError, /^shape\[1\]: expected an integer of 0 or more, got 1.5$/],
    ["a size that is no number", ["float32", [2, "3"]], TypeError, /^shape\[1\]: expected a number, got "3"$/],
    ["NaN", ["float64", Number.NaN], RangeError, /^shape\[0\]: .* got NaN$/],
    [
      "more than there is",
      ["float32", [2 ** 31, 2]],
      RangeError,
      /asked for 17179869184 bytes, the limit is 4294967296/,
    ],
    ["far more than there is", ["float64", [2 ** 50, 2 ** 50]], RangeError, /^out of memory: asked for \S+ bytes/],
  ] as const)("refuses %s", (_, args, kind, message) => {
    const error = thrownBy(() => (library.allocate as (...args: readonly unknown[]) => unknown)(...args));
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(message);
    expect(filled(library).data).toHaveLength(6);
  });
});

describe.each(MAKERS)("set, over %s", (_, make) => {
  const library = make();
  const other = filled(make());

  it.each([
    ["nothing", [undefined], TypeError, /^values: expected Float32Array, .* got undefined$/],
    ["a number", [3], TypeError, /^values: expected /],
    ["integers", [new Int32Array(6)], TypeError, /^values: .* got Int32Array; convert/],
    ["words", [["1", 2, 3, 4, 5, 6]], TypeError, /^values\[0\]: expected a number, got "1"$/],
    ["too few", [new Float32Array(5)], RangeError, /^values: expected shape \[2, 3\], got \[5\]$/],
    ["too many", [[1, 2, 3, 4, 5, 6, 7]], RangeError, /^values: expected shape \[2, 3\], got \[7\]$/],
    ["another shape", [[[1, 2], [3, 4], [5, 6]]], RangeError, /^values: expected shape \[2, 3\], got \[3, 2\]$/], // biome-ignore format: one case a line
    ["ragged rows", [[[1, 2, 3], [4, 5]]], RangeError, /^values\[1\]: .*ragged$/], // biome-ignore format: one case a line
    ["an offset in words", [[1], "1"], TypeError, /^offset: expected an integer, got "1"$/],
    ["an offset of null", [[1], null], TypeError, /^offset: expected an integer, got null$/],
    ["a negative offset", [[1], -1], RangeError, /^offset: expected an integer from 0 to 5, got -1$/],
    ["an offset too large", [[1, 2], 5], RangeError, /^offset: expected an integer from 0 to 4, got 5$/],
    ["half an offset", [[1], 0.5], RangeError, /^offset: .* got 0.5$/],
    ["another instance's array", [other], TypeError, /^values: expected an array allocated by this instance/],
  ] as const)("refuses %s, and writes nothing", (_, args, kind, message) => {
    const handle = filled(library);
    const error = thrownBy(() => (handle.set as (...args: readonly unknown[]) => void).apply(handle, [...args]));
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(message);
    expect(handle.data).toEqual(new Float32Array(6).fill(1));
  });

  it("notices that the values' getters freed the array", () => {
    const handle = filled(library, 2);
    const values = new Proxy([1, 2], {
      get(target, name, receiver) {
        handle.free();
        return Reflect.get(target, name, receiver) as unknown;
      },
    });
    expect(() => handle.set(values)).toThrow(/^set: expected an allocated array, got one that was freed$/);
    expectWorking(library.softmax);
  });
});

describe.each(MAKERS)("a freed handle, over %s", (_, make) => {
  const library = make();
  const freed = filled(library);
  const live = filled(library);
  freed.free();

  it.each([
    ["data", () => freed.data, /^data: expected an allocated array, got one that was freed$/],
    ["set", () => freed.set([1, 2, 3, 4, 5, 6]), /^set: .* freed$/],
    ["x", () => library.softmax(freed), /^x: .* freed$/],
    ["x with out", () => library.softmax(freed, { out: live }), /^x: .* freed$/],
    ["out", () => library.softmax(live, { out: freed }), /^out: .* freed$/],
    ["out of a typed array", () => library.softmax(new Float32Array(6), { out: freed }), /^out: .* freed$/],
    ["both", () => library.softmax(freed, { out: freed }), /^x: .* freed$/],
    [
      "out of a tensor",
      () => call(library.softmax, { data: new Float32Array(6), shape: [2, 3] }, { out: freed }),
      /freed$/,
    ],
    ["where", () => call(library.softmax, live, { where: freed }), /freed$/],
    ["values", () => live.set(freed), /^values: .* freed$/],
  ])("is refused as %s", (_, act, message) => {
    const error = expectIntact(library.softmax, act, [live.data]);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(message);
  });

  it("may be freed again, which frees nothing else", () => {
    const next = filled(library);
    freed.free();
    freed.free();
    expect(filled(library).data.byteOffset === next.data.byteOffset && next.data.buffer === live.data.buffer).toBe(
      false,
    );
    expect(next.data).toEqual(new Float32Array(6).fill(1));
  });

  it("keeps its dtype and shape", () => {
    expect([freed.dtype, freed.shape]).toEqual(["float32", [2, 3]]);
  });
});

describe.each(MAKERS)("a handle of another instance, beside %s", (_, make) => {
  const library = make();
  const own = filled(library);

  it.each([
    ["the default", createSoftmax],
    ["another of its kind", make],
    ["a fallback", createFallback],
  ] as const)(
    // biome-ignore format: one line
    "is refused, be it of %s",
    (_, other) => {
      const foreign = filled(other());
      const text = /: expected an array allocated by this instance, got one of another instance$/;
      expectError(library.softmax, foreign, undefined, TypeError, /^x: expected an array allocated by this instance/);
      expectError(library.softmax, foreign, { out: foreign }, TypeError, text);
      expectError(
        library.softmax,
        own,
        { out: foreign },
        TypeError,
        /^out: expected an array allocated by this instance/,
      );
      expectError(library.softmax, new Float32Array(6), { out: foreign }, TypeError, text);
      expectError(make().softmax, foreign, undefined, TypeError, text);
      expect(foreign.data).toEqual(new Float32Array(6).fill(1));
      expect(library.softmax(foreign.data, { shape: [2, 3] })).toEqual(library.softmax(own));
    },
  );
});

describe.each(MAKERS)("softmax of handles, over %s", (_, make) => {
  const library = make();
  const own = filled(library);
  const wide = library.allocate("float64", [2, 3]);

  it.each([
    ["another shape", own, { shape: [3, 2] }, RangeError, /^shape: expected \[2, 3\] as x has, got \[3, 2\]$/],
    ["an out of another shape", own, { out: filled(library, [3, 2]) }, RangeError, /^out: expected shape \[2, 3\]/],
    [
      "an out of another length",
      new Float32Array(6),
      { out: filled(library, 7) },
      RangeError,
      /^out: expected length 6/,
    ],
    ["a typed out of another length", own, { out: new Float32Array(5) }, RangeError, /^out: expected length 6/],
    ["an out of another dtype", own, { out: wide }, TypeError, /^out: expected Float32Array as x is, got Float64Array/],
    [
      "a typed out of another dtype",
      wide,
      { out: new Float32Array(6) },
      TypeError,
      /^out: expected Float64Array as x is/,
    ],
    ["an out that is nested", own, { out: [[0, 0, 0], [0, 0, 0]] }, TypeError, /^out: expected Float32Array as x is/], // biome-ignore format: one case a line
    [
      "an out that is a tensor",
      own,
      { out: { data: new Float32Array(6), shape: [2, 3] } },
      TypeError,
      /^out: expected Float32/,
    ],
    ["a handle to receive nested arrays", [[1, 2]], { out: own }, TypeError, /^out: expected nested arrays as x is/],
    ["an axis that it does not have", own, { axis: 2 }, RangeError, /^axis: expected an integer from -2 to 1/],
    ["a mask of another length", own, { where: [1, 0] }, RangeError, /^where: expected 6 elements/],
    ["a mask of floats", own, { where: own }, TypeError, /^where\.data: expected booleans or integers/],
    ["an option that it does not know", own, { dim: 1 }, TypeError, /^unknown option "dim"/],
    ["a look-alike whose values are not its own", Object.create(own), undefined, TypeError, /./],
    ["a Proxy of a handle", new Proxy(own, {}), undefined, TypeError, /./],
  ] as const)("refuses %s", (_, x, options, kind, message) => {
    const before = own.data.slice();
    expectError(library.softmax, x, options, kind, message);
    expect(own.data).toEqual(before);
  });

  it("takes what merely looks like a handle for a tensor", () => {
    const { dtype, shape, data } = own;
    const like = { dtype, shape, data, set: own.set, free: own.free };
    expect(call(library.softmax, like)).toEqual({ data: library.softmax(own), shape: [2, 3] });
    for (const act of [() => own.set.call(like as never, [1]), () => own.free.call(like as never)]) {
      expect(thrownBy(act)).toBeInstanceOf(TypeError);
    }
  });

  it("refuses an out that overlaps x in part", () => {
    const handle = filled(library, 10);
    const [x, out] = [handle.data.subarray(0, 8), handle.data.subarray(2)];
    expectError(library.softmax, x, { out }, RangeError, /^out: .* overlaps it$/);
  });
});

describe.each(KERNELS)("typed arrays over the memory of handles, over %s", (_, make) => {
  const library = make();
  const [before, own, after] = [filled(library, 3), filled(library, [2, 3]), filled(library, 16)];
  const { buffer, byteOffset } = own.data;
  const freed = filled(library, 16);
  for (const { data } of [before, own, after, freed]) data.fill(0);
  const gone = freed.data;
  freed.free();
  const one = own.data.subarray(0, 1);
  const text = /expected values within one allocated array, got memory that is freed or beyond it$/;

  /** As many elements as given, at so many bytes from the handle's first. */
  const at = (bytes: number, length: number) => new Float32Array(buffer, byteOffset + bytes, length);

  it.each([
    ["of a freed one", gone.subarray(0, 1)],
    ["that begin before it", at(-4, 1)],
    ["that begin before it and end in it", at(-4, 2)],
    ["that end beyond it", at(20, 2)],
    ["between arrays", at(24, 1)],
    ["over two of them", at(-64, 20)],
    ["over all of the memory", new Float32Array(buffer)],
    ["over what comes before any", new Float32Array(buffer, 0, 1)],
    ["over what comes after any", new Float32Array(buffer).subarray(-1)],
  ])("are refused %s", (_, array) => {
    const reachable = [before.data, own.data, after.data];
    const plain = new Float32Array(array.length);
    const mask = new Uint8Array(buffer, array.byteOffset, array.byteLength);
    for (const [act, name] of [
      [() => library.softmax(array), "x"],
      [() => library.softmax(array, { out: array }), "x"],
      [() => library.softmax(array, { out: plain }), "x"],
      [() => library.softmax(plain, { out: array }), "out"],
      [() => library.softmax({ data: array, shape: [array.length] }), "x"],
      [() => own.set(array), "values"],
      [() => library.softmax(new Float32Array(mask.length), { where: mask }), "where"],
    ] as const) {
      // A mask's values are read, and may be wrong, before it is known where they stand.
      if (name === "where" && mask.some((byte) => byte > 1)) continue;

      const error = expectIntact(library.softmax, act, reachable);
      expect(error).toBeInstanceOf(RangeError);
      expect(error.message).toMatch(new RegExp(`^${name}: ${text.source}`));
    }
  });

  it("are taken within one, empty ones anywhere", () => {
    expect(library.softmax(one)).toEqual(Float32Array.of(1));
    expect(library.softmax(at(20, 1))).toEqual(Float32Array.of(1));
    for (const empty of [at(24, 0), at(-4, 0), new Float32Array(buffer, buffer.byteLength)]) {
      expect(library.softmax(empty)).toEqual(new Float32Array(0));
      expect(library.softmax(empty, { out: empty })).toBe(empty);
    }
  });

  it("are refused when a getter frees or moves what was read already", () => {
    for (const [meddle, kind, message] of [
      [(handle: ResidentArray) => handle.free(), RangeError, text],
      [() => library.allocate("float64", 2 ** 18), TypeError, /live memory/],
    ] as const) {
      const handle = filled(library, 6);
      const tensor = {
        data: handle.data,
        get shape(): number[] {
          meddle(handle);
          return [6];
        },
      };
      const error = thrownBy(() => library.softmax(tensor));
      expect(error).toBeInstanceOf(kind);
      expect(error.message).toMatch(message);
      expectWorking(library.softmax);
    }
  });
});
