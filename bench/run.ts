// What `npm run bench` and `npm run bench:rivals` share: measure, print, keep.

import { parseArgs } from "node:util";
import { bundleWorker } from "./bundle.js";
import { cases, labelOf, MODES } from "./cases.js";
import type { Contender } from "./contender.js";
import { SEED } from "./data.js";
import { type Engine, MALLOC, ownEngine } from "./engine.js";
import { openEngine } from "./installable.js";
import { machine } from "./machine.js";
import { measure, type Plan, ROUNDS } from "./measure.js";
import { subject } from "./ours.js";
import { heading, type Report, tables } from "./report.js";
import { keep } from "./results.js";
import { BLOCK, RING_BYTES } from "./stopwatch.js";

const OPS = [...new Set(cases.map(({ op }) => op))];

export const USAGE = `Options:
  --engine NAME      node20, node22, node24 or node26 of test/engines, in place of the Node that runs this
  --op NAME          only this op: ${OPS.join(", ")}; may be repeated
  --case LABEL       only this case, such as "256x1000"; may be repeated
  --mode MODE        only this mode: ${MODES.map((mode) => `"${mode}"`).join(", ")}
  --contender NAME   only this contender beside the package; may be repeated
A run of everything is kept in bench/results, as JSON, Markdown and SVG.`;

const OPTIONS = {
  engine: { type: "string" },
  op: { type: "string", multiple: true },
  case: { type: "string", multiple: true },
  mode: { type: "string" },
  contender: { type: "string", multiple: true },
  help: { type: "boolean" },
} as const;

/** Runs a harness as the command line says. */
export async function run(harness: string, contenders: readonly Contender[], versions = {}): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) return console.log(USAGE);
  const wanted = pick(OPS, values.op, String);
  const plan: Plan = {
    contenders: pick(contenders, [subject.name, ...(values.contender ?? contenders.map(({ name }) => name))], nameOf),
    cases: pick(cases, values.case, labelOf).filter(({ op }) => wanted.includes(op)),
    modes: pick(MODES, values.mode === undefined ? undefined : [values.mode], String),
  };
  await bundleWorker();
  const engine = values.engine === undefined ? ownEngine() : await openEngine(values.engine);
  const report = await reportOn(harness, engine, plan, versions);
  await engine.close();
  console.log(`${heading(report)}\n\n${tables(report)}`);
  if (!values.op && !values.case && !values.mode && !values.contender) console.log(`\nkept: ${await keep(report)}`);
}

export async function reportOn(harness: string, engine: Engine, plan: Plan, versions: object): Promise<Report> {
  const here = machine();
  const worker = await engine.start();
  const about = await worker.ask("about");
  await worker.stop();
  return {
    harness,
    command: commandOf(harness, engine),
    engine: engine.name,
    subject: subject.name,
    ...here,
    ...about,
    runtime: engine.runtime ?? about.runtime,
    versions: { ...here.versions, ...versions },
    protocol: { rounds: ROUNDS, ...BLOCK, seed: SEED, ringBytes: RING_BYTES, malloc: MALLOC },
    results: await measure(engine, plan),
  };
}

function commandOf(harness: string, engine: Engine): string {
  return `npm run bench${harness === "js" ? "" : `:${harness}`} -- --engine ${engine.name}`;
}

/** Those that were asked for by name, or all; throws for a name that none has. */
export function pick<T>(all: readonly T[], wanted: readonly string[] | undefined, name: (item: T) => string): T[] {
  const unknown = wanted?.find((one) => !all.some((item) => name(item) === one));
  if (unknown !== undefined) throw new Error(`expected one of ${all.map(name).join(", ")}; got "${unknown}"`);
  return all.filter((item) => wanted?.includes(name(item)) ?? true);
}

function nameOf({ name }: Contender): string {
  return name;
}
