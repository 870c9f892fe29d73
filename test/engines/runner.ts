// Runs a program's report in one engine after the other.

import type { PackedProject } from "../support/packed.js";
import type { Engine } from "./engine.js";
import { asReport, type Digests, differences, problems, type Report } from "./report.js";
import { limited } from "./start.js";

export interface Settings {
  readonly project: PackedProject;
  /** Milliseconds that an engine may take. */
  readonly limit: number;
  /** Puts what the engine runs into the project. */
  readonly prepare: (engine: Engine) => Promise<void>;
  readonly print: (line: string) => void;
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface Selection {
  /** No names are all of them. */
  readonly names: readonly string[];
  /** Only what the gate runs. */
  readonly gate: boolean;
}

export function select(engines: readonly Engine[], { names, gate }: Selection): readonly Engine[] {
  const known = engines.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new RangeError(`got engine "${unknown}", expected one of ${known.join(", ")}`);
  return engines.filter((engine) => (names.length === 0 || names.includes(engine.name)) && (!gate || engine.gate));
}

/** What came of an engine: its report, where it gave one, and what was wrong; "skipped" where it is not installed. */
type Outcome =
  | "skipped"
  | { readonly report?: Report; readonly runtime?: string; readonly problems: readonly string[] };

/** Prints a line an engine, then whether those that kernels served agree to the bit, which counts as a test too. */
export async function runEngines(engines: readonly Engine[], settings: Settings): Promise<Counts> {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const digests: Digests[] = [];
  for (const engine of engines) {
    const start = performance.now();
    const outcome = await runEngine(engine, settings);
    const seconds = `${((performance.now() - start) / 1000).toFixed(1)} s`;
    settings.print(describe(engine, outcome, seconds));
    if (outcome === "skipped") {
      counts.skipped++;
      continue;
    }
    counts[outcome.problems.length === 0 ? "passed" : "failed"]++;
    const { bits, draws } = outcome.report ?? {};
    if (bits && draws !== undefined) digests.push({ engine: engine.name, bits, draws });
  }
  const agreed = compare(digests, settings.print);
  if (agreed !== undefined) counts[agreed ? "passed" : "failed"]++;
  return counts;
}

async function runEngine(engine: Engine, { project, limit, prepare }: Settings): Promise<Outcome> {
  try {
    const run = engine.open();
    if (!run) return "skipped";
    await prepare(engine);
    const { runtime, result } = await limited(engine.name, limit, run(project));
    const report = asReport(result);
    return { runtime, report, problems: problems(engine, report) };
  } catch (error) {
    return { problems: [error instanceof Error ? error.message : String(error)] };
  }
}

function describe({ name, install }: Engine, outcome: Outcome, seconds: string): string {
  const column = name.padEnd(20);
  if (outcome === "skipped") return `skip ${column} not installed: ${install}`;
  const { report, runtime, problems } = outcome;
  const about = report ? `${runtime}: ${report.backend}, ${report.checks} checks, ${seconds}` : `no report, ${seconds}`;
  return [`${problems.length === 0 ? "ok  " : "FAIL"} ${column} ${about}`, ...problems.map(indented)].join("\n");
}

/** Whether the engines agree; undefined where there is but one to ask. */
function compare(digests: readonly Digests[], print: (line: string) => void): boolean | undefined {
  if (digests.length < 2) return undefined;
  const found = differences(digests);
  const cases = Object.keys(digests[0]!.bits).length;
  const names = digests.map(({ engine }) => engine).join(", ");
  const same = `${cases} cases of the baseline module and the draws are the same to the bit: ${names}`;
  print(found.length === 0 ? `ok   ${same}` : ["FAIL engines differ", ...found.map(indented)].join("\n"));
  return found.length === 0;
}

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => `     ${line}`)
    .join("\n");
}

/** The closing line, and whether all is well. */
export function conclude({ passed, failed, skipped }: Counts, maySkip: boolean): { line: string; ok: boolean } {
  const line = `${passed} passed, ${failed} failed, ${skipped} skipped`;
  if (skipped > 0 && !maySkip) return { line: `${line}\nfailed: no skip is permitted`, ok: false };
  return { line, ok: failed === 0 && passed > 0 };
}
