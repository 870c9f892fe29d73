import type { Contender } from "./contender.js";
import { memoryFill } from "./fill.js";
import { javascript, pairwise } from "./javascript.js";
import { modules } from "./modules.js";
import { subject, variants } from "./ours.js";
import { compared, pool } from "./pool.js";
import { ortNative, ortNativeThreads, ortWeb, ortWebThreads } from "./rivals/onnxruntime.js";
import { tensorflow, tensorflowThreads } from "./rivals/tensorflow.js";

const onnxruntimes = [ortWeb, ortNative];

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

/** What has several threads, and what has one beside it. TensorFlow.js has several in pages alone. */
const inProcesses = [tensorflow, ortWeb, ortWebThreads, ortNative, ortNativeThreads];
const inPages = [tensorflow, tensorflowThreads, ortWeb, ortWebThreads];

export function threaded(engine: string): readonly Contender[] {
  const rivals = engine === "chromium" ? inPages : inProcesses;
  return [subject, pool, ...rivals.map(compared)];
}

export function find(name: string): Contender {
  const found = [...withRivals, ...computed, pool, ...inProcesses, ...inPages].find(
    (contender) => contender.name === name,
  );
  if (!found) throw new Error(`no contender "${name}"`);
  return found;
}
