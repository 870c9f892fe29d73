// What is kept of a run: bench/results/HARNESS-ENGINE.json, and the Markdown table and the chart made from it.

import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { drawChart } from "./chart.js";
import { markdownTables, type Report } from "./report.js";

const DIRECTORY: string = fileURLToPath(new URL("./results/", import.meta.url));

/** Writes JSON, Markdown and SVG; gives the names of the files. */
export async function keep(report: Report): Promise<string> {
  const json = keepJson(`${report.harness}-${report.engine}`, report);
  return [json, ...(await render(report))].join(", ");
}

/** Writes what is made from the JSON. */
export async function render(report: Report): Promise<string[]> {
  const name = `${report.harness}-${report.engine}`;
  return [write(`${name}.md`, markdownTables(report)), write(`${name}.svg`, `${await drawChart(report)}\n`)];
}

export function keepJson(name: string, value: object): string {
  return write(`${name}.json`, `${JSON.stringify(value, null, 1)}\n`);
}

export function write(file: string, text: string): string {
  mkdirSync(DIRECTORY, { recursive: true });
  writeFileSync(`${DIRECTORY}${file}`, text);
  return `bench/results/${file}`;
}
