import { mkdirSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Presets, SingleBar } from "cli-progress";
import { backend } from "softmax-simd";
import { drawChart } from "./chart.js";
import { learn } from "./learn.js";
import { drawReliability } from "./reliability-chart.js";
import { progress, report, reportLearned } from "./report.js";
import { type Figures, run } from "./run.js";

const figures = runWithProgress();
console.log(`${report(figures)}\n`);

console.log("softmax regression");
const learned = learn({ onIteration: (iteration) => console.log(progress(iteration)) });
console.log(`${reportLearned(learned)}\n`);

const { backend: served, reason } = backend();
console.log(`backend  ${served} (${reason})`);
console.log(`chart    ${write("temperature.svg", await drawChart(figures))}`);
console.log(`chart    ${write("reliability.svg", await drawReliability(learned))}`);

/** Puts a file into the folder of results; returns its path from the working directory. */
function write(name: string, text: string): string {
  const file = new URL(`out/${name}`, import.meta.url);
  mkdirSync(new URL(".", file), { recursive: true });
  writeFileSync(file, text);
  return relative(process.cwd(), fileURLToPath(file));
}

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
