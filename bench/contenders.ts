import type { Contender } from "./contender.js";
import { memoryFill } from "./fill.js";
import { javascript, pairwise } from "./javascript.js";
import { modules } from "./modules.js";
import { subject, variants } from "./ours.js";
import { onnxruntimes } from "./rivals/onnxruntime.js";
import { tensorflow } from "./rivals/tensorflow.js";

/** What needs nothing but this package. */
export const plain: readonly Contender[] = [subject, ...javascript, memoryFill, ...variants];

/** What needs bench/rivals as well. */
export const withRivals: readonly Contender[] = [
  subject,
  ...javascript,
  tensorflow,
  ...onnxruntimes,
  memoryFill,
  ...variants,
];

/** What the accuracy table compares. */
export const computed: readonly Contender[] = [...modules, tensorflow, ...onnxruntimes, pairwise];

/** What the plot of errors over distances compares: those, and the usual loop. */
export const plotted: readonly Contender[] = [...computed, ...javascript.filter(({ name }) => name === "Math.exp")];

export function find(name: string): Contender {
  const found = [...withRivals, ...computed].find((contender) => contender.name === name);
  if (!found) throw new Error(`no contender "${name}"`);
  return found;
}
