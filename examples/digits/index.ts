import { Presets, SingleBar } from "cli-progress";
import { backend } from "softmax-simd";
import { writeResult } from "../output.js";
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
console.log(`chart    ${writeResult(new URL("out/temperature.svg", import.meta.url), await drawChart(figures))}`);
console.log(`chart    ${writeResult(new URL("out/reliability.svg", import.meta.url), await drawReliability(learned))}`);

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
