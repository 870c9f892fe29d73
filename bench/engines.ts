// Usage: npm run bench:engines [-- --engine NAME]...: the package beside the JavaScript loops, on every engine there is.
// Prints one table, a line an engine, and keeps it and each engine's figures in bench/results.

import { parseArgs } from "node:util";
import { bundleWorker } from "./bundle.js";
import { cases, labelOf, MODES } from "./cases.js";
import { plain } from "./contenders.js";
import { engines, type Installable } from "./installable.js";
import { machine } from "./machine.js";
import { enginesHeading, enginesRows, type Report } from "./report.js";
import { keepJson, write } from "./results.js";
import { pick, reportOn } from "./run.js";
import { aligned, markdown } from "./table.js";

const LABELS = ["1x10", "1024x10", "256x1000", "64x32768"];
const CONTENDERS = ["softmax-simd", "Math.exp", "polynomial"];

const { values } = parseArgs({ options: { engine: { type: "string", multiple: true } } });
const plan = {
  contenders: pick(plain, CONTENDERS, ({ name }) => name),
  cases: pick(cases, LABELS, labelOf).filter(({ op }) => op === "softmax"),
  modes: MODES,
};

await bundleWorker();
const reports: Report[] = [];
for (const engine of pick(engines, values.engine, ({ name }) => name)) {
  const report = await reportOnInstalled(engine);
  if (report) reports.push(report);
}
if (reports.length > 0) {
  const heading = enginesHeading(reports, machine());
  console.log(`${heading}\n\n${aligned(enginesRows(reports))}`);
  for (const report of reports) keepJson(`engines-${report.engine}`, report);
  if (!values.engine) write("engines.md", `${heading.split("\n").join("  \n")}\n\n${markdown(enginesRows(reports))}\n`);
}

/** undefined where the engine is not installed, which is said. */
async function reportOnInstalled({ name, command, open }: Installable): Promise<Report | undefined> {
  const engine = await open();
  if (!engine) {
    console.log(`${name} is not installed: ${command}`);
    return undefined;
  }
  try {
    return await reportOn("engines", engine, plan, {});
  } finally {
    await engine.close();
  }
}
