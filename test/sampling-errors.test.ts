import { afterEach, expect, it, vi } from "vitest";
import { logitsToProbs, Sampler, sample, sampleWithLogProbs } from "../src/sampling.js";
import { describeBoth } from "./support/sampling.js";

afterEach(() => void vi.unstubAllGlobals());

const row = (): Float32Array => Float32Array.of(1, 2, 3, 4);
const batch = { shape: [2, 2] };

type Wrong = [name: string, options: unknown, error: typeof TypeError | typeof RangeError, message: RegExp];

const FILTERS: Wrong[] = [
  ["topK 0", { topK: 0 }, RangeError, /^topK: expected an integer of 1 or more, got 0$/],
  ["topK negative", { topK: -1 }, RangeError, /^topK: .* got -1$/],
  ["topK with a fraction", { topK: 1.5 }, RangeError, /^topK: .* got 1.5$/],
  ["topK NaN", { topK: NaN }, RangeError, /^topK: .* got NaN$/],
  ["topK as a string", { topK: "1" }, TypeError, /^topK: expected an integer, got "1"$/],
  ["topK null", { topK: null }, TypeError, /^topK: expected an integer, got null$/],
  ["topP above 1", { topP: 1.1 }, RangeError, /^topP: expected a number from 0 to 1, got 1.1$/],
  ["topP below 0", { topP: -0.1 }, RangeError, /^topP: .* got -0.1$/],
  ["topP NaN", { topP: NaN }, RangeError, /^topP: .* got NaN$/],
  ["topP as a string", { topP: "0.9" }, TypeError, /^topP: expected a number, got "0.9"$/],
  ["minP above 1", { minP: 2 }, RangeError, /^minP: expected a number from 0 to 1, got 2$/],
  ["minP as a boolean", { minP: true }, TypeError, /^minP: expected a number, got true$/],
  ["temperature NaN", { temperature: NaN }, RangeError, /^temperature: .* got NaN$/],
  ["temperature and beta", { temperature: 1, beta: 1 }, TypeError, /^temperature, beta: expected at most one of them$/],
  ["a negative base", { base: -1 }, RangeError, /^base: .* got -1$/],
  ["repetitionPenalty 0", { repetitionPenalty: 0, history: [] }, RangeError, /^repetitionPenalty: .*above 0, got 0$/],
  [
    "repetitionPenalty Infinity",
    { repetitionPenalty: Infinity, history: [] },
    RangeError,
    /^repetitionPenalty: .*finite/,
  ],
  ["repetitionPenalty as a string", { repetitionPenalty: "2" }, TypeError, /^repetitionPenalty: .*number, got "2"$/],
  ["frequencyPenalty NaN", { frequencyPenalty: NaN }, RangeError, /^frequencyPenalty: .*finite number, got NaN$/],
  ["presencePenalty -Infinity", { presencePenalty: -Infinity }, RangeError, /^presencePenalty: .*got -Infinity$/],
  ["history of a class too large", { history: [0, 4] }, RangeError, /^history\[1\]: .*index from 0 to 3, got 4$/],
  ["history of a negative class", { history: [-1] }, RangeError, /^history\[0\]: .*got -1$/],
  ["history of a fraction", { history: [0.5] }, RangeError, /^history\[0\]: .*got 0.5$/],
  ["history of strings", { history: ["a"] }, TypeError, /^history\[0\]: expected a class index, got "a"$/],
  ["history of floats", { history: Float32Array.of(1) }, TypeError, /^history: .*integers, got Float32Array\(1\)$/],
  ["history as a number", { history: 3 }, TypeError, /^history: .*integers, got 3$/],
  ["history of more rows", { history: [[0], [1]] }, RangeError, /^history: .* 1 in all, got 2$/],
  ["history of too large a class in a row", { history: [[0, 9]] }, RangeError, /^history\[0\]\[1\]: .* got 9$/],
  [
    "logitBias NaN",
    { logitBias: { 1: NaN } },
    RangeError,
    /^logitBias\[1\]: expected a finite number or -Infinity, got NaN$/,
  ],
  ["logitBias Infinity", { logitBias: [0, 0, 0, Infinity] }, RangeError, /^logitBias\[3\]: .* got Infinity$/],
  ["logitBias as a string", { logitBias: { 1: "2" } }, TypeError, /^logitBias\[1\]: expected a number, got "2"$/],
  ["logitBias of a class too large", { logitBias: { 4: 1 } }, RangeError, /^logitBias: .*from 0 to 3, got 4$/],
  ["logitBias of a negative class", { logitBias: new Map([[-1, 1]]) }, RangeError, /^logitBias: .* got -1$/],
  ["logitBias of a word", { logitBias: { the: 1 } }, RangeError, /^logitBias: expected class indices, got "the"$/],
  ["logitBias of an object", { logitBias: new Map([[{}, 1]]) }, TypeError, /^logitBias: .* got an object$/],
  ["logitBias of another length", { logitBias: [1, 2, 3] }, RangeError, /^logitBias: expected 4 elements.* got 3$/],
  ["logitBias as integers", { logitBias: Int32Array.of(1, 2, 3, 4) }, TypeError, /^logitBias: .*got Int32Array/],
  ["logitBias as a number", { logitBias: 3 }, TypeError, /^logitBias: expected .* got 3$/],
  ["where of another length", { where: [1, 0] }, RangeError, /^where: .* got 2$/],
  ["options as a number", 3, TypeError, /^options: expected an object, got 3$/],
  ["top_k", { top_k: 3 }, TypeError, /^unknown option "top_k": did you mean "topK"\?$/],
  ["top_p", { top_p: 1 }, TypeError, /did you mean "topP"/],
  ["min_p", { min_p: 1 }, TypeError, /did you mean "minP"/],
  ["temp", { temp: 1 }, TypeError, /did you mean "temperature"/],
  ["mask", { mask: [] }, TypeError, /did you mean "where"/],
  ["logit_bias", { logit_bias: {} }, TypeError, /did you mean "logitBias"/],
  ["repetition_penalty", { repetition_penalty: 1 }, TypeError, /did you mean "repetitionPenalty"/],
];

const STREAM: Wrong[] = [
  ["seed negative", { seed: -1 }, RangeError, /^seed: .*from 0 to 2 \*\* 53 - 1, got -1$/],
  ["seed with a fraction", { seed: 0.5 }, RangeError, /^seed: .* got 0.5$/],
  ["seed 2^53", { seed: 2 ** 53 }, RangeError, /^seed: .* got 9007199254740992$/],
  ["seed 2^64", { seed: 2n ** 64n }, RangeError, /^seed: expected a bigint .* got 18446744073709551616n$/],
  ["seed -1n", { seed: -1n }, RangeError, /^seed: expected a bigint .* got -1n$/],
  ["seed as a string", { seed: "1" }, TypeError, /^seed: expected an integer or a bigint, got "1"$/],
  ["step negative", { step: -1 }, RangeError, /^step: .* got -1$/],
  ["step as a bigint", { step: 1n }, TypeError, /^step: expected an integer, got 1n$/],
  ["rng beside seed", { rng: () => 0, seed: 1 }, TypeError, /^rng, seed: expected at most one of them$/],
  ["rng beside step", { rng: () => 0, step: 1 }, TypeError, /^rng, step: expected at most one of them$/],
  ["rng as a number", { rng: 0.5 }, TypeError, /^rng: expected a function, got 0.5$/],
  ["rng that gives 1", { rng: () => 1 }, RangeError, /^rng: expected numbers from 0 to below 1, got 1$/],
  ["rng that gives -0.1", { rng: () => -0.1 }, RangeError, /^rng: .* got -0.1$/],
  ["rng that gives NaN", { rng: () => NaN }, RangeError, /^rng: .* got NaN$/],
  ["rng that gives a string", { rng: () => "0.5" }, TypeError, /^rng: expected a number from each call, got "0.5"$/],
  ["rng that gives nothing", { rng: () => undefined }, TypeError, /^rng: .*got undefined$/],
];

const DRAWS: Wrong[] = [
  ["numSamples negative", { numSamples: -1 }, RangeError, /^numSamples: expected an integer of 0 or more, got -1$/],
  ["numSamples with a fraction", { numSamples: 1.5 }, RangeError, /^numSamples: .* got 1.5$/],
  ["numSamples as a string", { numSamples: "2" }, TypeError, /^numSamples: expected an integer, got "2"$/],
  ["replacement as a number", { replacement: 0 }, TypeError, /^replacement: expected true or false, got 0$/],
  [
    "more draws than classes",
    { replacement: false, numSamples: 5 },
    RangeError,
    /^numSamples: .*4 classes of row 0.* got 5$/,
  ],
  ["n", { n: 3 }, TypeError, /did you mean "numSamples"/],
  ["num_samples", { num_samples: 3 }, TypeError, /did you mean "numSamples"/],
  ["with_replacement", { replacment: true }, TypeError, /did you mean "replacement"/],
  ["out", { out: new Int32Array(1) }, TypeError, /^unknown option "out"/],
];

function expectError(run: () => unknown, error: typeof TypeError | typeof RangeError, message: RegExp): void {
  let thrown: unknown;
  try {
    run();
  } catch (caught) {
    thrown = caught;
  }
  expect(thrown).toBeInstanceOf(error);
  expect((thrown as Error).message).toMatch(message);
  // The next call works.
  expect(sample([0, 1], { topK: 1 })).toEqual([1]);
}

describeBoth("errors", () => {
  it.each([...FILTERS, ...STREAM, ...DRAWS])("sample: %s", (_, options, error, message) => {
    const x = row();
    expectError(() => sample(x, options as object), error, message);
    expectError(() => sampleWithLogProbs(x, options as object), error, message);
    expect(x).toEqual(row());
  });

  it.each(FILTERS)("logitsToProbs: %s", (_, options, error, message) => {
    const x = row();
    expectError(() => logitsToProbs(x, options as object), error, message);
    expect(x).toEqual(row());
  });

  it("logitsToProbs takes no options of draws", () => {
    for (const name of ["seed", "step", "rng", "numSamples", "replacement"]) {
      expectError(() => logitsToProbs(row(), { [name]: 1 }), TypeError, new RegExp(`^unknown option "${name}"`));
    }
  });

  it.each(["repetitionPenalty", "frequencyPenalty", "presencePenalty"])("%s without history", (name) => {
    expectError(() => sample(row(), { [name]: 1.5 }), TypeError, /^history: expected the classes drawn before/);
  });

  it("history of one array for several rows, or of fewer", () => {
    expectError(
      () => sample(row(), { ...batch, history: [0, 1] }),
      RangeError,
      /^history: .* 2 in all, got a single one$/,
    );
    expectError(() => sample(row(), { ...batch, history: [[0]] }), RangeError, /^history: .* 2 in all, got 1$/);
  });

  const undrawable: [name: string, logits: number[], options: object, reason: RegExp][] = [
    ["NaN", [0, 1, 2, NaN], {}, /row 1, which has NaN$/],
    ["+Infinity", [0, 1, 2, Infinity], {}, /row 1, which has Infinity$/],
    [
      "-Infinity with a negative beta",
      [0, 1, 2, -Infinity],
      { beta: -1 },
      /row 1, which has -Infinity with a negative beta$/,
    ],
    ["all -Infinity", [0, 1, -Infinity, -Infinity], {}, /row 1, which is all -Infinity$/],
    [
      "all -Infinity, temperature 0",
      [0, 1, -Infinity, -Infinity],
      { temperature: 0 },
      /row 1, which is all -Infinity$/,
    ],
    [
      "all -Infinity, temperature Infinity",
      [0, 1, -Infinity, -Infinity],
      { beta: 0 },
      /row 1, which is all -Infinity$/,
    ],
    ["all masked", [0, 1, 2, 3], { where: [1, 1, 0, 0] }, /row 1, which is all masked$/],
    [
      "all forbidden",
      [0, 1, -Infinity, 3],
      { logitBias: { 1: -Infinity } },
      /row 1, which with its biases and penalties is all -Infinity$/,
    ],
    ["NaN, topK 1", [0, 1, 2, NaN], { topK: 1 }, /row 1, which has NaN$/],
    [
      "more draws without replacement than classes of probability above 0",
      [0, 1, 2, -Infinity],
      { replacement: false, numSamples: 2 },
      /row 1, which without replacement has fewer classes of probability above 0 than numSamples$/,
    ],
    [
      "more draws without replacement than topK leaves",
      [0, 1, 2, 3],
      { replacement: false, numSamples: 2, topK: 1 },
      /row 0, which without replacement has fewer classes of probability above 0 than numSamples$/,
    ],
  ];

  it.each(undrawable)("a row that nothing can be drawn from: %s", (_, logits, options, reason) => {
    for (const x of [Float32Array.from(logits), Float64Array.from(logits)]) {
      const before = x.slice();
      expectError(() => sample(x, { ...batch, ...options }), RangeError, reason);
      expectError(() => sampleWithLogProbs(x, { ...batch, ...options }), RangeError, reason);
      expect(x).toEqual(before);
    }
  });

  it("rows of no classes", () => {
    expectError(() => sample(new Float32Array(0), { shape: [2, 0] }), RangeError, /^logits: expected classes/);
    expect(sample(new Float32Array(0), { shape: [2, 0], numSamples: 0 })).toEqual(new Int32Array(0));
  });

  it("logits of a wrong kind", () => {
    expectError(() => sample(Int32Array.of(1) as never), TypeError, /^logits: .*got Int32Array/);
    expectError(() => sample(3 as never), TypeError, /^logits: .*got 3$/);
    expectError(() => sample([[1], [1, 2]]), RangeError, /^logits\[1\]/);
    expectError(
      () => logitsToProbs(row(), { out: new Float64Array(4) as never }),
      TypeError,
      /^out: expected Float32Array/,
    );
  });

  it("out that overlaps a bias", () => {
    const memory = new Float32Array(8);
    const options = { out: memory.subarray(0, 4), logitBias: memory.subarray(2, 6) };
    expectError(() => logitsToProbs(row(), options), RangeError, /^out: expected memory apart from logitBias/);
  });

  it("where there is no crypto, a seed or rng is asked for", () => {
    vi.stubGlobal("crypto", undefined);
    expect(() => sample([0, 0])).toThrow(/^seed: expected a seed or rng where there is no crypto/);
    expect(() => new Sampler(2)).toThrow(/^seed: /);
    expect(sample([0, 1], { seed: 1, topK: 1 })).toEqual([1]);
    expect(sample([0, 1], { rng: () => 0, topK: 1 })).toEqual([1]);
  });
});
