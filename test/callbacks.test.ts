import { describe, expect, it } from "vitest";
import { detach, filled, float32, type ResizableBuffer, resizable } from "./support/buffers.js";
import { counted, once, outcome, proxied, spied } from "./support/callbacks.js";
import { IMPLEMENTATIONS } from "./support/implementations.js";
import { call, expectValues, expectWorking, logs, shares, thrownBy, valuesOf } from "./support/misuse.js";

const ROWS = shares([0, 0, 0, 1, 1, 1]);
const COLUMNS = shares([0, 1, 2, 0, 1, 2]);
const OPTIONS = {
  shape: [2, 3],
  axis: -1,
  out: undefined as unknown,
  where: [1, 1, 1, 1, 1, 1] as unknown,
  temperature: undefined,
  beta: 1,
  base: undefined,
};
const TENSOR = { location: "cpu", shape: [2, 3], offset: 0, stride: [3, 1], strides: undefined, type: "", dtype: "" };

/** A place where the caller's code runs within a call: x and options that run `act` there. */
type Site = readonly [name: string, make: (x: Float32Array, out: Float32Array, act: () => void) => [unknown, object]];

const nested = (values: ArrayLike<number>): number[][] => [0, 3].map((i) => Array.from(values).slice(i, i + 3));

const SITES: readonly Site[] = [
  ...Object.keys(OPTIONS).map(
    (name): Site => [`option ${name}`, (x, out, act) => [x, spied({ ...OPTIONS, out }, name, act)]],
  ),
  ["options, a proxy", (x, out, act) => [x, proxied({ ...OPTIONS, out }, act)]],
  ["an element of shape", (x, out, act) => [x, { shape: spied([2, 3], 1, act), out }]],
  ["shape, a proxy", (x, out, act) => [x, { shape: proxied([2, 3], act), out }]],
  ["an element of axis", (x, out, act) => [x, { ...OPTIONS, out, axis: spied([1], 0, act) }]],
  ["axis, a proxy", (x, out, act) => [x, { ...OPTIONS, out, axis: proxied([1], act) }]],
  ["an element of where", (x, out, act) => [x, { ...OPTIONS, out, where: spied([1, 1, 1], 2, act) }]],
  ["a row of where", (x, out, act) => [x, { ...OPTIONS, out, where: [spied([1, 1, 1], 2, act)] }]],
  ["where, a proxy", (x, out, act) => [x, { ...OPTIONS, out, where: proxied([[1, 1, 1]], act) }]],
  ...["data", "shape", "dims", "offset"].map(
    (name): Site => [
      `where.${name}`,
      (x, out, act) => [
        x,
        { ...OPTIONS, out, where: spied({ data: new Uint8Array([1, 1, 1]), shape: [1, 3] }, name, act) },
      ],
    ],
  ),
  ...["data", "dataSync", "dims", ...Object.keys(TENSOR)].map(
    (name): Site => [
      `x.${name}`,
      (x, out, act) => [spied({ ...TENSOR, data: x }, name, act), { out: { ...TENSOR, data: out } }],
    ],
  ),
  [
    "an element of x.dims",
    (x, out, act) => [{ data: x, dims: spied([2, 3], 0, act) }, { out: { dims: [2, 3], data: out } }],
  ],
  [
    "an element of x.strides",
    (x, out, act) => [{ ...TENSOR, data: x, strides: spied([3, 1], 0, act) }, { out: { ...TENSOR, data: out } }],
  ],
  [
    "x, a proxy of a tensor",
    (x, out, act) => [proxied({ ...TENSOR, data: x }, act), { out: { ...TENSOR, data: out } }],
  ],
  ...["data", "location", "shape", "offset"].map(
    (name): Site => [
      `out.${name}`,
      (x, out, act) => [{ ...TENSOR, data: x }, { out: spied({ ...TENSOR, data: out }, name, act) }],
    ],
  ),
  ["an element of x", (x, _, act) => [[nested(x)[0], spied(nested(x)[1] as number[], 2, act)], OPTIONS]],
  ["a row of x", (x, _, act) => [spied(nested(x), 0, act), OPTIONS]],
  ["x, a proxy of nested arrays", (x, _, act) => [proxied(nested(x), act), OPTIONS]],
  ["an element of x.data", (x, _, act) => [{ ...TENSOR, data: spied([...x], 5, act) }, {}]],
  ["an element of nested out", (x, _, act) => [nested(x), { out: [[0, 0, 0], proxied([0, 0, 0], act)] }]],
];

describe.each(IMPLEMENTATIONS)("$name", ({ softmax }) => {
  let size = 1000;

  /** Uses the library in ways that leave nothing in it as it was, growth of its memory among them. */
  function reenter(): void {
    size += 300;
    const long = new Float32Array(size).fill(3);
    expect(softmax(long, { out: long })[size - 1]).toBeCloseTo(1 / size);
    expectValues(softmax(float32(), { shape: [2, 3], axis: 0, where: new Uint8Array(6).fill(1) }), COLUMNS);
    expect(thrownBy(() => softmax(long, { shape: [1] }))).toBeInstanceOf(RangeError);
  }

  it.each(SITES)("is right where %s calls it again", (_, make) => {
    let calls = 0;
    const act = (): void => {
      calls++;
      reenter();
    };
    const x = float32();
    expectValues(call(softmax, ...make(x, new Float32Array(6), act)), ROWS);
    expect(calls).toBeGreaterThan(0);
    expect(x).toEqual(float32());
  });

  it.each(SITES)("passes on what %s throws, and changes nothing", (_, make) => {
    const mine = new Error("mine");
    const act = (): never => {
      throw mine;
    };
    const x = float32();
    const out = new Float32Array(6).fill(7);
    expect(thrownBy(() => call(softmax, ...make(x, out, act)))).toBe(mine);
    expect(x).toEqual(float32());
    expect(out).toEqual(new Float32Array(6).fill(7));
    expectWorking(softmax);
  });

  /** Holds that a call gives the right result, or says what is wrong and leaves `out` alone; never anything else. */
  function expectRightOrError(act: () => unknown, out: Float32Array): void {
    const [result, error] = outcome(act);
    if (error === undefined) {
      expectValues(result, ROWS);
      return;
    }
    expect(error).toSatisfy((e) => e instanceof TypeError || e instanceof RangeError);
    expect(error.message).toMatch(/^(x|out|shape)\b.*(expected|holds)/);
    expect(valuesOf(out).every((value) => value === 7)).toBe(true);
    expectWorking(softmax);
  }

  describe.each([
    ["detaches x", (x: Float32Array, _: Float32Array) => detach(x)],
    ["detaches out", (_: Float32Array, out: Float32Array) => detach(out)],
    ["shrinks x", (x: Float32Array, _: Float32Array) => (x.buffer as ResizableBuffer).resize(8)],
    ["shrinks out", (_: Float32Array, out: Float32Array) => (out.buffer as ResizableBuffer).resize(8)],
    ["empties x", (x: Float32Array, _: Float32Array) => (x.buffer as ResizableBuffer).resize(0)],
  ])("%s", (_, harm) => {
    it.each(SITES)("in %s", (_, make) => {
      for (const length of [6, undefined]) {
        const x = filled(new Float32Array(resizable(), 0, length));
        const out = new Float32Array(resizable(), 0, length).fill(7);
        const [given, options] = make(
          x,
          out,
          once(() => harm(x, out)),
        );
        expectRightOrError(() => call(softmax, given, options), out);
      }
    });
  });

  it("follows an x that grows while the options are read", () => {
    const x = filled(new Float32Array(resizable()));
    const grow = (): void => (x.buffer as ResizableBuffer).resize(32);
    const result = softmax(x, spied({ axis: 0 }, "axis", once(grow)));
    expectValues(result, [...shares([0, 0, 0, 0, 0, 0]).map((p) => (p * 21) / 23), 1 / 23, 1 / 23]);
  });

  it("does not see x change while it is at work, whatever `out` does when written", () => {
    const x = logs(3);
    const out = proxied([0, 0, 0], reenter);
    expect(softmax(x, { out })).toBe(out);
    expectValues(out, shares([0, 0, 0]));
  });

  it("works on where `out` throws when written", () => {
    const out = new Proxy([0, 0, 0], {
      set() {
        throw new Error("mine");
      },
    });
    expect(() => softmax(logs(3), { out })).toThrow("mine");
    expectWorking(softmax);
  });

  describe("reads once", () => {
    it("each option", () => {
      const counts: Record<string, number> = {};
      softmax(float32(), counted({ ...OPTIONS, out: new Float32Array(6) } as object, counts));
      expect(counts).toEqual({ shape: 1, axis: 1, out: 1, where: 1, temperature: 1, beta: 1, base: 1 });
    });

    it.each(["x", "out", "where"])("each property of a tensor as %s", (argument) => {
      const counts: Record<string, number> = {};
      const tensors = {
        x: { ...TENSOR, data: float32() },
        out: { ...TENSOR, data: float32() },
        where: { data: [1, 1, 1], dims: [3] },
      };
      const { x, ...options } = { ...tensors, [argument]: counted(Reflect.get(tensors, argument) as object, counts) };
      call(softmax, x, options);
      expect(counts).toMatchObject({ data: 1, shape: 1, dims: 1 });
      expect(Math.max(...Object.values(counts))).toBe(1);
    });

    it("each element and length of nested arrays", () => {
      const counts: Record<string, number>[] = [{}, {}, {}];
      const [a, b] = nested(logs(6)).map((row, i) => counted(row, counts[i]!));
      expectValues(softmax(counted([a!, b!], counts[2]!)), ROWS);
      for (const count of counts) expect(Math.max(...Object.values(count))).toBe(1);
    });
  });
});
