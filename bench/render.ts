// Makes the Markdown tables and the charts of kept results again. Usage: tsx bench/render.ts bench/results/FILE.json ...

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { type DistanceReport, drawDistances } from "./distance-chart.js";
import type { Report } from "./report.js";
import { render, write } from "./results.js";

for (const file of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(file, "utf8")) as Report | DistanceReport;
  const written = "lines" in report ? [await redraw(report, basename(file, ".json"))] : await render(report);
  console.log(written.join("\n"));
}

async function redraw(report: DistanceReport, name: string): Promise<string> {
  return write(`${name}.svg`, `${await drawDistances(report)}\n`);
}
