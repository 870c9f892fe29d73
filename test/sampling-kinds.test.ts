import { expect, it } from "vitest";
import { encodeFloat16 } from "../src/float16.js";
import { logitsToProbs, sample, sampleWithLogProbs } from "../src/sampling.js";
import { describeBoth } from "./support/sampling.js";

/** Rows of which one class has all. */
const ROWS = [
  [9, 0, 0],
  [0, 0, 9],
];
const sure = { temperature: 0, numSamples: 2 } as const;
const typed = ROWS.flat();
const shape = [2, 3];
const Float16 = (globalThis as { Float16Array?: { from(values: readonly number[]): Float32Array } }).Float16Array;

describeBoth("kinds", () => {
  it("typed arrays give an Int32Array", () => {
    for (const x of [Float32Array.from(typed), Float64Array.from(typed)]) {
      expect(sample(x as Float32Array, { shape, ...sure })).toEqual(Int32Array.of(0, 0, 2, 2));
    }
  });

  it("log-probabilities and probabilities are in the dtype of typed arrays", () => {
    for (const make of [Float32Array, Float64Array]) {
      const x = make.from(typed) as Float32Array;
      const { logProbs, rawLogProbs } = sampleWithLogProbs(x, { shape, ...sure });
      expect([logProbs.constructor, rawLogProbs.constructor]).toEqual([make, make]);
      expect([...logProbs]).toEqual([0, 0, 0, 0]);
      expect(logitsToProbs(x, { shape, topK: 1 })).toEqual(make.of(1, 0, 0, 0, 0, 1));
    }
  });

  it("nested arrays give nested numbers, one row an array", () => {
    expect(sample(ROWS, sure)).toEqual([
      [0, 0],
      [2, 2],
    ]);
    expect(sample(ROWS[0]!, sure)).toEqual([0, 0]);
    expect(sample(ROWS[1]!, { temperature: 0 })).toEqual([2]);
    expect(sample([ROWS, ROWS], sure)).toEqual([
      [
        [0, 0],
        [2, 2],
      ],
      [
        [0, 0],
        [2, 2],
      ],
    ]);
    expect(sample(ROWS, { axis: 0, temperature: 0 })).toEqual([[0], [expect.any(Number)], [1]]);
    expect(sample(ROWS, { axis: null, temperature: 0, rng: () => 0 })).toEqual([0]);
    expect(sample(typed, { shape, ...sure })).toEqual([0, 0, 2, 2]);
    expect(logitsToProbs(ROWS, { topK: 1 })).toEqual([
      [1, 0, 0],
      [0, 0, 1],
    ]);
    expect(sampleWithLogProbs(ROWS, { temperature: 0 })).toMatchObject({ samples: [[0], [2]], logProbs: [[0], [0]] });
  });

  it("tensors give tensors, under the name of their shape", () => {
    const data = Float32Array.from(typed);
    expect(sample({ data, shape }, sure)).toEqual({ data: Int32Array.of(0, 0, 2, 2), shape: [2, 2] });
    expect(sample({ data, dims: shape, type: "float32" }, sure)).toEqual({
      data: Int32Array.of(0, 0, 2, 2),
      dims: [2, 2],
    });
    const { samples, logProbs } = sampleWithLogProbs({ data, dims: shape }, sure);
    expect(samples.dims).toEqual([2, 2]);
    expect(logProbs).toEqual({ data: new Float32Array(4), dims: [2, 2] });
    expect(logitsToProbs({ data, dims: shape }, { topK: 1 })).toEqual({
      data: Float32Array.of(1, 0, 0, 0, 0, 1),
      dims: shape,
    });
  });

  it("float16 bits in a tensor give int32 indices under the same label", () => {
    const data = Uint16Array.from(typed, encodeFloat16);
    const x = { data, dims: shape, type: "float16" } as const;
    expect(sample(x, sure)).toEqual({ data: Int32Array.of(0, 0, 2, 2), dims: [2, 2], type: "int32" });
    const one = encodeFloat16(1);
    expect(logitsToProbs(x, { topK: 1 })).toEqual({
      data: Uint16Array.of(one, 0, 0, 0, 0, one),
      dims: shape,
      type: "float16",
    });
    const { rawLogProbs } = sampleWithLogProbs(x, { temperature: 0 });
    // log softmax of 9 beside two 0.
    const expected = encodeFloat16(-Math.log1p(2 * Math.exp(-9)));
    expect(rawLogProbs).toEqual({ data: Uint16Array.of(expected, expected), dims: [2, 1], type: "float16" });
    expect(data).toEqual(Uint16Array.from(typed, encodeFloat16));
  });

  it.runIf(Float16 !== undefined)("Float16Array gives an Int32Array, and Float16Array probabilities", () => {
    const x = Float16!.from(typed);
    expect(sample(x, { shape, ...sure })).toEqual(Int32Array.of(0, 0, 2, 2));
    expect(Object.prototype.toString.call(logitsToProbs(x, { shape }))).toBe("[object Float16Array]");
  });

  it("any axis, a list of axes, and where in any form", () => {
    const x = Float32Array.from(typed);
    expect(sample(x, { shape: [1, 2, 3], axis: [1, 2], temperature: 0, rng: () => 0.99 })).toEqual(Int32Array.of(5));
    const masks = [
      [0, 1, 1],
      { data: [false, true, true], shape: [1, 3] },
      [
        [0, 1, 1],
        [0, 1, 1],
      ],
      BigInt64Array.of(0n, 1n, 1n),
    ];
    for (const where of masks) {
      expect([...logitsToProbs(x, { shape, where, topK: 1 })]).toEqual([0, 1, 0, 0, 0, 1]);
    }
  });

  it("history takes arrays and typed arrays of integers, bigints too", () => {
    for (const history of [
      [0, 0],
      Int32Array.of(0, 0),
      BigInt64Array.of(0n),
      Uint8Array.of(0),
      [0n],
      [[0]],
      [Uint32Array.of(0)],
    ]) {
      expect(sample([5, 4], { presencePenalty: 9, temperature: 0, history })).toEqual([1]);
    }
    // Samples are a history.
    const before = sample(ROWS, sure);
    const next = sample(ROWS, { temperature: 0, presencePenalty: 90, history: before, rng: () => 0 });
    expect(next).toEqual([[1], [0]]);
  });

  it("logitsToProbs writes to out, the logits themselves too", () => {
    const x = Float32Array.from(typed);
    const out = new Float32Array(6);
    expect(logitsToProbs(x, { shape, topK: 1, out })).toBe(out);
    expect([...out]).toEqual([1, 0, 0, 0, 0, 1]);
    expect(x).toEqual(Float32Array.from(typed));
    expect(logitsToProbs(x, { shape, topK: 1, out: x })).toBe(x);
    expect([...x]).toEqual([1, 0, 0, 0, 0, 1]);
    const nested = [
      [0, 0, 0],
      [0, 0, 0],
    ];
    expect(logitsToProbs(ROWS, { topK: 1, out: nested })).toBe(nested);
    expect(nested).toEqual([
      [1, 0, 0],
      [0, 0, 1],
    ]);
  });

  it("no argument is changed", () => {
    const x = Float64Array.from(typed);
    const where = Uint8Array.of(1, 1, 0);
    const logitBias = Float64Array.of(1, 2, 3);
    const history = [Int32Array.of(0), Int32Array.of(1, 1)];
    const options = { shape, where, logitBias, history, presencePenalty: 1, seed: 1 };
    sampleWithLogProbs(x, options);
    expect([x, where, logitBias, history]).toEqual([
      Float64Array.from(typed),
      Uint8Array.of(1, 1, 0),
      Float64Array.of(1, 2, 3),
      [Int32Array.of(0), Int32Array.of(1, 1)],
    ]);
  });

  it("shared memory is read", () => {
    const x = new Float32Array(new SharedArrayBuffer(12));
    x.set([1, 5, 2]);
    expect(sample(x, { temperature: 0 })).toEqual(Int32Array.of(1));
  });
});
