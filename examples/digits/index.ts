import { mkdirSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Presets, SingleBar } from "cli-progress";
import { backend } from "softmax-simd";
import { drawChart } from "./chart.js";
import { report } from "./report.js";
import { type Figures, run } from "./run.js";

const CHART = new URL("out/temperature.svg", import.meta.url);

const figures = runWithProgress();
const { backend: served, reason } = backend();
mkdirSync(new URL(".", CHART), { recursive: true });
writeFileSync(CHART, await drawChart(figures));

console.log(`${report(figures)}\n`);
console.log(`backend  ${served} (${reason})`);
console.log(`chart    ${relative(process.cwd(), fileURLToPath(CHART))}`);

/** The bar shows on a terminal only. It leaves signals alone: a handler would wait for the synchronous loop to end. */
function runWithProgress(): Figures {
  const bar = new SingleBar(
    { format: "logits {bar} {percentage} %", gracefulExit: false, linewrap: true },
    Presets.shades_classic,
  );
  const onProgress = (done: number, total: number): void => {
    if (done === 0) bar.start(total, 0);
    bar.update(done);
    if (done === total) bar.stop();
  };
  return run({ onProgress });
}
