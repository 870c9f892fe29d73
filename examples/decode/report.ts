import { count, percent, table } from "../table.js";
import { type Figures, PROMPT } from "./run.js";

/** How much of a setting's first text is shown. */
const SHOWN = 220;

export function report(figures: Figures): string {
  const { heldOutPerplexity, trainingLength, characters, generated } = figures;
  const samples = generated.map(({ name, texts }) => `--- ${name}\n${PROMPT}${texts[0]?.slice(0, SHOWN)}`);
  const rows = generated.map(({ name, meanLogProb, perplexity, distinct }) => [
    name,
    meanLogProb.toFixed(3),
    perplexity.toFixed(2),
    percent(distinct),
  ]);
  return [
    `${count(trainingLength)} characters of ${characters} kinds; perplexity of an unseen chapter ${heldOutPerplexity.toFixed(2)}`,
    ...samples,
    table([["setting", "mean log-probability", "perplexity", "distinct 6-grams"], ...rows]),
  ].join("\n\n");
}
