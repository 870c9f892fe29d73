import { percent, table } from "../table.js";
import type { Draws } from "./run.js";

/** Two lines a temperature: what is to be expected, and what was drawn. */
export function report(all: Draws[]): string {
  const logits = all[0]?.shares.map(({ logit }) => `logit ${logit}`) ?? [];
  const rows = all.flatMap(({ temperature, shares }) => [
    [String(temperature), "probability", ...shares.map(({ probability }) => percent(probability))],
    ["", "drawn", ...shares.map(({ frequency }) => percent(frequency))],
  ]);
  return table([["temperature", "", ...logits], ...rows]);
}
