import { describe, expect, it } from "vitest";
import { decodeFloat16, encodeFloat16 } from "../src/float16.js";
import { form, nest, OnnxTensor } from "./support/kinds.js";
import { valuesOf } from "./support/misuse.js";
import { callOp, formShape, LIBRARIES, OPS, type Op, type Options, rowwise, taken, written } from "./support/ops.js";

const shape = [2, 3];
/** Probabilities that float16 has too. */
const P = [0.5, 0.25, 0.25, 0.125, 0.125, 0.75];

/** What an op makes of [2, 3]. */
const shapeOf = (op: Op): number[] => formShape(op.form, [2], 3);
const sizeOf = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

/** [what x is, x of six numbers, the options, what comes back of a shape, the largest error] */
type Kind = readonly [
  name: string,
  make: (values: readonly number[]) => unknown,
  options: Options,
  like: (sizes: readonly number[]) => unknown,
  error: number,
];

const f32 = (values: readonly number[] | number): Float32Array => new Float32Array(values as number[]);
const f64 = (values: readonly number[] | number): Float64Array => new Float64Array(values as number[]);
const zeros = (length: number): number[] => new Array<number>(length).fill(0);
const bits = (values: readonly number[]): Uint16Array => Uint16Array.from(values, encodeFloat16);
const shared = (values: readonly number[]): Float32Array => {
  const array = new Float32Array(new SharedArrayBuffer(4 * values.length));
  array.set(values);
  return array;
};
const nested = (sizes: readonly number[]): unknown => (sizes.length === 0 ? 0 : nest(zeros(sizeOf(sizes)), sizes));

const KINDS: readonly Kind[] = [
  ["Float32Array", f32, { shape }, (sizes) => f32(sizeOf(sizes)), 1e-6],
  ["Float64Array", f64, { shape }, (sizes) => f64(sizeOf(sizes)), 1e-14],
  ["a view", (v) => f32([9, ...v, 9]).subarray(1, 7), { shape }, (sizes) => f32(sizeOf(sizes)), 1e-6],
  ["shared memory", shared, { shape }, (sizes) => f32(sizeOf(sizes)), 1e-6],
  ["a flat array", (v) => [...v], { shape }, (sizes) => zeros(sizeOf(sizes)), 1e-14],
  ["nested arrays", (v) => nest(v, shape), {}, nested, 1e-14],
  ["nested arrays with their shape", (v) => nest(v, shape), { shape }, nested, 1e-14],
  ["a tensor", (v) => ({ data: f32(v), shape }), {}, (s) => ({ data: f32(sizeOf(s)), shape: s }), 1e-6],
  [
    "a tensor and its shape",
    (v) => ({ data: f64(v), shape }),
    { shape },
    (s) => ({ data: f64(sizeOf(s)), shape: s }),
    1e-14,
  ],
  ["a tensor with dims", (v) => ({ data: f64(v), dims: shape }), {}, (s) => ({ data: f64(sizeOf(s)), dims: s }), 1e-14],
  [
    "plain numbers in a tensor",
    (v) => ({ data: [...v], shape }),
    {},
    (s) => ({ data: f64(sizeOf(s)), shape: s }),
    1e-14,
  ],
  [
    "ndarray's",
    (v) => ({ data: f32([9, 9, ...v, 9]), shape, stride: [3, 1], offset: 2 }),
    {},
    (s) => ({ data: f32(sizeOf(s)), shape: s }),
    1e-6,
  ],
  ["ONNX Runtime's", (v) => new OnnxTensor(f32(v)), {}, (s) => ({ data: f32(sizeOf(s)), dims: s }), 1e-6],
  [
    "float16 bits",
    (v) => ({ data: bits(v), dims: shape, type: "float16" }),
    {},
    (s) => ({ data: new Uint16Array(sizeOf(s)), dims: s, type: "float16" }),
    2e-3,
  ],
];

/** The arrays in a result: one, or two of an object's. */
function parts(op: Op, result: unknown): unknown[] {
  if (op.name !== "logSumExpSigned") return [written(op, result)];
  const { value, sign } = result as { value: unknown; sign: unknown };
  return [value, sign];
}

/** The numbers of a part; those of float16 bits decoded. */
function numbersOf(part: unknown): number[] {
  if (typeof part === "number") return [part];
  const values = valuesOf(part);
  return (part as { data?: unknown }).data instanceof Uint16Array ? values.map(decodeFloat16) : values;
}

const secondOf = (op: Op, like: unknown): unknown =>
  op.second === "component" ? 1 : op.second === "like x" ? like : [2, 0];

describe.each(LIBRARIES)("$name", ({ library }) => {
  describe.each(OPS)("$name", (op) => {
    const run = (x: unknown, second: unknown, options: Options): unknown[] =>
      parts(op, callOp(library, op, x, second, rowwise(op, taken(op, options))));
    const exact = run(f64(P), secondOf(op, f64([...P].reverse())), { shape }).map((part) => valuesOf(part));
    // sigmoid takes no shape: its flat arrays are rows of six.
    const kinds = op.name === "sigmoid" ? KINDS.filter(([, , options]) => Object.keys(options).length === 0) : KINDS;

    it.each(kinds)("%s in, the same out", (_, make, options, like, error) => {
      const x = make(P);
      const second = secondOf(op, make([...P].reverse()));
      const got = run(x, second, options);
      got.forEach((part, i) => {
        expect(form(part)).toEqual(form(like(shapeOf(op))));
        numbersOf(part).forEach((value, at) => {
          const expected = exact[i]![at]!;
          expect(Math.abs(value - expected), `${value}, ${expected}`).toBeLessThanOrEqual(
            error * Math.max(1, Math.abs(expected)),
          );
        });
        if (ArrayBuffer.isView(part)) expect(part.buffer).toBeInstanceOf(ArrayBuffer);
      });
      expect(valuesOf(x)).toEqual(valuesOf(make(P)));
    });

    const written = op.options.includes("out") ? kinds.filter(([name]) => !/ONNX|ndarray/.test(name)) : [];
    if (written.length > 0) {
      it.each(written)("out, of the kind of %s, is written and returned", (_, make, options, like) => {
        const out = like(shapeOf(op));
        const [part] = run(make(P), secondOf(op, make([...P].reverse())), { ...options, out });
        expect(part).toBe(out);
        expect(part).toEqual(run(make(P), secondOf(op, make([...P].reverse())), options)[0]);
      });
    }

    if (op.form === "same" && op.options.includes("out")) {
      it("out is any whole input", () => {
        const inputs = op.second === "like x" ? [0, 1] : [0];
        for (const [, make, options] of kinds.filter(([name]) => !/plain numbers|ndarray/.test(name))) {
          const [expected] = run(make(P), secondOf(op, make([...P].reverse())), options);
          for (const i of inputs) {
            const given = [make(P), secondOf(op, make([...P].reverse()))];
            const [part] = run(given[0], given[1], { ...options, out: given[i] });
            expect(part).toBe(given[i]);
            expect(numbersOf(part)).toEqual(numbersOf(expected));
          }
        }
      });
    }

    if (op.options.includes("axis")) {
      const sizes = [2, 3, 4];
      const values = Array.from({ length: 24 }, (_, i) => ((7 * i) % 24) / 300);
      it.each([0, 1, 2, -1, -2, -3, [0], [0, 1], [1, 2], [-2, -1], [0, 1, 2], null] as const)(
        "along axis %j",
        (axis) => {
          const axes = axis === null ? [0, 1, 2] : [axis].flat().map((a) => (a < 0 ? a + 3 : a));
          const length = sizeOf(axes.map((a) => sizes[a]!));
          const before = sizes.filter((_, a) => !axes.includes(a));
          const second =
            op.second === "like x" ? f64(values) : op.second === "component" ? 0 : new Uint8Array(sizeOf(before));
          for (const keepDims of op.options.includes("keepDims") ? [false, true] : [false]) {
            const kept = sizes.map((n, a) => (axes.includes(a) ? 1 : n));
            const expected = keepDims ? kept : op.form === "same" ? sizes : formShape(op.form, before, length);
            const options = { axis, keepDims };
            const typed = run(f64(values), second, { ...options, shape: sizes });
            const tensors = run({ data: f64(values), dims: sizes }, second, options);
            const nests = run(nest(values, sizes), second, options);
            typed.forEach((part, i) => {
              expect(part).toBeInstanceOf(Float64Array);
              expect(part).toHaveLength(sizeOf(expected));
              expect(tensors[i]).toEqual({ data: part, dims: expected });
              expect(nests[i]).toEqual(expected.length === 0 ? valuesOf(part)[0] : nest(valuesOf(part), expected));
            });
          }
        },
      );
    }

    it.each([[[0, 3]], [[3, 0]], [[0, 0]], [[2, 0, 3]], [[0]]])("of empty shape %j", (sizes) => {
      for (const axis of op.options.includes("axis") ? [...sizes.keys(), null] : [undefined]) {
        const axes = axis === null ? [...sizes.keys()] : [axis ?? sizes.length - 1];
        const length = sizeOf(axes.map((a) => sizes[a]!));
        const before = sizes.filter((_, a) => !axes.includes(a));
        const rows = sizeOf(before);
        // No component, and no class, is one of none.
        if (op.second === "component" && length === 0) continue;
        if (op.second === "actions" && length === 0 && rows > 0) continue;
        const classes = new Int32Array(rows).fill(length === 0 ? -100 : 0);
        const second = (empty: unknown): unknown =>
          op.second === "like x" ? empty : op.second === "component" ? 0 : classes;
        const expected = op.form === "same" ? sizes : formShape(op.form, before, length);
        const options = axis === undefined ? {} : { axis };
        for (const Floats of [Float32Array, Float64Array]) {
          const nothing = new Floats(sizeOf(expected)).fill(op.name.startsWith("logSumExp") ? -Infinity : 0);
          const [typed] = run(new Floats(0), second(new Floats(0)), { ...options, shape: sizes });
          expect(typed).toEqual(nothing);
          const [tensor] = run(
            { data: new Floats(0), shape: sizes },
            second({ data: new Floats(0), shape: sizes }),
            options,
          );
          expect(tensor).toEqual({ data: nothing, shape: expected });
        }
      }
    });
  });

  it("keepDims leaves a row of one number", () => {
    for (const options of [{ keepDims: true }, { keepDims: true, axis: 0 }, { keepDims: true, axis: null }]) {
      expect(library.logSumExp([0, 0], options)).toEqual([Math.LN2]);
      expect(library.entropy([1, 0], options)).toEqual([0]);
      expect(library.klDivergence([1, 0], [1, 0], options)).toEqual([0]);
    }
    expect(library.logSumExp([[[0, 0]]], { keepDims: true, axis: [1, 2] })).toEqual([[[Math.LN2]]]);
    expect(library.logSumExpSigned([0, 0], { keepDims: true })).toEqual({ value: [Math.LN2], sign: [1] });
    const out = [7];
    expect(library.logSumExp([0, 0], { keepDims: true, out })).toBe(out);
    expect(out).toEqual([Math.LN2]);
  });

  it("a scalar counts as a row of one", () => {
    const x = { data: f32([0.5]), dims: [] };
    expect(library.logSoftmax(x)).toEqual({ data: f32([0]), dims: [] });
    expect(library.sigmoid({ data: f32([0]), dims: [] })).toEqual({ data: f32([0.5]), dims: [] });
    expect(library.logSumExp(x)).toEqual({ data: f32([0.5]), dims: [] });
    expect(library.softmaxJacobian(x)).toEqual({ data: f32([0]), dims: [1, 1] });
    expect(library.crossEntropy(x, 0)).toBe(0);
  });
});
