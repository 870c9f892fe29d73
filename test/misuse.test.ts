import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { detach, filled, float32, resizable } from "./support/buffers.js";
import { hostile } from "./support/callbacks.js";
import { IMPLEMENTATIONS } from "./support/implementations.js";
import { call, expectIntact, expectValues, expectWorking, logs, shares, thrownBy, valuesOf } from "./support/misuse.js";

const shape = [2, 3];
const ROWS = shares([0, 0, 0, 1, 1, 1]);
const COLUMNS = shares([0, 1, 2, 0, 1, 2]);
const KEPT = [1, 0, 1, 1, 1, 0];
const MASKED = shares([0, 0, 0, 1, 1, 1], KEPT);

describe.each(IMPLEMENTATIONS)("$name", ({ softmax }) => {
  describe("arrays of another realm", () => {
    const foreign = <T>(code: string): T => runInNewContext(code, { values: logs(6) }) as T;

    it.each(["new Float32Array(values)", "new Float64Array(values)"])(
      "%s is x, and what comes back is of its kind",
      (code) => {
        const x = foreign<Float32Array>(code);
        const y = softmax(x, { shape });
        expectValues(y, ROWS);
        expect(Object.prototype.toString.call(y)).toBe(Object.prototype.toString.call(x));
      },
    );

    it.each([
      ["nested arrays", "[values.slice(0, 3), Array.from(values).slice(3)]"],
      ["a tensor", "({ data: new Float32Array(values), dims: [2, 3] })"],
      ["a tensor of plain numbers", "({ data: Array.from(values), shape: [2, 3] })"],
    ])("%s", (_, code) => {
      expectValues(call(softmax, foreign(code)), ROWS);
    });

    it("out, returned", () => {
      const out = foreign<Float32Array>("new Float32Array(6)");
      expect(softmax(float32(), { shape, out })).toBe(out);
      expectValues(out, ROWS);
    });

    it.each(["[1, 0, 1, 1, 1, 0]", "new Uint8Array([1, 0, 1, 1, 1, 0])", "[[1, 0, 1], [1, 1, 0]]"])(
      "where: %s",
      (code) => {
        expectValues(softmax(float32(), { shape, where: foreign(code) }), MASKED);
      },
    );

    it("options with lists in them", () => {
      expectValues(softmax(float32(), foreign("({ shape: [2, 3], axis: [0] })")), COLUMNS);
    });
  });

  describe("subclasses that override everything", () => {
    const asked: string[] = [];
    const Float32 = hostile(Float32Array, asked);
    const Float64 = hostile(Float64Array, asked);
    const Mask = hostile(Uint8Array, asked);

    it.each([
      ["x of float32", () => softmax(new Float32(logs(6)), { shape })],
      ["x of float64", () => softmax(new Float64(logs(6)), { shape })],
      ["x without options", () => softmax(new Float32(logs(3)))],
      ["a tensor's data", () => softmax({ data: new Float32(logs(6)), shape })],
      ["a tensor's data, with offset", () => softmax({ data: new Float64([9, ...logs(6), 9]), shape, offset: 1 })],
      ["out", () => softmax(float32(), { shape, out: new Float32([0, 0, 0, 0, 0, 0]) })],
      [
        "out's data",
        () => softmax({ data: float32(), shape }, { out: { data: new Float32([0, 0, 0, 0, 0, 0]), shape } }),
      ],
    ])("do not fool it as %s", (_, act) => {
      asked.length = 0;
      const result = act();
      expect(asked).toEqual([]);
      const got = valuesOf(result);
      expectValues(got, got.length === 3 ? shares([0, 0, 0]) : ROWS);
    });

    it.each([
      ["in rows", { shape: [1000, 100] }],
      ["in columns", { shape: [1000, 100], axis: 0 }],
      ["in one row", {}],
    ])("do not fool it %s that pass in parts", (_, options) => {
      const values = Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 13);
      const expected = valuesOf(softmax(new Float32Array(values), options));
      asked.length = 0;
      const out = new Float32(values);
      expect(softmax(new Float32(values), { ...options, out }) === out).toBe(true);
      const [fresh, inPlace] = [softmax(new Float32(values), options), new Float32(values)];
      softmax(inPlace, { ...options, out: inPlace });
      expect(asked).toEqual([]);
      for (const result of [out, fresh, inPlace]) expect(String(valuesOf(result)) === String(expected)).toBe(true);
    });

    it.each([
      ["where", (where: Uint8Array) => where],
      ["where's data", (data: Uint8Array) => ({ data, shape })],
    ])("do not fool it as %s", (_, wrap) => {
      asked.length = 0;
      expectValues(softmax(float32(), { shape, where: wrap(new Mask(KEPT)) }), MASKED);
      expect(asked).toEqual([]);
    });
  });

  describe("memory that is gone", () => {
    it.each([
      ["x", (gone: Float32Array) => [gone, undefined]],
      ["x in a tensor", (gone: Float32Array) => [{ data: gone, shape: [6] }, undefined]],
      ["x in a tensor without elements", (gone: Float32Array) => [{ data: gone, shape: [0] }, undefined]],
      ["x, out too", (gone: Float32Array) => [gone, { out: gone }]],
      ["out", (gone: Float32Array) => [float32(), { out: gone }]],
      ["out of an empty x", (gone: Float32Array) => [new Float32Array(0), { out: gone }]],
      [
        "out in a tensor",
        (gone: Float32Array) => [{ data: float32(), shape: [6] }, { out: { data: gone, shape: [6] } }],
      ],
      ["where", (gone: Float32Array) => [float32(), { where: new Uint8Array(gone.buffer) }]],
      [
        "where in a tensor",
        (gone: Float32Array) => [float32(), { where: { data: new Uint8Array(gone.buffer), shape: [6] } }],
      ],
    ])("is a TypeError as %s", (_, make) => {
      const array = float32();
      const where = new Uint8Array(array.buffer);
      const [x, options] = make(array);
      detach(array);
      expect(where.length).toBe(0);
      const error = expectIntact(softmax, () => call(softmax, x, options), []);
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toMatch(
        /expected an array with live memory, got one whose buffer is detached or has shrunk$/,
      );
    });

    it("is a TypeError where a buffer has shrunk below a fixed length", () => {
      const buffer = resizable();
      const x = filled(new Float32Array(buffer, 0, 6));
      const tail = new Float32Array(buffer, 16);
      buffer.resize(12);
      for (const gone of [x, tail, { data: x, shape }]) {
        expect(thrownBy(() => call(softmax, gone)).message).toMatch(
          /^x.*: expected an array with live memory, .* shrunk$/,
        );
      }
      expect(thrownBy(() => call(softmax, float32(), { out: x })).message).toMatch(
        /^out: expected an array with live memory/,
      );
      expectWorking(softmax);
    });

    it("does not trouble an array that follows its buffer's length", () => {
      const buffer = resizable();
      const x = filled(new Float32Array(buffer));
      expectValues(softmax(x, { shape }), ROWS);
      buffer.resize(12);
      expectValues(softmax(x), shares([0, 0, 0]));
      expect(thrownBy(() => softmax(x, { shape })).message).toBe("shape: [2, 3] holds 6 elements, x has 3");
      expect(softmax(x, { out: x })).toBe(x);
      expectValues(x, shares([0, 0, 0]));
      buffer.resize(0);
      expect(softmax(x)).toEqual(new Float32Array(0));
    });
  });

  describe("shared memory", () => {
    const shared = (): Float32Array => filled(new Float32Array(new SharedArrayBuffer(24)));

    it("is taken as x, and its result is not shared", () => {
      for (const result of [softmax(shared(), { shape }), softmax({ data: shared(), shape }).data]) {
        expectValues(result, ROWS);
        expect(result.buffer).toBeInstanceOf(ArrayBuffer);
      }
    });

    it("is written where it is out", () => {
      const out = shared();
      expect(softmax(out, { shape, out })).toBe(out);
      expectValues(out, ROWS);
    });

    it("is taken as where", () => {
      const where = new Uint8Array(new SharedArrayBuffer(6));
      where.set(KEPT);
      expectValues(softmax(float32(), { shape, where }), MASKED);
    });
  });

  it("takes frozen arguments, and does not write them", () => {
    const x = Object.freeze([Object.freeze(logs(3)), Object.freeze(logs(6).slice(3))]);
    const where = Object.freeze([Object.freeze([true, false, true]), Object.freeze([true, true, false])]);
    const options = Object.freeze({ axis: Object.freeze([-1]), shape: Object.freeze([2, 3]), where });
    expectValues(softmax(x, options), MASKED);
    expectValues(softmax(Object.freeze({ data: float32(), dims: Object.freeze([2, 3]) })), ROWS);
  });

  it("writes arrays in a frozen array", () => {
    const out = Object.freeze([[0, 0, 0] as number[], [0, 0, 0] as number[]]) as number[][];
    expect(softmax([logs(3), logs(6).slice(3)], { out })).toBe(out);
    expectValues(out, ROWS);
  });

  it("takes options without a prototype, and those that are undefined as absent", () => {
    const absent = {
      axis: undefined,
      out: undefined,
      where: undefined,
      temperature: undefined,
      beta: undefined,
      base: undefined,
    };
    expectValues(softmax(float32(), { ...absent, shape }), ROWS);
    expectValues(softmax(float32(), Object.assign(Object.create(null), absent, { shape, axis: 0 })), COLUMNS);
    expect(softmax(float32(), { ...absent, shape: undefined })).toEqual(softmax(float32()));
    expectValues(softmax(float32(), { ...absent, shape, beta: 1 }), ROWS);
  });
});
