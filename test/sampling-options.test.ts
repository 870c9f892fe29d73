import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LogitBias, logitsToProbs, type ProbabilityOptions, sample, sampleWithLogProbs } from "../src/sampling.js";
import { describeBoth } from "./support/sampling.js";

/** Logits of these probabilities. */
const logitsOf = (...p: number[]): number[] => p.map(Math.log);

function expectClose(got: ArrayLike<number>, expected: readonly number[], within = 1e-12): void {
  expect(got).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs(got[i]! - value), `[${Array.from(got)}], [${expected}]`).toBeLessThanOrEqual(within);
  });
}

const P = logitsOf(0.1, 0.4, 0.2, 0.3);
const TIED = [1, 1, 1, 0];
const third = 1 / (3 + Math.exp(-1));

describeBoth("the final distribution", () => {
  const cases: [name: string, logits: number[], options: ProbabilityOptions, expected: number[]][] = [
    ["no option: softmax", P, {}, [0.1, 0.4, 0.2, 0.3]],
    ["temperature", P, { temperature: 0.5 }, [1 / 30, 16 / 30, 4 / 30, 9 / 30]],
    ["beta", P, { beta: 2 }, [1 / 30, 16 / 30, 4 / 30, 9 / 30]],
    ["base", [0, 1, 3], { base: 2 }, [1 / 11, 2 / 11, 8 / 11]],
    ["temperature 0: evenly among the maxima", TIED, { temperature: 0 }, [1 / 3, 1 / 3, 1 / 3, 0]],
    ["temperature Infinity: evenly", P, { temperature: Infinity }, [0.25, 0.25, 0.25, 0.25]],
    ["beta 0 leaves -Infinity out", [1, -Infinity, 5], { beta: 0 }, [0.5, 0, 0.5]],
    ["a negative beta: the smallest first", [0, Math.log(2)], { beta: -1 }, [2 / 3, 1 / 3]],
    ["topK 1", P, { topK: 1 }, [0, 1, 0, 0]],
    ["topK 2", P, { topK: 2 }, [0, 4 / 7, 0, 3 / 7]],
    ["topK above K keeps all", P, { topK: 5 }, [0.1, 0.4, 0.2, 0.3]],
    ["topK, ties by lower index", TIED, { topK: 2 }, [0.5, 0.5, 0, 0]],
    ["topK with a negative beta keeps the smallest", [2, 1, 3], { topK: 1, beta: -1 }, [0, 1, 0]],
    ["topK at temperature Infinity goes by the logits", P, { topK: 2, temperature: Infinity }, [0, 0.5, 0, 0.5]],
    ["topK at temperature 0 with more ties than k", TIED, { topK: 2, temperature: 0 }, [0.5, 0.5, 0, 0]],
    ["topP 0: the most probable alone", P, { topP: 0 }, [0, 1, 0, 0]],
    ["topP 0 with ties: the lowest index", TIED, { topP: 0 }, [1, 0, 0, 0]],
    ["topP 1 filters nothing", P, { topP: 1 }, [0.1, 0.4, 0.2, 0.3]],
    ["topP: the smallest set that reaches it", P, { topP: 0.6 }, [0, 4 / 7, 0, 3 / 7]],
    ["topP just above a set's mass", P, { topP: 0.7001 }, [0, 4 / 9, 2 / 9, 3 / 9]],
    ["topP just below a set's mass", P, { topP: 0.6999 }, [0, 4 / 7, 0, 3 / 7]],
    ["topP, ties by lower index", TIED, { topP: 0.5 }, [0.5, 0.5, 0, 0]],
    ["topP after topK, its mass renormalised", P, { topK: 3, topP: 0.44 }, [0, 1, 0, 0]],
    ["topP after temperature", P, { temperature: 0.5, topP: 0.5 }, [0, 1, 0, 0]],
    ["minP 0 filters nothing", P, { minP: 0 }, [0.1, 0.4, 0.2, 0.3]],
    ["minP 1: the most probable", TIED, { minP: 1 }, [1 / 3, 1 / 3, 1 / 3, 0]],
    ["minP: this share of the largest and more", P, { minP: 0.6 }, [0, 4 / 7, 0, 3 / 7]],
    ["minP after topP", P, { topP: 0.85, minP: 0.6 }, [0, 4 / 7, 0, 3 / 7]],
    ["where", P, { where: [1, 0, 1, 0] }, [1 / 3, 0, 2 / 3, 0]],
    ["where before the filters", P, { where: [1, 0, 1, 1], topK: 1 }, [0, 0, 0, 1]],
    ["where and a negative beta", [0, 9, 0], { where: [1, 0, 1], beta: -1 }, [0.5, 0, 0.5]],
    [
      "a bias of -Infinity forbids with a negative beta",
      [1, 1, 7],
      { beta: -1, logitBias: { 0: -Infinity, 2: -6 } },
      [0, 0.5, 0.5],
    ],
    ["a bias of -Infinity forbids a NaN", [1, NaN, 1], { logitBias: { 1: -Infinity } }, [0.5, 0, 0.5]],
    [
      "what is masked stays so with a bias of -Infinity and a negative beta",
      [0, 9, 0],
      { where: [1, 0, 1], beta: -1, logitBias: { 1: -Infinity } },
      [0.5, 0, 0.5],
    ],
    ["where over NaN", [0, NaN, 0], { where: [1, 0, 1], topK: 2 }, [0.5, 0, 0.5]],
    ["logitBias as an object", P, { logitBias: { "1": -Infinity, 3: Math.log(2) } }, [1 / 9, 0, 2 / 9, 6 / 9]],
    ["logitBias as a Map", P, { logitBias: new Map([[0, Math.log(3)]]) }, [0.25, 1 / 3, 1 / 6, 0.25]],
    [
      "logitBias, one class twice, as a dense one has it once",
      P,
      { logitBias: [0, 0, 0, -Infinity] },
      [1 / 7, 4 / 7, 2 / 7, 0],
    ],
    ["an empty logitBias", P, { logitBias: {} }, [0.1, 0.4, 0.2, 0.3]],
    ["logitBias comes before temperature", [0, 0], { logitBias: [0, 1], beta: Math.log(3) }, [0.25, 0.75]],
    [
      "repetitionPenalty divides what is positive",
      [Math.log(4), 0],
      { repetitionPenalty: 2, history: [0] },
      [2 / 3, 1 / 3],
    ],
    ["… and multiplies what is not", [-Math.log(2), 0], { repetitionPenalty: 2, history: [0] }, [0.2, 0.8]],
    [
      "repetitionPenalty counts a class once",
      [Math.log(4), 0],
      { repetitionPenalty: 2, history: [0, 0, 0] },
      [2 / 3, 1 / 3],
    ],
    ["repetitionPenalty below 1 favours", [Math.log(2), 0], { repetitionPenalty: 0.5, history: [0] }, [0.8, 0.2]],
    ["frequencyPenalty for each time", [0, 0], { frequencyPenalty: Math.log(2), history: [0, 0] }, [0.2, 0.8]],
    ["presencePenalty once", [0, 0], { presencePenalty: Math.log(2), history: [0, 0] }, [1 / 3, 2 / 3]],
    [
      "penalties after the bias, repetition first",
      [0, 0],
      { logitBias: [Math.log(16), 0], repetitionPenalty: 2, frequencyPenalty: Math.log(2), history: [0] },
      [2 / 3, 1 / 3],
    ],
    ["history without a penalty does nothing", P, { history: [1, 1] }, [0.1, 0.4, 0.2, 0.3]],
    [
      "a penalty that does nothing needs no history",
      P,
      { repetitionPenalty: 1, presencePenalty: 0 },
      [0.1, 0.4, 0.2, 0.3],
    ],
    ["an empty history", P, { presencePenalty: 1, history: [] }, [0.1, 0.4, 0.2, 0.3]],
    ["a row with NaN is NaN", [1, NaN], { topK: 1 }, [NaN, NaN]],
    ["a row with +Infinity is NaN", [1, Infinity], { topP: 0.5 }, [NaN, NaN]],
    ["a row of -Infinity alone is NaN", [-Infinity, -Infinity], { minP: 0.5 }, [NaN, NaN]],
    ["a row all masked is 0", [1, 2], { where: [0, 0], topK: 1 }, [0, 0]],
    ["one class", [7], { topK: 1, topP: 0.1, minP: 1 }, [1]],
    ["ties beside larger ones", [3, 1, 1], { topK: 2 }, [1 / (1 + Math.exp(-2)), 1 / (1 + Math.exp(2)), 0]],
    ["no option on ties", TIED, {}, [third, third, third, third / Math.E]],
  ];

  it.each(cases)("%s", (_, logits, options, expected) => {
    const given = [...logits];
    if (expected.some(Number.isNaN)) {
      expect(logitsToProbs(logits, options)).toEqual(expected);
      expect([...logitsToProbs(Float32Array.from(logits), options)]).toEqual(expected);
      return;
    }
    expectClose(logitsToProbs(logits, options), expected);
    expectClose(logitsToProbs(Float32Array.from(logits), options), expected, 3e-7);
    expect(logits).toEqual(given);
  });

  it("long rows: topP 0, with ties, is the first of them", () => {
    for (const length of [255, 256, 257, 1000, 5000]) {
      const p = logitsToProbs(new Float32Array(length), { topP: 0 });
      expect([p[0], p.reduce((sum, v) => sum + v, 0)]).toEqual([1, 1]);
    }
  });

  it("each row has its own history, along any axis", () => {
    const options = { presencePenalty: Math.log(2), history: [[0], [1, 1], []] };
    const rows = [
      [1 / 3, 2 / 3],
      [2 / 3, 1 / 3],
      [0.5, 0.5],
    ];
    const last = logitsToProbs(new Float64Array(6), { shape: [3, 2], ...options });
    expectClose(last, rows.flat());
    const first = logitsToProbs(new Float64Array(6), { shape: [2, 3], axis: 0, ...options });
    expectClose(
      first,
      [0, 1].flatMap((c) => rows.map((row) => row[c]!)),
    );
  });

  it("a bias may be one axis' worth, as many as the logits, or broadcast", () => {
    const shape = [2, 2];
    const x = new Float64Array(4);
    const b = Math.log(3);
    const same = (logitBias: LogitBias): Float64Array => logitsToProbs(x, { shape, logitBias });
    expectClose(same([0, b]), [0.25, 0.75, 0.25, 0.75]);
    expectClose(same(Float32Array.of(0, b)), [0.25, 0.75, 0.25, 0.75], 1e-7);
    expectClose(same([0, b, b, 0]), [0.25, 0.75, 0.75, 0.25]);
    expectClose(
      same([
        [0, b],
        [b, 0],
      ]),
      [0.25, 0.75, 0.75, 0.25],
    );
    expectClose(same({ data: Float64Array.of(b, 0), shape: [2, 1] }), [0.5, 0.5, 0.5, 0.5]);
    expectClose(logitsToProbs(x, { shape, axis: 0, logitBias: [0, b] }), [0.25, 0.25, 0.75, 0.75]);
    expectClose(
      logitsToProbs(x, {
        shape,
        axis: 0,
        logitBias: [
          [0, b],
          [b, 0],
        ],
      }),
      [0.25, 0.75, 0.75, 0.25],
    );
  });

  it("edited logits are rounded to the logits' dtype", () => {
    // 2^24 and 1 more are one float32.
    const options = { logitBias: { 0: 1 }, temperature: 0 };
    expect([...logitsToProbs(Float32Array.of(2 ** 24, 2 ** 24), options)]).toEqual([0.5, 0.5]);
    expect([...logitsToProbs(Float64Array.of(2 ** 24, 2 ** 24), options)]).toEqual([1, 0]);
  });

  it("is what the filters say, one after the other, for any row", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 1, maxLength: 40 }),
        fc.record({ topK: fc.integer({ min: 1, max: 45 }), minP: fc.double({ min: 0, max: 1, noNaN: true }) }),
        (logits, { topK, minP }) => {
          const p = logitsToProbs(logits, { topK, minP });
          const softmax = logitsToProbs(logits);
          const kept = p.map((v) => v > 0);
          // All that were kept are more probable than all that were not, and there are at most topK of them.
          const least = Math.min(...softmax.filter((_, i) => kept[i]));
          const most = Math.max(0, ...softmax.filter((_, i) => !kept[i]));
          expect(least).toBeGreaterThanOrEqual(most);
          expect(kept.filter(Boolean).length).toBeLessThanOrEqual(Math.max(1, topK));
          expect(least).toBeGreaterThanOrEqual(minP * Math.max(...softmax) * (1 - 1e-12));
          expect(Math.abs(p.reduce((sum, v) => sum + v, 0) - 1)).toBeLessThan(1e-12);
        },
      ),
    );
  });
});

describeBoth("draws", () => {
  it("numSamples 0 gives empty results of the right shape", () => {
    expect(
      sample(
        [
          [1, 2],
          [3, 4],
        ],
        { numSamples: 0 },
      ),
    ).toEqual([[], []]);
    expect(sample(new Float32Array(4), { shape: [2, 2], numSamples: 0 })).toEqual(new Int32Array(0));
    const tensor = { data: new Float32Array(4), shape: [2, 2] };
    expect(sample(tensor, { numSamples: 0 })).toEqual({ data: new Int32Array(0), shape: [2, 0] });
    expect(sampleWithLogProbs([NaN], { numSamples: 0 })).toEqual({ samples: [], logProbs: [], rawLogProbs: [] });
  });

  it("an empty batch gives empty results of the right shape", () => {
    expect(sample(new Float32Array(0), { shape: [0, 5] })).toEqual(new Int32Array(0));
    expect(sample({ data: new Float64Array(0), dims: [0, 5] }, { numSamples: 3 })).toEqual({
      data: new Int32Array(0),
      dims: [0, 3],
    });
    expect(logitsToProbs(new Float32Array(0), { shape: [0, 5] })).toEqual(new Float32Array(0));
    expect(logitsToProbs(new Float32Array(0), { shape: [3, 0] })).toEqual(new Float32Array(0));
    const { logProbs, rawLogProbs } = sampleWithLogProbs(new Float64Array(0), { shape: [0, 5], history: [], topK: 2 });
    expect([logProbs, rawLogProbs]).toEqual([new Float64Array(0), new Float64Array(0)]);
  });

  it("a number picks the first class up to which the probabilities exceed it", () => {
    const p = [0.25, 0, 0.5, 0.25];
    const edges = [0, 0.25 - 2 ** -54, 0.25, 0.75 - 2 ** -53, 0.75, 1 - 2 ** -53];
    let call = 0;
    const drawn = sample(p.map(Math.log), { numSamples: edges.length, rng: () => edges[call++]! });
    expect(drawn).toEqual([0, 0, 2, 2, 3, 3]);
  });

  it("never draws a class of probability 0, whatever the number", () => {
    const logits = Float32Array.from({ length: 1000 }, (_, i) => (i % 10 === 5 ? 0 : -Infinity));
    const extremes = [0, Number.MIN_VALUE, 0.5, 1 - 2 ** -53];
    let call = 0;
    for (const token of sample(logits, { numSamples: 4, rng: () => extremes[call++]! })) expect(token % 10).toBe(5);
  });

  it("without replacement draws each class once, in the order of what is left", () => {
    const logits = logitsOf(0.5, 0.25, 0.25);
    const numbers = [0.6, 0.7, 0.99];
    let call = 0;
    // 0.6 of (0.5, 0.25, 0.25) is class 1; 0.7 of (0.5, 0.25), which are 2/3 and 1/3, class 2; then there is class 0.
    const drawn = sample(logits, { numSamples: 3, replacement: false, rng: () => numbers[call++]! });
    expect(drawn).toEqual([1, 2, 0]);
    const all = sample(new Float32Array(100), { numSamples: 100, replacement: false, seed: 3 });
    expect([...all].sort((a, b) => a - b)).toEqual(Array.from(all.keys()));
  });

  it("log-probabilities are those of the final distribution and of softmax of what was given", () => {
    const options = { topK: 2, temperature: 0.5, logitBias: { 0: 5 }, numSamples: 20, seed: 1 };
    const final = logitsToProbs(P, { topK: 2, temperature: 0.5, logitBias: { 0: 5 } });
    const raw = logitsToProbs(P);
    for (const replacement of [true, false]) {
      const count = replacement ? 20 : 2;
      const drawn = sampleWithLogProbs(P, { ...options, replacement, numSamples: count });
      expectClose(
        drawn.logProbs,
        drawn.samples.map((token) => Math.log(final[token]!)),
        1e-12,
      );
      expectClose(
        drawn.rawLogProbs,
        drawn.samples.map((token) => Math.log(raw[token]!)),
        1e-12,
      );
    }
  });

  it("raw log-probabilities leave out what is masked, with a negative beta too", () => {
    const options = { where: [1, 0, 1, 1], topK: 1, seed: 1 };
    expectClose(sampleWithLogProbs(P, options).rawLogProbs, [Math.log(0.5)]);
    expectClose(sampleWithLogProbs(P, { ...options, beta: -1 }).rawLogProbs, [Math.log(1 / 6)]);
  });

  it("temperature 0 draws the first and the last of the maxima", () => {
    const draw = (u: number): number => sample([3, 1, 3], { temperature: 0, rng: () => u })[0]!;
    expect([draw(0), draw(0.49), draw(0.5), draw(0.99)]).toEqual([0, 0, 2, 2]);
  });

  it("a row's draws are the same in any batch, along any axis", () => {
    const rows = 30;
    const classes = 50;
    const x = Float32Array.from({ length: rows * classes }, (_, i) => ((i * 7919) % 101) / 20);
    const options = { seed: 9, step: 4, numSamples: 3, topK: 20, topP: 0.9 };
    const whole = sample(x, { shape: [rows, classes], ...options });
    const part = sample(x.subarray(0, 7 * classes), { shape: [7, classes], ...options });
    expect(part).toEqual(whole.slice(0, 21));
    const turned = new Float32Array(rows * classes);
    x.forEach((v, i) => {
      turned[(i % classes) * rows + Math.floor(i / classes)] = v;
    });
    expect(sample(turned, { shape: [classes, rows], axis: 0, ...options })).toEqual(whole);
  });

  it("many draws a row and large batches pass in parts", () => {
    const many = sample([0, 0], { numSamples: 50_000, seed: 2 });
    expect(sample([0, 0], { numSamples: 10, seed: 2 })).toEqual(many.slice(0, 10));
    const x = new Float32Array(40_000 * 10);
    const batch = sample(x, { shape: [40_000, 10], seed: 2, numSamples: 3 });
    expect(batch.slice(0, 30)).toEqual(sample(x.subarray(0, 100), { shape: [10, 10], seed: 2, numSamples: 3 }));
    expect(batch.every((token) => token >= 0 && token < 10)).toBe(true);
  });
});

describe("seeds", () => {
  it("one seed and step give the same draws, another step gives others", () => {
    const x = new Float32Array(1000);
    const at = (step: number): Int32Array => sample(x, { seed: 1, step, numSamples: 20 });
    expect(at(0)).toEqual(sample(x, { seed: 1n, numSamples: 20 }));
    expect(at(1)).not.toEqual(at(0));
  });

  it("without a seed, draws differ", () => {
    const x = new Float32Array(1000);
    expect(sample(x, { numSamples: 20 })).not.toEqual(sample(x, { numSamples: 20 }));
  });
});
