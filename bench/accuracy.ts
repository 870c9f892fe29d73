// Usage: npm run bench:accuracy: the errors of both modules of the package beside those of the rivals, against float64
// with compensated sums over the same float32 logits. Prints a table and keeps it in bench/results.

import { install, versionsIn } from "../test/support/rooms.js";
import { bundleWorker } from "./bundle.js";
import { computed } from "./contenders.js";
import { SEED } from "./data.js";
import { ownEngine } from "./engine.js";
import type { Errors, ErrorTask } from "./errors.js";
import { describeMachine, machine } from "./machine.js";
import { keepJson, write } from "./results.js";
import { aligned, markdown, type Rows } from "./table.js";

type Measured = ErrorTask & Errors;

const REACHES = [10, 80];
const CLASSES = [10, 1000, 50257, 2 ** 20];

/** As many rows as make about this many probabilities. */
const ELEMENTS = 2 ** 20;

install("bench/rivals");
await bundleWorker();
const here = machine();
const engine = ownEngine();
const results: Measured[] = [];
for (const { name, flags = [] } of computed) results.push(...(await measure(name, flags)));
const heading = [
  `softmax-simd ${here.versions["softmax-simd"]}: relative errors (max, mean) and the most that a row's sum is off 1`,
  `float32, uniform logits, about 2^20 probabilities a line; those below 2^-126 are left out`,
  describeMachine(here, `node ${process.versions.node}`),
];
console.log(`${heading.join("\n")}\n\n${aligned(rows())}`);
const versions = { ...here.versions, ...versionsIn("bench/rivals") };
keepJson(`accuracy-${engine.name}`, {
  ...here,
  versions,
  runtime: `node ${process.versions.node}`,
  seed: SEED,
  results,
});
write(`accuracy-${engine.name}.md`, `${heading.join("  \n")}\n\n${markdown(rows())}\n`);

/** In a process that lasts no longer. */
async function measure(contender: string, flags: readonly string[]): Promise<Measured[]> {
  const worker = await engine.start(flags.filter((flag) => engine.takesFlags([flag])));
  try {
    const found: Measured[] = [];
    for (const task of tasks(contender)) found.push({ ...task, ...(await worker.ask("errors", task)) });
    return found;
  } finally {
    await worker.stop();
  }
}

function tasks(contender: string): ErrorTask[] {
  return REACHES.flatMap((reach) =>
    CLASSES.map((columns) => ({ contender, rows: Math.floor(ELEMENTS / columns), columns, reach })),
  );
}

function rows(): Rows {
  const lines = REACHES.flatMap((reach) => CLASSES.map((columns) => ({ reach, columns })));
  const cell = (name: string, { reach, columns }: { reach: number; columns: number }): string => {
    const found = results.find((one) => one.contender === name && one.reach === reach && one.columns === columns);
    return found ? [found.max, found.mean, found.sum].map((error) => error.toExponential(1)).join(" ") : "-";
  };
  return [
    ["logits, classes", ...computed.map(({ name }) => name)],
    ...lines.map((line) => [`±${line.reach}, ${line.columns}`, ...computed.map(({ name }) => cell(name, line))]),
  ];
}
