// Usage: npm run bench:parallel [-- OPTIONS]: the pool of two threads beside one thread, beside rivals with two, and what
// two independent processes reach. Prints tables; a run of everything is kept in bench/results.
//   --engine NAME   one of test/engines, such as node24, or chromium, in place of the Node that runs this
//   --part PART     only the "pool", the "rivals" (with the pool) or the "processes"
//   --case LABEL    only this case, such as "4096x1000"; may be repeated

import { parseArgs } from "node:util";
import { install, versionsIn } from "../test/support/rooms.js";
import { bundleWorker } from "./bundle.js";
import { labelOf, largeCases, type MeasuredCase, MODES } from "./cases.js";
import type { Contender } from "./contender.js";
import { threaded } from "./contenders.js";
import { type Engine, ownEngine } from "./engine.js";
import { openEngine } from "./installable.js";
import { subject } from "./ours.js";
import { type ParallelReport, parallelHeading, parallelTables } from "./parallel-report.js";
import { isCompared, pool } from "./pool.js";
import { keepJson, write } from "./results.js";
import { pick, reportOn } from "./run.js";
import { aligned, markdown } from "./table.js";
import { type Together, together } from "./together.js";

const PARTS = ["pool", "rivals", "processes"];
const TOGETHER = ["4096x1000", "64x131072"];

const { values } = parseArgs({
  options: {
    engine: { type: "string" },
    part: { type: "string" },
    case: { type: "string", multiple: true },
  },
});
const parts = pick(PARTS, values.part === undefined ? undefined : [values.part], String);
const cases = pick(largeCases, values.case, labelOf);

install("bench/rivals");
await bundleWorker();
const engine = values.engine === undefined ? ownEngine() : await openEngine(values.engine);
const report = await parallelReport(engine);
await engine.close();

const heading = parallelHeading(report);
console.log(`${heading.join("\n")}\n\n${parallelTables(report, aligned)}`);
if (values.part === undefined && values.case === undefined) {
  const name = `parallel-${engine.name}`;
  const text = `${heading.join(".  \n")}.\n\n${parallelTables(report, markdown)}\n`;
  console.log(`\nkept: ${keepJson(name, report)}, ${write(`${name}.md`, text)}`);
}

async function parallelReport(engine: Engine): Promise<ParallelReport> {
  const worker = await engine.start();
  const backend = await worker.ask("pool");
  await worker.stop();
  const plan = { contenders: contenders(engine.name), cases: measured(), modes: MODES, busy: true };
  const versions = parts.includes("rivals") ? versionsIn("bench/rivals") : {};
  const report = await reportOn("parallel", engine, plan, versions);
  return { ...report, pool: backend, together: await processes(engine) };
}

function contenders(engine: string): readonly Contender[] {
  return threaded(engine).filter((one) => parts.includes("rivals") || one === subject || one === pool);
}

function measured(): readonly MeasuredCase[] {
  if (parts.includes("pool")) return cases;
  return parts.includes("rivals") ? cases.filter(isCompared) : [];
}

async function processes(engine: Engine): Promise<Together[]> {
  const wanted = cases.filter((given) => given.op === "softmax" && TOGETHER.includes(labelOf(given)));
  const measured: Together[] = [];
  for (const given of parts.includes("processes") ? wanted : []) measured.push(await together(engine, given));
  return measured;
}
