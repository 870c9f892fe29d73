import type { FloatArray } from "../../src/types.js";
import type { Dtype } from "./contract.js";
import type { RowOptions } from "./filters.js";
import { floats } from "./floats.js";
import { random } from "./random.js";

/** Vocabularies small and large, on both sides of vectors and blocks. */
export const VOCABULARIES: readonly number[] = [2, 3, 10, 47, 48, 255, 257, 1000, 32000, 131072];

/** Seeded logits within ±4; every second vocabulary's are of eight values only, so that there are ties. */
export function vocabularyLogits(dtype: Dtype, columns: number): FloatArray {
  const { uniform } = random(columns);
  const ties = VOCABULARIES.indexOf(columns) % 2 === 1;
  const x = floats(dtype, columns);
  for (let i = 0; i < columns; i++) x[i] = ties ? Math.floor(uniform(-4, 4)) : uniform(-4, 4);
  return x;
}

/** Each option alone, at values that fit the vocabulary. */
export function singleOptions(columns: number): RowOptions[] {
  const { topK, where, logitBias, penalties } = parts(columns);
  const { history, repetitionPenalty, frequencyPenalty, presencePenalty } = penalties;
  const last = columns - 1;
  return [
    {},
    { temperature: 0 },
    { temperature: 0.4 },
    { temperature: 2.5 },
    { temperature: Infinity },
    { temperature: -1.5 },
    { beta: -0.5 },
    { beta: -Infinity },
    { base: 2 },
    { topK: 1 },
    { topK },
    { topK: columns + 1 },
    { topP: 0 },
    { topP: 0.37 },
    { topP: 0.943 },
    { topP: 1 },
    { minP: 0.071 },
    { minP: 1 },
    { where },
    { logitBias },
    { logitBias: { [last]: 3, 0: -1 } },
    { logitBias: Array.from({ length: columns }, (_, i) => (i % 5) / 2) },
    { history, repetitionPenalty },
    { history, repetitionPenalty: 0.5 },
    { history, frequencyPenalty },
    { history, presencePenalty },
    { history },
  ];
}

/** Every combination of seven of them. */
export function combinedOptions(columns: number): RowOptions[] {
  const { topK, where, logitBias, penalties } = parts(columns);
  const choices: readonly RowOptions[] = [
    { topK },
    { topP: 0.773 },
    { minP: 0.031 },
    { temperature: 0.7 },
    { logitBias },
    penalties,
    { where },
  ];
  return Array.from({ length: 2 ** choices.length }, (_, bits) =>
    Object.assign({}, ...choices.filter((_, i) => (bits >> i) & 1)),
  );
}

function parts(columns: number) {
  const { integer } = random(columns + 1);
  const last = columns - 1;
  return {
    topK: Math.min(Math.ceil((2 * columns) / 3), 5000),
    where: Array.from({ length: columns }, (_, i) => i % 3 !== 1),
    // Where there are classes enough, one is ruled out.
    logitBias: new Map([[last, 1.5], [last >> 1, -0.75], ...(columns > 2 ? [[1, -Infinity] as const] : [])]),
    penalties: {
      history: Array.from({ length: 30 }, () => integer(columns)),
      repetitionPenalty: 1.3,
      frequencyPenalty: 0.2,
      presencePenalty: 0.4,
    },
  };
}

/** Options as part of a test's name. */
export function describeOptions(options: RowOptions): string {
  const values = Object.entries(options).map(([name, value]) =>
    typeof value === "number" ? `${name} ${value}` : name,
  );
  return values.length === 0 ? "no options" : values.join(", ");
}
