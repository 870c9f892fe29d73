import { describe, expect, it } from "vitest";
import { IMPLEMENTATIONS } from "./support/implementations.js";
import { form, nest, OnnxTensor } from "./support/kinds.js";
import { call, expectValues, logs, shares, valuesOf } from "./support/misuse.js";

const L = logs(12);
const shape = [2, 3];
const ROWS = shares([0, 0, 0, 1, 1, 1]);

/** As transformers.js has it: a proxy, with a method `stride`. */
class TransformersTensor extends OnnxTensor {
  constructor(data: Float32Array) {
    super(data);
    // biome-ignore lint/correctness/noConstructorReturn: transformers.js does it.
    return new Proxy(this, { get: (target, name) => Reflect.get(target, name, target) as unknown });
  }
  stride(): number[] {
    return [3, 1];
  }
}

/** As ndarray has it: a window on longer data. */
function ndarray(Float: typeof Float32Array | typeof Float64Array): object {
  return { data: new Float([9, 9, ...L.slice(0, 6), 9]), shape, stride: [3, 1], offset: 2, dtype: "float32" };
}

const f32 = (): Float32Array => new Float32Array(L.slice(0, 6));
const f64 = (): Float64Array => new Float64Array(L.slice(0, 6));

/** [what x is, x, options, an object of the kind that is to come back] */
type Kind = readonly [name: string, make: () => unknown, options: object | undefined, like: unknown];

const zeros = { data: new Float32Array(6), shape };

const KINDS: readonly Kind[] = [
  ["Float32Array", f32, { shape }, new Float32Array(6)],
  ["Float64Array", f64, { shape }, new Float64Array(6)],
  ["a view within a buffer", () => new Float32Array([9, ...L, 9]).subarray(1, 7), { shape }, new Float32Array(6)],
  ["shape in integers", f32, { shape: new Uint32Array(shape) }, new Float32Array(6)],
  ["a flat array", () => L.slice(0, 6), { shape }, new Array(6).fill(0)],
  ["a matrix", () => nest(L, shape), undefined, nest(new Array(6).fill(0), shape)],
  ["a matrix with its shape", () => nest(L, shape), { shape }, nest(new Array(6).fill(0), shape)],
  ["depth 3", () => nest(L, [2, 1, 3]), undefined, nest(new Array(6).fill(0), [2, 1, 3])],
  ["depth 4", () => nest(L, [1, 2, 1, 3]), undefined, nest(new Array(6).fill(0), [1, 2, 1, 3])],
  ["a tensor with shape", () => ({ data: f32(), shape }), undefined, zeros],
  ["a tensor of float64", () => ({ data: f64(), shape }), undefined, { data: new Float64Array(6), shape }],
  [
    "a tensor of plain numbers",
    () => ({ data: L.slice(0, 6), shape }),
    undefined,
    { data: new Float64Array(6), shape },
  ],
  ["a tensor with dims", () => ({ data: f32(), dims: shape }), undefined, { data: new Float32Array(6), dims: shape }],
  [
    "a tensor with both",
    () => ({ data: f32(), dims: shape, shape }),
    undefined,
    { data: new Float32Array(6), dims: shape },
  ],
  ["a tensor with its shape in integers", () => ({ data: f32(), shape: new Int32Array(shape) }), undefined, zeros],
  ["a tensor and its shape again", () => ({ data: f32(), shape }), { shape }, zeros],
  ["ndarray", () => ndarray(Float32Array), undefined, zeros],
  ["ndarray of float64", () => ndarray(Float64Array), undefined, { data: new Float64Array(6), shape }],
  ["strides", () => ({ data: f32(), shape, strides: [3, 1], offset: 0 }), undefined, zeros],
  [
    "strides of axes of size 1",
    () => ({ data: f32(), shape: [1, 6, 1], strides: [0, 1, 7] }),
    { axis: null },
    { data: new Float32Array(6), shape: [1, 6, 1] },
  ],
  ["ONNX Runtime", () => new OnnxTensor(f32()), undefined, { data: new Float32Array(6), dims: shape }],
  ["transformers.js", () => new TransformersTensor(f32()), undefined, { data: new Float32Array(6), dims: shape }],
];

/** [what `out` is, options, a function that gives x and `out`] */
type OutputKind = readonly [name: string, options: object, make: () => [x: unknown, out: unknown]];

const OUTPUTS: readonly OutputKind[] = [
  ["Float32Array", { shape }, () => [f32(), new Float32Array(6)]],
  ["Float64Array", { shape }, () => [f64(), new Float64Array(6)]],
  ["beside x in one buffer", { shape }, () => halves(new Float32Array([...L.slice(0, 6), ...L.slice(0, 6)]))],
  ["another view of x's range", { shape }, () => twice(f32(), (x) => new Float32Array(x.buffer))],
  ["a flat array", { shape }, () => [L.slice(0, 6), new Array(6)]],
  ["nested arrays", {}, () => [nest(L, [2, 1, 3]), nest(new Array(6), [2, 1, 3])]],
  ["nested arrays of x's rows", {}, () => twice(nest(L, shape), (x) => [...x])],
  ["a tensor", {}, () => [tensor(), { data: new Float32Array(6), shape }]],
  ["a tensor with dims for one with shape", {}, () => [tensor(), { data: new Float32Array(6), dims: shape }]],
  ["a tensor over x's data", {}, () => twice(tensor(), (x) => ({ ...x }))],
  [
    "a tensor for plain numbers",
    {},
    () => [
      { data: L.slice(0, 6), shape },
      { data: new Float64Array(6), shape },
    ],
  ],
  ["ONNX Runtime's", {}, () => [new OnnxTensor(f32()), new OnnxTensor(new Float32Array(6))]],
];

function tensor(): { data: Float32Array; shape: number[] } {
  return { data: f32(), shape };
}

function halves(array: Float32Array): [Float32Array, Float32Array] {
  return [array.subarray(0, 6), array.subarray(6, 12)];
}

function twice<X>(x: X, again: (x: X) => unknown): [X, unknown] {
  return [x, again(x)];
}

describe.each(IMPLEMENTATIONS)("$name", ({ softmax }) => {
  it.each(KINDS)("x: %s", (_, make, options, like) => {
    const x = make();
    const before = valuesOf(x);
    const result = call(softmax, x, options);
    expect(form(result)).toEqual(form(like));
    expectValues(result, options !== undefined && "axis" in options ? shares([0, 0, 0, 0, 0, 0]) : ROWS);
    expect(valuesOf(x)).toEqual(before);
    expect(result).not.toBe(x);
  });

  it.each(OUTPUTS)("out: %s is written and returned", (_, options, make) => {
    const [x, out] = make();
    expect(call(softmax, x, { ...options, out })).toBe(out);
    expectValues(out, ROWS);
  });

  it.each(KINDS.filter(([name]) => !/plain numbers|axes|ndarray/.test(name)))("out is x: %s", (_, make, options) => {
    const x = make();
    expect(call(softmax, x, { ...options, out: x })).toBe(x);
    expectValues(x, ROWS);
  });

  it("writes an ndarray's window and nothing beside it", () => {
    const x = ndarray(Float32Array) as { data: Float32Array; shape: number[] };
    const out = { data: new Float32Array(8).fill(7), shape, stride: [3, 1], offset: 1 };
    expect(softmax(x, { out })).toBe(out);
    expectValues(out, [7, ...ROWS, 7]);
    expect(softmax(x, { out: x })).toBe(x);
    expectValues(x, [9, 9, ...ROWS, 9]);
  });

  it("gives fresh shapes, not the caller's", () => {
    const sizes = [2, 3];
    const result = softmax({ data: f32(), shape: sizes });
    expect(result.shape).not.toBe(sizes);
  });

  it("computes plain numbers in float64", () => {
    const result = softmax([[1 / 3, 0.1]])[0] as number[];
    expect(result[0]).toBeCloseTo(1 / (1 + Math.exp(0.1 - 1 / 3)), 15);
  });

  it("takes a scalar for a row of one", () => {
    for (const options of [{ shape: [] }, { shape: [], axis: 0 }, { shape: [], axis: -1 }, { shape: [], axis: null }]) {
      expect(softmax(new Float32Array([7]), options)).toEqual(new Float32Array([1]));
      expect(softmax([7], options)).toEqual([1]);
    }
    expect(softmax({ data: new Float32Array([7]), dims: [] })).toEqual({ data: new Float32Array([1]), dims: [] });
  });

  it.each([[[0, 3]], [[3, 0]], [[0]], [[0, 0]], [[2, 0, 3]]])("gives an empty result of shape %j", (sizes) => {
    const options = { shape: sizes };
    const axes = [...sizes.keys(), null, sizes.map((_, i) => i)];
    for (const axis of axes) {
      expect(softmax(new Float32Array(0), { ...options, axis })).toEqual(new Float32Array(0));
      expect(softmax(new Float64Array(0), { ...options, axis })).toEqual(new Float64Array(0));
      expect(softmax([], { ...options, axis })).toEqual([]);
      expect(softmax({ data: new Float32Array(0), shape: sizes }, { axis })).toEqual({
        data: new Float32Array(0),
        shape: sizes,
      });
      const out = new Float32Array(0);
      expect(softmax(new Float32Array(0), { ...options, axis, out, where: new Uint8Array(0) })).toBe(out);
    }
    expect(softmax({ data: new Float32Array(0), shape: sizes, strides: sizes.map(() => 1) }).shape).toEqual(sizes);
  });

  it("takes a huge axis in an empty shape", () => {
    expect(softmax(new Float32Array(0), { shape: [2 ** 40, 0] })).toEqual(new Float32Array(0));
    expect(softmax(new Float32Array(0), { shape: [0, 2 ** 40], axis: 0 })).toEqual(new Float32Array(0));
  });

  it("takes an empty array for an empty row", () => {
    expect(softmax([])).toEqual([]);
    expect(softmax(new Float64Array(0))).toEqual(new Float64Array(0));
    const out: number[] = [];
    expect(call(softmax, [], { out })).toBe(out);
  });
});
