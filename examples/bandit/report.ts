import { percent, table } from "../table.js";
import { type Figures, mean } from "./run.js";

/** The last steps, which a strategy's end is judged by: a tenth of all. */
export function lastSteps(steps: number): number {
  return Math.max(1, Math.round(steps / 10));
}

export function report({ steps, best, curves }: Figures): string {
  const last = lastSteps(steps);
  const rows = curves.map(({ name, rewards, optimal }) => [
    name,
    mean(rewards).toFixed(3),
    mean(rewards, steps - last).toFixed(3),
    percent(mean(optimal, steps - last)),
  ]);
  return [
    table([["strategy", `mean reward, ${steps} steps`, `last ${last}`, `best arm, last ${last}`], ...rows]),
    `always the best arm: ${best.toFixed(3)}`,
  ].join("\n\n");
}
