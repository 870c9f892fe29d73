// Usage: npm run bench:matrix [-- NAME...]: every engine that `npm run test:engines` knows and that is installed: what
// serves there, import and first call, and the package beside two JavaScript loops at 256x1000, each in one process or
// page. Prints one table and keeps it in bench/results.

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bundleProgram } from "../test/engines/bundle.js";
import type { Engine } from "../test/engines/engine.js";
import { engines } from "../test/engines/list.js";
import { select } from "../test/engines/runner.js";
import { installPacked, type PackedProject } from "../test/support/packed.js";
import { endWithThisProcess } from "../test/support/processes.js";
import { describeMachine, machine } from "./machine.js";
import type { Times } from "./matrix-program.js";
import { median } from "./measure.js";
import { keepJson, write } from "./results.js";
import { aligned, digits, markdown } from "./table.js";

/** Fresh processes or pages an engine. */
const RUNS = 3;

interface Line extends Times {
  readonly engine: string;
  readonly runtime: string;
}

const { positionals: names } = parseArgs({ allowPositionals: true });
const timed = select(engines, { names, gate: false }).filter(({ program }) => program === undefined);

endWithThisProcess();
const project = installPacked();
process.once("exit", project.remove);
await bundleProgram(fileURLToPath(new URL("./matrix-program.ts", import.meta.url)), project);
const lines: Line[] = [];
for (const engine of timed) {
  const line = await timesOf(engine, project);
  if (line) lines.push(line);
}

const here = machine();
const heading = [
  `softmax-simd ${here.versions["softmax-simd"]}: medians of ${RUNS} fresh processes or pages an engine`,
  describeMachine(here),
  "first call: import and one row of 10, ms; 256x1000, array to array: ns an element, and the loops' time over ours",
];
const rows = [
  ["engine", "backend", "first call", "256x1000", "Math.exp", "polynomial"],
  ...lines.map(({ engine, runtime, backend, cold, ours, mathExp, polynomial }) => [
    `${engine} (${runtime})`,
    backend,
    cold.toFixed(1),
    ...[ours, mathExp / ours, polynomial / ours].map(digits),
  ]),
];
console.log(`${heading.join("\n")}\n\n${aligned(rows)}`);
if (names.length === 0) {
  keepJson("matrix", { ...here, runs: RUNS, lines });
  write("matrix.md", `${heading.join("  \n")}\n\n${markdown(rows)}\n`);
}
// Whatever an engine has left behind.
process.exit();

/** undefined where the engine is not installed, which is said. */
async function timesOf({ name, install, open }: Engine, into: PackedProject): Promise<Line | undefined> {
  const run = open();
  if (!run) {
    console.log(`${name} is not installed: ${install}`);
    return undefined;
  }
  console.error(name);
  const all: Times[] = [];
  let runtime = "";
  for (let i = 0; i < RUNS; i++) {
    const ran = await run(into);
    runtime = ran.runtime;
    all.push(ran.result as Times);
  }
  const of = (field: "cold" | "ours" | "mathExp" | "polynomial"): number => median(all.map((times) => times[field]));
  const { backend } = all[0]!;
  const times = { cold: of("cold"), ours: of("ours"), mathExp: of("mathExp"), polynomial: of("polynomial") };
  return { engine: name, runtime, backend, ...times };
}
