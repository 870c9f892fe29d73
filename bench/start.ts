// Usage: npm run bench:start [-- --engine NODE]: how much longer than an empty process one takes that imports the package
// and calls softmax once, on 1x10. Prints a table and keeps it in bench/results.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ownEngine } from "./engine.js";
import { installedNode } from "./installable.js";
import { describeMachine, machine } from "./machine.js";
import { median } from "./measure.js";
import { keepJson } from "./results.js";
import { aligned } from "./table.js";

const PROCESSES = 20;
const FILES = ["empty.mjs", "empty.cjs", "first-call.mjs"] as const;

const { values } = parseArgs({ options: { engine: { type: "string" } } });
const engine = values.engine ?? ownEngine().name;
const command = values.engine === undefined ? process.execPath : installedNode(values.engine);
const runtime = `node ${spawnSync(command, ["--version"], { encoding: "utf8" }).stdout.trim().slice(1)}`;

// One of each before the clock, so that all come from memory; then in turn.
for (const file of FILES) time(file);
const times = Array.from({ length: PROCESSES }, () => FILES.map(time));
const [empty = 0, script = 0, call = 0] = FILES.map((_, i) => median(times.map((turn) => turn[i]!)));
const here = machine();
const milliseconds = (value: number): string => value.toFixed(1);

console.log(
  [
    `softmax-simd ${here.versions["softmax-simd"]}: import and first 1x10 call, medians of ${PROCESSES} processes in turn, ms`,
    `${describeMachine(here, runtime)}\n`,
    aligned([
      ["process", "takes", "import and call take beyond it"],
      ["empty module", milliseconds(empty), milliseconds(call - empty)],
      ["empty script (CommonJS)", milliseconds(script), milliseconds(call - script)],
      ["import and first call", milliseconds(call), ""],
    ]),
  ].join("\n"),
);
keepJson(`start-${engine}`, { ...here, runtime, processes: PROCESSES, empty, script, call, beyond: call - empty });

function time(file: (typeof FILES)[number]): number {
  const path = fileURLToPath(new URL(`./start/${file}`, import.meta.url));
  const start = performance.now();
  const { status } = spawnSync(command, [path], { stdio: "inherit" });
  if (status !== 0) throw new Error(`${command} ${path} ended with ${status}`);
  return performance.now() - start;
}
