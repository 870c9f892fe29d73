import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { CEILING_BYTES } from "../src/memory.js";
import { engine } from "../src/sampling/engine.js";
import { logitsToProbs, Sampler, type SamplerOptions, sample } from "../src/sampling.js";
import { describeBoth } from "./support/sampling.js";

afterEach(() => void vi.restoreAllMocks());

const SIZE = 100;
const logitsAt = (step: number): Float32Array =>
  Float32Array.from({ length: SIZE }, (_, i) => ((i * 31 + step * 17) % 23) / 4);

const OPTIONS: [name: string, options: SamplerOptions][] = [
  ["no filter", {}],
  ["topK", { topK: 5 }],
  ["topP and minP", { topP: 0.9, minP: 0.05, temperature: 0.7 }],
  ["where", { where: Uint8Array.from({ length: SIZE }, (_, i) => Number(i % 3 > 0)) }],
  ["where and a negative beta", { where: Uint8Array.from({ length: SIZE }, (_, i) => i % 2), beta: -2 }],
  ["a sparse bias", { logitBias: { 3: 5, 7: -Infinity } }],
  ["a dense bias", { logitBias: Float32Array.from({ length: SIZE }, (_, i) => i / 10), topK: 20 }],
  ["temperature 0", { temperature: 0 }],
  ["temperature Infinity", { temperature: Infinity, topK: 30 }],
];

describeBoth("Sampler", () => {
  it.each(OPTIONS)("draws what sample draws at each step: %s", (_, options) => {
    const sampler = new Sampler(SIZE, { ...options, seed: 11 });
    for (let step = 0; step < 20; step++) {
      const logits = logitsAt(step);
      for (const x of [logits, Float64Array.from(logits), Array.from(logits)]) {
        const once = new Sampler(SIZE, { ...options, seed: 11, step });
        expect(once.next(x)).toBe(sample(x as Float32Array, { ...options, seed: 11, step })[0]);
        once.free();
      }
      expect(sampler.step).toBe(step);
      expect(sampler.next(logits)).toBe(sample(logits, { ...options, seed: 11, step })[0]);
      expect(logits).toEqual(logitsAt(step));
    }
    expect(sampler.step).toBe(20);
    sampler.free();
  });

  it("goes by a history of the prompt and of what was accepted", () => {
    const options = { repetitionPenalty: 1.5, frequencyPenalty: 0.5, presencePenalty: 0.2, seed: 5n, topK: 10 };
    const history = [1, 2, 2];
    const sampler = new Sampler(SIZE, { ...options, history, step: 3 });
    for (let step = 3; step < 60; step++) {
      const logits = logitsAt(step % 2);
      const token = sampler.next(logits);
      expect(token).toBe(sample(logits, { ...options, history, step })[0]);
      sampler.accept(token);
      history.push(token);
    }
    sampler.free();
  });

  it("accepts without penalties, to no effect", () => {
    const sampler = new Sampler(3, { temperature: 0 });
    sampler.accept(1);
    expect(sampler.next([0, 1, 0])).toBe(1);
    sampler.free();
  });

  it("takes tensors of one position, float16 and mixed kinds", () => {
    const sampler = new Sampler(3, { temperature: 0 });
    expect(sampler.next({ data: Float32Array.of(1, 3, 2), dims: [1, 1, 3] })).toBe(1);
    expect(sampler.next({ data: Uint16Array.of(0, 0, 0x3c00), dims: [1, 3], type: "float16" })).toBe(2);
    expect(sampler.next([[5, 3, 2]])).toBe(0);
    expect(sampler.next(Float64Array.of(1, 3, 2))).toBe(1);
    expect(sampler.next(Float32Array.of(1, 1, 2))).toBe(2);
    sampler.free();
  });

  it("calls rng once a draw; its numbers are validated, and it may draw itself", () => {
    let calls = 0;
    const numbers = [0, 0.5, 0.99];
    const sampler = new Sampler(4, { rng: () => numbers[calls++]! });
    expect([0, 1, 2].map(() => sampler.next([0, 0, 0, 0]))).toEqual([0, 2, 3]);
    expect([calls, sampler.step]).toEqual([3, 3]);
    expect(() => sampler.next([0, 0, 0, 0])).toThrow(/^rng: expected a number from each call, got undefined$/);
    expect(sampler.step).toBe(3);
    sampler.free();
    let depth = 0;
    const nested: Sampler = new Sampler(4, {
      rng: () => {
        if (depth++ > 0) return 0.6;
        return nested.next([0, 0, 0, 0]) / 4;
      },
    });
    expect(nested.next([0, 0, 0, 0])).toBe(2);
    expect(nested.step).toBe(2);
    nested.free();
  });

  it("rng that frees the sampler, or takes the logits away, is an error", () => {
    const freed: Sampler = new Sampler(2, {
      rng: () => {
        freed.free();
        return 0;
      },
    });
    expect(() => freed.next([0, 0])).toThrow(TypeError);
    const x = new Float32Array(2);
    const sampler = new Sampler(2, {
      rng: () => {
        if (x.length > 0) structuredClone(x.buffer, { transfer: [x.buffer] });
        return 0;
      },
    });
    expect(() => sampler.next(x)).toThrow(TypeError);
    expect(sampler.next([0, 0])).toBe(0);
    sampler.free();
  });

  it("another length names both and suggests subarray", () => {
    const sampler = new Sampler(5);
    const wrong = (length: number): unknown => {
      try {
        sampler.next(new Float32Array(length));
        return undefined;
      } catch (error) {
        return error;
      }
    };
    for (const length of [0, 4, 6, 10]) {
      expect(wrong(length)).toBeInstanceOf(RangeError);
      expect((wrong(length) as Error).message).toContain(
        `expected 5 numbers, one for each of the vocabulary, got ${length}`,
      );
    }
    expect((wrong(10) as Error).message).toMatch(/\[1, T, V\].* logits\.subarray\(logits\.length - 5\)$/);
    expect(() => sampler.next([1, 2])).toThrow(RangeError);
    expect(() => sampler.next("abc" as never)).toThrow(TypeError);
    expect(sampler.step).toBe(0);
    sampler.free();
  });

  it("a row that nothing can be drawn from is an error and no draw", () => {
    const sampler = new Sampler(2, { seed: 3 });
    expect(() => sampler.next(Float32Array.of(1, NaN))).toThrow(/row 0, which has NaN$/);
    expect(() => sampler.next(Float64Array.of(1, Infinity))).toThrow(/row 0, which has Infinity$/);
    expect(() => sampler.next([-Infinity, -Infinity])).toThrow(/row 0, which is all -Infinity$/);
    expect(sampler.step).toBe(0);
    expect(sampler.next([0, 0])).toBe(sample([0, 0], { seed: 3 })[0]);
    sampler.free();
    const masked = new Sampler(2, { where: [0, 0] });
    expect(() => masked.next([0, 0])).toThrow(/which is all masked$/);
    masked.free();
  });

  it("checks its options, and a vocabulary of 1 or more", () => {
    const make = (size: unknown, options?: object) => () => new Sampler(size as number, options);
    for (const size of [0, -1, 1.5, NaN])
      expect(make(size)).toThrow(/^vocabularySize: expected an integer of 1 or more/);
    for (const size of ["5", undefined, null]) expect(make(size)).toThrow(TypeError);
    for (const name of ["shape", "axis", "numSamples", "replacement", "out"]) {
      expect(make(3, { [name]: 1 })).toThrow(`unknown option "${name}"`);
    }
    expect(make(3, { top_k: 1 })).toThrow('did you mean "topK"?');
    expect(make(3, { topK: 0 })).toThrow(RangeError);
    expect(make(3, { where: [1, 1] })).toThrow(RangeError);
    expect(make(3, { logitBias: { 3: 1 } })).toThrow(RangeError);
    expect(make(3, { history: [3] })).toThrow(RangeError);
    expect(make(3, { seed: 1, rng: () => 0 })).toThrow(TypeError);
  });

  it("accept takes a token of the vocabulary alone", () => {
    const sampler = new Sampler(3);
    for (const token of [-1, 3, 0.5, NaN]) expect(() => sampler.accept(token)).toThrow(/^token: .*from 0 to 2, got/);
    for (const token of ["1", 1n, undefined]) expect(() => sampler.accept(token as never)).toThrow(TypeError);
    sampler.free();
  });

  it("is of no use once freed; to free it again is no error", () => {
    const sampler = new Sampler(3);
    sampler.free();
    sampler.free();
    expect(() => sampler.next([1, 2, 3])).toThrow(/^next: expected a sampler in use, got one that was freed$/);
    expect(() => sampler.accept(1)).toThrow(/^accept: .*freed$/);
  });

  it("is disposed of", () => {
    const sampler = new Sampler(3);
    const name: symbol = Symbol.dispose ?? Symbol.for("Symbol.dispose");
    (sampler as unknown as Record<symbol, () => void>)[name]!();
    expect(() => sampler.next([1, 2, 3])).toThrow(TypeError);
  });

  it("samplers do not meddle with each other, nor with calls", () => {
    const [a, b] = [new Sampler(SIZE, { seed: 1 }), new Sampler(3, { seed: 2 })];
    for (let step = 0; step < 10; step++) {
      expect(a.next(logitsAt(step))).toBe(sample(logitsAt(step), { seed: 1, step })[0]);
      expect(b.next([1, 2, 3])).toBe(sample([1, 2, 3], { seed: 2, step })[0]);
      logitsToProbs(logitsAt(step), { topK: 3 });
    }
    a.free();
    b.free();
  });
});

describe("Sampler's memory", () => {
  it("is given back when it is freed", () => {
    const free = (): number => {
      // What the budget has left, by asking for more than that.
      let low = 0;
      let high: number = CEILING_BYTES;
      while (high - low > 65536) {
        const middle = (low + high) / 2;
        try {
          engine.budget.take(middle, middle, () => undefined);
          engine.budget.count(-middle);
          low = middle;
        } catch {
          high = middle;
        }
      }
      return low;
    };
    new Sampler(3).free();
    const before = free();
    const sampler = new Sampler(200_000);
    sampler.next(new Float64Array(200_000));
    expect(free()).toBeLessThan(before - 200_000 * 8);
    sampler.free();
    expect(free()).toBe(before);
  });

  it("stays what it is over many tokens", () => {
    const options = { temperature: 0.8, topK: 50, repetitionPenalty: 1.2, seed: 1 };
    const sampler = new Sampler(1000, { ...options, history: [1] });
    const grow = vi.spyOn(engine.budget, "take");
    const logits = new Float32Array(1000).fill(1);
    for (let i = 0; i < 1000; i++) sampler.accept(sampler.next(logits));
    expect(grow).not.toHaveBeenCalled();
    expect(sampler.step).toBe(1000);
    sampler.free();
  });

  it.each([
    ["Float32Array", new Float32Array(1000)],
    ["Float64Array", new Float64Array(1000)],
  ])("of a %s, next allocates nothing", (_, logits) => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const sampler = new Sampler(1000, { topK: 50, topP: 0.9, repetitionPenalty: 1.2, logitBias: { 3: 1 }, seed: 1 });
    const draw = (count: number): void => {
      for (let i = 0; i < count; i++) sampler.accept(sampler.next(logits));
    };
    draw(20_000);
    collect();
    const before = process.memoryUsage().heapUsed;
    draw(20_000);
    // The least object is 12 bytes, a typed array more than 100; what else runs here takes some too.
    expect((process.memoryUsage().heapUsed - before) / 20_000).toBeLessThan(40);
    sampler.free();
  });
});
