import { writeResult } from "../output.js";
import { drawRewards } from "./chart.js";
import { report } from "./report.js";
import { run } from "./run.js";

const figures = run();
console.log(`${report(figures)}\n`);
console.log(`chart  ${writeResult(new URL("out/rewards.svg", import.meta.url), await drawRewards(figures))}`);
