import type { SamplerOptions } from "softmax-simd/sampling";
import { generate } from "./generate.js";
import { CharacterModel } from "./model.js";
import { loadCorpus } from "./text.js";

export interface Setting {
  name: string;
  options: SamplerOptions;
}

export const SETTINGS: readonly Setting[] = [
  { name: "greedy: temperature 0", options: { temperature: 0 } },
  { name: "temperature 0.5", options: { temperature: 0.5 } },
  { name: "temperature 1", options: {} },
  { name: "temperature 1.5", options: { temperature: 1.5 } },
  { name: "top-k 5", options: { topK: 5 } },
  { name: "top-p 0.8", options: { topP: 0.8 } },
  { name: "min-p 0.1", options: { minP: 0.1 } },
  { name: "temperature 1.5, min-p 0.1", options: { temperature: 1.5, minP: 0.1 } },
  { name: "repetition penalty 1.3", options: { repetitionPenalty: 1.3 } },
  { name: "greedy, frequency penalty 0.02", options: { temperature: 0, frequencyPenalty: 0.02 } },
];

export const PROMPT = "Call me Ishmael. ";

/** Under one setting: what the texts look like, and how the model judges them. */
export interface Generated {
  name: string;
  texts: string[];
  /** exp of minus the mean log-probability of a character under the model itself: its choices, on average. */
  perplexity: number;
  meanLogProb: number;
  /** The share of different ones among a text's sequences of six characters. */
  distinct: number;
}

export interface Figures {
  /** Of the chapter that the model has not seen. */
  heldOutPerplexity: number;
  trainingLength: number;
  characters: number;
  generated: Generated[];
}

export interface RunOptions {
  /** Texts for each setting, with seeds from 1 on, and their length. */
  texts?: number;
  length?: number;
  order?: number;
  settings?: readonly Setting[];
}

/** Trains the model, and has it continue the prompt under each setting; prints nothing. */
export function run(options: RunOptions = {}): Figures {
  const { texts = 10, length = 400, order = 5, settings = SETTINGS } = options;
  const { training, heldOut, characters } = loadCorpus();
  const model = new CharacterModel(training, characters, order);
  return {
    heldOutPerplexity: Math.exp(-model.meanLogProb(heldOut)),
    trainingLength: training.length,
    characters: characters.length,
    generated: settings.map((setting) => continuePrompt(model, setting, texts, length)),
  };
}

function continuePrompt(model: CharacterModel, { name, options }: Setting, count: number, length: number): Generated {
  const texts = Array.from({ length: count }, (_, i) => generate(model, PROMPT, length, { ...options, seed: i + 1 }));
  const meanLogProb = average(texts.map((text) => model.meanLogProb(text, PROMPT)));
  const distinct = average(texts.map((text) => distinctRate(text, 6)));
  return { name, texts, meanLogProb, perplexity: Math.exp(-meanLogProb), distinct };
}

/** How many of a text's sequences of `length` characters differ, as a share of them all. */
export function distinctRate(text: string, length: number): number {
  const sequences = Array.from({ length: text.length - length + 1 }, (_, i) => text.slice(i, i + length));
  return new Set(sequences).size / sequences.length;
}

function average(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
