// Usage: npm run bench:distance: the largest error of softmax, and of log-softmax at the maximum, over the distance to the
// row's largest logit, for both modules of the package, the rivals and the usual loop. Draws them, in bench/results.

import { install, versionsIn } from "../test/support/rooms.js";
import { bundleWorker } from "./bundle.js";
import type { Case } from "./cases.js";
import { plotted } from "./contenders.js";
import { SEED } from "./data.js";
import { type DistanceReport, drawDistances, type Line } from "./distance-chart.js";
import { BIN, DISTANCE_CASES, type DistanceTask, FARTHEST, LARGEST } from "./distances.js";
import { ownEngine } from "./engine.js";
import { describeMachine, machine } from "./machine.js";
import { keepJson, write } from "./results.js";
import { aligned } from "./table.js";

const OPS = Object.keys(DISTANCE_CASES) as DistanceTask["op"][];

/** The distances, in bins, that are printed. */
const PRINTED = [0, 7, 15, 31, FARTHEST / BIN - 1];

install("bench/rivals");
await bundleWorker();
const engine = ownEngine();
const lines: Line[] = [];
for (const op of OPS) {
  for (const contender of plotted.filter((one) => one.takes(DISTANCE_CASES[op] satisfies Case, "array to array"))) {
    lines.push({ contender: contender.name, op, errors: await measure(contender.name, op, contender.flags) });
  }
}
const here = machine();
const report: DistanceReport = {
  ...here,
  versions: { ...here.versions, ...versionsIn("bench/rivals") },
  command: "npm run bench:distance",
  runtime: `node ${process.versions.node}`,
  seed: SEED,
  largest: LARGEST,
  bin: BIN,
  lines,
};
const heads = PRINTED.map((bin) => `${bin * BIN} to ${(bin + 1) * BIN}`);
const rows = lines.map(({ op, contender, errors }) => [
  `${op}, ${contender}`,
  ...PRINTED.map((bin) => errors[bin]!.toExponential(1)),
]);
console.log(`the largest relative errors by |x - max|, float32; ${describeMachine(here, report.runtime)}\n`);
console.log(aligned([["op, contender", ...heads], ...rows]));
keepJson(`distance-${engine.name}`, report);
console.log(`\n${write(`distance-${engine.name}.svg`, `${await drawDistances(report)}\n`)}`);

/** In a process that lasts no longer, with three digits. */
async function measure(contender: string, op: DistanceTask["op"], flags: readonly string[] = []): Promise<number[]> {
  const worker = await engine.start(flags.filter((flag) => engine.takesFlags([flag])));
  try {
    return (await worker.ask("distances", { contender, op })).map((error) => Number(error.toPrecision(3)));
  } finally {
    await worker.stop();
  }
}
