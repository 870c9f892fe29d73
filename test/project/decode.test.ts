import { logitsToProbs, Sampler } from "softmax-simd/sampling";
import { describe, expect, it } from "vitest";
import { generate } from "../../examples/decode/generate.js";
import { CharacterModel } from "../../examples/decode/model.js";
import { report } from "../../examples/decode/report.js";
import { distinctRate, type Figures, PROMPT, run, SETTINGS } from "../../examples/decode/run.js";
import { loadCorpus } from "../../examples/decode/text.js";
import { chiSquareTest } from "../support/chi-square.js";

const { training, heldOut, characters } = loadCorpus();
const model = new CharacterModel(training, characters, 5);

describe("decode example, the model", () => {
  it("is Witten and Bell's interpolation", () => {
    const small = new CharacterModel("abab", ["a", "b"], 2);
    // After nothing (2 + 2/2) / (4 + 2); after "a", which only "b" followed, twice: (2 + 1/2) / (2 + 1).
    const [, b] = small.logits("");
    const [a, bAfterA] = small.logits("ba");
    expect(Math.exp(b as number)).toBeCloseTo(1 / 2, 14);
    expect(Math.exp(a as number)).toBeCloseTo(1 / 6, 14);
    expect(Math.exp(bAfterA as number)).toBeCloseTo(5 / 6, 14);
    expect(small.meanLogProb("ba", "a")).toBeCloseTo((Math.log(5 / 6) + Math.log((1 + 1 / 2) / 2)) / 2, 14);
  });

  it.each(["", "the wh", "zzzz", PROMPT])("gives a distribution in which nothing is impossible, after %j", (text) => {
    const probabilities = model.logits(text).map(Math.exp);
    expect(probabilities).toHaveLength(characters.length);
    expect(Math.min(...probabilities)).toBeGreaterThan(0);
    expect(probabilities.reduce((sum, p) => sum + p)).toBeCloseTo(1, 12);
  });

  it("finds an unseen chapter less surprising than letter frequencies do", () => {
    const perplexity = (order: number): number =>
      Math.exp(-new CharacterModel(training, characters, order).meanLogProb(heldOut));
    expect(perplexity(1)).toBeGreaterThan(15);
    expect(perplexity(5)).toBeLessThan(8);
    expect(heldOut).toContain("CHAPTER 6");
    expect(training).not.toContain("CHAPTER 6");
  });

  it("knows no other characters", () => {
    expect(() => model.logits("whale") && model.encode("wh€")).toThrow(
      new RangeError("got the character €, expected one of the model's"),
    );
  });
});

describe("decode example, its texts", () => {
  it("are the most probable characters at temperature 0, whatever the seed, and end in a circle", () => {
    const [one, other] = [1, 2].map((seed) => generate(model, PROMPT, 600, { temperature: 0, seed })) as [
      string,
      string,
    ];
    expect(other).toBe(one);
    follow(one, (logits, index) => logits[index] === Math.max(...logits));
    expect(distinctRate(one, 6)).toBeLessThan(0.2);
    const period = one.length - 100 - one.lastIndexOf(one.slice(-100), one.length - 101);
    expect(one.slice(-2 * period)).toBe(one.slice(-period).repeat(2));
  });

  it("are functions of the seed at other temperatures", () => {
    expect(generate(model, PROMPT, 100, { seed: 7 })).toBe(generate(model, PROMPT, 100, { seed: 7 }));
    expect(generate(model, PROMPT, 100, { seed: 8 })).not.toBe(generate(model, PROMPT, 100, { seed: 7 }));
  });

  it("keep to the five most probable characters under top-k 5", () => {
    follow(generate(model, PROMPT, 1000, { topK: 5, seed: 1 }), (logits, index) => {
      return logits.filter((logit) => logit > (logits[index] as number)).length < 5;
    });
  });

  it("keep to the smallest set of mass 0.8 under top-p 0.8", () => {
    follow(generate(model, PROMPT, 1000, { topP: 0.8, seed: 1 }), (logits, index) => {
      const above = logits.filter((logit) => logit > (logits[index] as number));
      return above.reduce((sum, logit) => sum + Math.exp(logit), 0) < 0.8;
    });
  });

  it("keep to what is at least a tenth as probable as the most probable under min-p 0.1, temperature counted", () => {
    for (const temperature of [1, 1.5]) {
      follow(generate(model, PROMPT, 1000, { temperature, minP: 0.1, seed: 1 }), (logits, index) => {
        const ratio = Math.exp(((logits[index] as number) - Math.max(...logits)) / temperature);
        return ratio >= 0.1 * (1 - 1e-12);
      });
    }
  });

  it("leave that out without a filter", () => {
    const text = generate(model, PROMPT, 1000, { seed: 1 });
    expect(() =>
      follow(text, (logits, index) => (logits[index] as number) > Math.max(...logits) + Math.log(0.1)),
    ).toThrow();
  });

  it("pay for each time that a character has stood there, under a frequency penalty", () => {
    const text = generate(model, PROMPT, 400, { temperature: 0, frequencyPenalty: 0.02 });
    follow(text, (logits, index, counts) => {
      const penalised = logits.map((logit, i) => logit - 0.02 * (counts.get(i) ?? 0));
      return (penalised[index] as number) >= Math.max(...penalised) - 1e-12;
    });
    expect(distinctRate(text, 6)).toBeGreaterThan(distinctRate(generate(model, PROMPT, 400, { temperature: 0 }), 6));
  });

  it("pay once for characters that have stood there, under a repetition penalty", () => {
    const text = generate(model, PROMPT, 400, { temperature: 0, repetitionPenalty: 1.3 });
    follow(text, (logits, index, counts) => {
      const penalised = logits.map((logit, i) => (counts.has(i) ? logit * 1.3 : logit));
      return (penalised[index] as number) >= Math.max(...penalised) - 1e-12;
    });
  });

  it.each(SETTINGS)("are drawn from the distribution that logitsToProbs shows: $name", ({ options }) => {
    const logits = model.logits("on the wh");
    const history = model.encode(PROMPT);
    const probabilities = logitsToProbs(logits, { ...options, history });
    const sampler = new Sampler(characters.length, { ...options, history, seed: 3 });
    const counts = new Int32Array(characters.length);
    for (let i = 0; i < 5000; i++) counts[sampler.next(logits)]!++;
    sampler.free();
    expect(chiSquareTest(counts, probabilities)).toBeGreaterThan(1e-6);
  });

  /** Every character of a continuation holds, given the logits before it and how often each has stood there. */
  function follow(
    text: string,
    holds: (logits: Float64Array, index: number, counts: Map<number, number>) => boolean,
  ): void {
    const counts = new Map<number, number>();
    const count = (index: number): unknown => counts.set(index, (counts.get(index) ?? 0) + 1);
    model.encode(PROMPT).forEach(count);
    model.encode(text).forEach((index, i) => {
      const before = PROMPT + text.slice(0, i);
      expect(holds(model.logits(before), index, counts), `${before.slice(-20)}|${characters[index]}`).toBe(true);
      count(index);
    });
  }
});

describe("decode example, its figures", () => {
  const figures = run({ texts: 5, length: 300 });

  it("is the more surprising, and the more various, the higher the temperature", () => {
    const temperatures = [0, 1, 2, 3].map((i) => figures.generated[i] as Figures["generated"][number]);
    const [perplexities, rates] = [temperatures.map((g) => g.perplexity), temperatures.map((g) => g.distinct)];
    expect(perplexities).toEqual([...perplexities].sort((a, b) => a - b));
    expect(rates).toEqual([...rates].sort((a, b) => a - b));
    for (const { meanLogProb, perplexity } of figures.generated) {
      expect(perplexity).toBeCloseTo(Math.exp(-meanLogProb), 12);
    }
  });

  it("is less surprising under every filter than without", () => {
    const plain = of("temperature 1").perplexity;
    for (const name of ["top-k 5", "top-p 0.8", "min-p 0.1"]) expect(of(name).perplexity).toBeLessThan(plain);
    expect(of("temperature 1.5, min-p 0.1").perplexity).toBeLessThan(of("temperature 1.5").perplexity);
  });

  it("counts sequences", () => {
    expect(distinctRate("ababab", 2)).toBe(2 / 5);
    expect(distinctRate("abcdef", 6)).toBe(1);
  });

  it("prints a text and a line for each setting", () => {
    const parts = report(figures).split("\n\n");
    expect(parts[0]).toContain(`${training.length.toLocaleString("en")} characters of ${characters.length} kinds`);
    const lines = parts.at(-1)?.split("\n") ?? [];
    expect(lines.slice(1).map((line) => line.split(/ {2,}/)[0])).toEqual(SETTINGS.map(({ name }) => name));
    for (const { name } of SETTINGS) expect(parts.some((part) => part.startsWith(`--- ${name}\n${PROMPT}`))).toBe(true);
  });

  function of(name: string): Figures["generated"][number] {
    const found = figures.generated.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`no setting ${name}`);
    return found;
  }
});
