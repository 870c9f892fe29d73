import { expect, it } from "vitest";
import { logitsToProbs, sample, sampleWithLogProbs } from "../src/sampling.js";
import { describeBoth } from "./support/sampling.js";

describeBoth("callbacks", () => {
  it("rng is called once a draw, row by row", () => {
    for (const [rows, numSamples] of [
      [1, 1],
      [3, 4],
      [7, 0],
      [0, 5],
    ] as const) {
      let calls = 0;
      const rng = (): number => (calls++ % 10) / 10;
      const tokens = sample(new Float32Array(rows * 10), { shape: [rows, 10], numSamples, rng });
      expect(calls).toBe(rows * numSamples);
      expect([...tokens]).toEqual(Array.from({ length: rows * numSamples }, (_, i) => i % 10));
      sampleWithLogProbs(new Float32Array(rows * 10), { shape: [rows, 10], numSamples, rng, replacement: true });
      expect(calls).toBe(2 * rows * numSamples);
    }
  });

  it("what rng throws is passed on, and the next call works", () => {
    const error = new Error("no more");
    const rng = (): number => {
      throw error;
    };
    expect(() => sample([1, 2], { rng })).toThrow(error);
    expect(sample([1, 2], { topK: 1 })).toEqual([1]);
  });

  it("rng may sample itself", () => {
    const inner = (): number => sample(new Float32Array(10), { seed: 1, numSamples: 3 }).length / 4;
    expect(sample([0, 0, 0, 0], { numSamples: 2, rng: inner })).toEqual([3, 3]);
  });

  it("rng that takes the logits' memory away is an error", () => {
    const x = new Float32Array(8);
    const rng = (): number => {
      structuredClone(x.buffer, { transfer: [x.buffer] });
      return 0;
    };
    expect(() => sample(x, { rng })).toThrow(TypeError);
    expect(sample([1, 2], { topK: 1 })).toEqual([1]);
  });

  it("rng is not called for arguments that are wrong", () => {
    let calls = 0;
    const rng = (): number => {
      calls++;
      return 0;
    };
    expect(() => sample([1, 2], { rng, topK: 0 })).toThrow(RangeError);
    expect(() => sample([1, 2], { rng, history: [5] })).toThrow(RangeError);
    expect(() => sample([1, 2], { rng, replacement: false, numSamples: 3 })).toThrow(RangeError);
    expect(calls).toBe(0);
  });

  it("rng is called without a receiver or arguments", () => {
    let seen: unknown[] = [];
    sample([1, 2], {
      rng: function (this: unknown, ...given: unknown[]) {
        seen = [this, ...given];
        return 0;
      },
    });
    expect(seen).toEqual([undefined]);
  });

  it("reads every option once", () => {
    const options = {
      shape: [2, 2],
      axis: -1,
      where: [1, 1, 1, 1],
      temperature: 1,
      topK: 2,
      topP: 1,
      minP: 0,
      logitBias: { 0: 1 },
      repetitionPenalty: 2,
      frequencyPenalty: 1,
      presencePenalty: 1,
      history: [[0], [1]],
    };
    const draws = { ...options, numSamples: 2, replacement: true, seed: 1, step: 2 };
    const reads = new Map<string, number>();
    const counting = <T extends object>(given: T): T =>
      new Proxy(given, {
        get(target, name) {
          reads.set(String(name), (reads.get(String(name)) ?? 0) + 1);
          return Reflect.get(target, name);
        },
      });
    sample(new Float32Array(4), counting(draws));
    for (const name of Object.keys(draws)) expect([name, reads.get(name)]).toEqual([name, 1]);
    reads.clear();
    logitsToProbs(new Float32Array(4), counting(options));
    for (const name of Object.keys(options)) expect([name, reads.get(name)]).toEqual([name, 1]);
  });

  it("getters of a bias or a history may sample themselves", () => {
    const again = (): number => sample([0, 1], { topK: 1 })[0]!;
    const logitBias = {
      get 1() {
        return again() * 100;
      },
    };
    expect(sample([0, 0, 0], { logitBias })).toEqual([1]);
    const history = new Proxy([0], {
      get(target, name) {
        again();
        return Reflect.get(target, name);
      },
    });
    expect(sample([1, 1], { presencePenalty: 1000, history })).toEqual([1]);
  });
});
