import { report } from "./report.js";
import { run } from "./run.js";

console.log(report(run()));
