import { describe, expect, it } from "vitest";
import { encodeFloat16 } from "../src/float16.js";
import { form, nest } from "./support/kinds.js";
import { valuesOf } from "./support/misuse.js";
import { LIBRARIES } from "./support/ops.js";

const shape = [2, 3];
/** Numbers that float16 has too. */
const P = [0.5, 0.25, 0.25, 0.125, 0.125, 0.75];

const f32 = (values: readonly number[] | number): Float32Array => new Float32Array(values as number[]);
const f64 = (values: readonly number[] | number): Float64Array => new Float64Array(values as number[]);
const bits = (values: readonly number[]): Uint16Array => Uint16Array.from(values, encodeFloat16);

describe.each(LIBRARIES)("$name", ({ library }) => {
  describe("class indices and weights", () => {
    const x = f64([...P, ...P]);
    const options = { shape: [4, 3], reduction: "none" as const };
    const expected = library.crossEntropy(x, [2, 0, 1, 2], options);

    it.each<readonly [string, unknown]>([
      ["Int8Array", new Int8Array([2, 0, 1, 2])],
      ["Uint8Array", new Uint8Array([2, 0, 1, 2])],
      ["Uint8ClampedArray", new Uint8ClampedArray([2, 0, 1, 2])],
      ["Int16Array", new Int16Array([2, 0, 1, 2])],
      ["Uint16Array", new Uint16Array([2, 0, 1, 2])],
      ["Int32Array", new Int32Array([2, 0, 1, 2])],
      ["Uint32Array", new Uint32Array([2, 0, 1, 2])],
      ["BigInt64Array", new BigInt64Array([2n, 0n, 1n, 2n])],
      ["BigUint64Array", new BigUint64Array([2n, 0n, 1n, 2n])],
      ["a view", new Uint8Array([9, 2, 0, 1, 2, 9]).subarray(1, 5)],
      ["nested, a row each", [[2], [0], [1], [2]]],
      ["int64 with dims", { data: new BigInt64Array([2n, 0n, 1n, 2n]), dims: [4], type: "int64" }],
      ["int64 with dims of one a row", { data: new BigInt64Array([2n, 0n, 1n, 2n]), dims: [4, 1], type: "int64" }],
      ["int32 with an offset", { data: new Int32Array([9, 9, 2, 0, 1, 2, 9]), shape: [4], offset: 2, dtype: "int32" }],
      ["Uint16Array in a tensor", { data: new Uint16Array([2, 0, 1, 2]), shape: [4], dtype: "uint16" }],
      ["plain numbers in a tensor", { data: [2, 0, 1, 2], shape: [4] }],
    ])("%s", (_, targets) => {
      expect(library.crossEntropy(x, targets as number[], options)).toEqual(expected);
      expect(library.logProb(x, targets as number[], { shape: [4, 3] })).toEqual(expected.map((value) => -value));
    });

    it("a number, or a BigInt, for one row", () => {
      for (const one of [2, 2n]) {
        expect(library.crossEntropy(P.slice(0, 3), one)).toBeCloseTo(expected[0]!, 14);
        expect(library.logProb(P.slice(0, 3), one)).toBeCloseTo(-expected[0]!, 14);
        expect(library.logProb(f64(P.slice(0, 3)), one)).toHaveLength(1);
      }
    });

    it("in the shape that the rows have, along any axis", () => {
      const cube = nest([...P, ...P], [2, 3, 2]) as number[][][];
      const flat = library.crossEntropy(cube, [2, 1, 0, 2], { axis: 1, reduction: "none" });
      expect(flat).toEqual(library.crossEntropy(cube, [[2, 1], [0, 2]], { axis: 1, reduction: "none" })); // biome-ignore format: rows
      const dims = { data: new BigInt64Array([2n, 1n, 0n, 2n]), dims: [2, 2] };
      const tensor = library.crossEntropy({ data: x, dims: [2, 3, 2] }, dims, { axis: 1, reduction: "none" });
      expect(tensor).toEqual({ data: f64(valuesOf(flat)), dims: [2, 2] });
    });

    it("as probabilities of one class are not class indices where they are floats or have the logits' shape", () => {
      for (const targets of [f64([1, 0.5]), { data: f64([1, 0.5]), shape: [2, 1] }, [[1], [0.5]]]) {
        // biome-ignore format: one line
        expect(library.crossEntropy(f64([3, 4]), targets, { shape: [2, 1] })).toBe(0);
      }
      expect(library.crossEntropy(f64([3, 4]), [0, 0], { shape: [2, 1] })).toBe(0);
    });

    it("weights of every kind count alike", () => {
      const quarters = [0.25, 0.5, 4];
      const whole = library.crossEntropy(x, [2, 0, 1, 2], { ...options, weight: quarters });
      const sums = library.logSumExp(x, { shape: [4, 3], weights: quarters });
      for (const weight of [
        f32(quarters),
        f64(quarters),
        { data: f32(quarters), shape: [3] },
        { data: bits(quarters), dims: [3], type: "float16" },
        { data: quarters, shape: [3] },
      ]) {
        expect(library.crossEntropy(x, [2, 0, 1, 2], { ...options, weight: weight as Float32Array })).toEqual(whole);
        expect(library.logSumExp(x, { shape: [4, 3], weights: weight })).toEqual(sums);
        const sampleWeight = [...quarters, 1];
        const samples = library.crossEntropy(x, [2, 0, 1, 2], { ...options, sampleWeight });
        const given = ArrayBuffer.isView(weight)
          ? f64(sampleWeight)
          : { data: bits(sampleWeight), shape: [4], dtype: "float16" };
        expect(library.crossEntropy(x, [2, 0, 1, 2], { ...options, sampleWeight: given as Float64Array })).toEqual(
          samples,
        );
      }
    });
  });

  it("probabilities as bits of float16 are those beside logits of that kind", () => {
    const half = { data: bits(P), shape, dtype: "float16" };
    const loss = library.crossEntropy(half, half, { reduction: "sum" });
    expect(loss).toBeCloseTo(library.crossEntropy(f64(P), f64(P), { shape, reduction: "sum" }), 5);
  });

  it("gives losses in the shape of the rows, with the gradient or without", () => {
    const sizes = [2, 2, 3];
    const cube = nest([...P, ...P], sizes) as number[][][];
    for (const logits of [cube, { data: f64([...P, ...P]), shape: sizes }]) {
      for (const options of [{}, { shape: sizes }]) {
        const given = { ...options, reduction: "none" as const };
        const alone = library.crossEntropy(logits, [2, 0, 1, 2], given);
        expect(form(alone)).toEqual(form(logits === cube ? [[0, 0], [0, 0]] : { data: f64(4), shape: [2, 2] })); // biome-ignore format: rows
        const { loss, grad } = library.crossEntropyWithGrad(logits, [2, 0, 1, 2], given);
        expect(loss).toEqual(alone);
        expect(form(grad)).toEqual(form(logits));
      }
    }
    const flat = library.crossEntropyWithGrad([...P], [2, 0], { shape, reduction: "none" });
    expect(form(flat.loss)).toEqual(["number", "number"]);
    expect(form(library.crossEntropyWithGrad(f32(P), [2, 0], { shape, reduction: "none" }).loss)).toEqual(form(f32(2)));
  });
});
