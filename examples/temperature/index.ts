import { writeResult } from "../output.js";
import { drawHistograms } from "./histogram-chart.js";
import { report } from "./report.js";
import { run } from "./run.js";
import { drawSweeps } from "./sweep-chart.js";

const draws = run();
console.log(`${report(draws)}\n`);
console.log(`chart  ${writeResult(new URL("out/histograms.svg", import.meta.url), await drawHistograms(draws))}`);
console.log(`chart  ${writeResult(new URL("out/sweep.svg", import.meta.url), await drawSweeps())}`);
