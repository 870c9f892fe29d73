// What `npm run bench:parallel` prints and keeps.

import { THREADS } from "./contender.js";
import { describeMachine } from "./machine.js";
import { median, type Timing } from "./measure.js";
import { type PoolBackend, pool } from "./pool.js";
import { protocolLine, type Report, type Section, sectionsOf, subjectLine, timingOf } from "./report.js";
import { digits, type Rows } from "./table.js";
import type { Together } from "./together.js";

export interface ParallelReport extends Report {
  readonly pool: PoolBackend;
  readonly together: readonly Together[];
}

export function parallelHeading(report: ParallelReport): string[] {
  const { backend, threads, memory } = report.pool;
  return [
    `\`${report.command}\``,
    subjectLine(report),
    describeMachine(report, report.runtime),
    protocolLine(report, `the pool: ${backend}, ${threads} threads, memory ${memory}`),
    "speedup: one thread's time over the pool's; processors: how many each keeps busy while it calls back to back",
  ];
}

/** Each table, under its title, in the form that `print` gives it. */
export function parallelTables(report: ParallelReport, print: (rows: Rows) => string): string {
  const sections = sectionsOf(report);
  const tables = [
    ...sections.map((section) => [section.title, speedupRows(section)] as const),
    ...sections.map((section) => [`${section.title}, beside others`, rivalRows(section)] as const),
    [`${THREADS} independent processes, softmax, resident`, togetherRows(report)] as const,
  ];
  return tables
    .filter(([, rows]) => rows.length > 1)
    .map(([title, rows]) => `${title}:\n\n${print(rows)}`)
    .join("\n\n");
}

/** A line a case: one thread beside the pool. */
export function speedupRows({ results, subject }: Section): Rows {
  const lines = results
    .filter(({ contender }) => contender === pool.name)
    .map((pooled) => [pooled, timingOf(results, pooled.case, subject)] as const)
    .map(([pooled, one]) => [
      pooled.case,
      ...[one && microseconds(one), microseconds(pooled)],
      one && digits(one.steady / pooled.steady),
      one && difference(pooled.steady - one.steady),
      processors(pooled),
    ]);
  const titles = ["rows x classes", "one thread, µs", "pool, µs", "speedup", "pool - one, µs", "processors"];
  return [titles, ...lines.map((line) => line.map((cell) => cell ?? "-"))];
}

/** A line a case and contender that is not the package's: its time, and over the pool's. */
export function rivalRows({ results, subject }: Section): Rows {
  const lines = results
    .filter(({ contender }) => contender !== pool.name && contender !== subject)
    .map((rival) => [rival, timingOf(results, rival.case, pool.name)] as const)
    .map(([rival, pooled]) => [
      rival.case,
      rival.contender,
      microseconds(rival),
      pooled ? `${digits(rival.steady / pooled.steady)}x` : "-",
      processors(rival),
    ]);
  return [["rows x classes", "", "µs", "over the pool's", "processors"], ...lines];
}

/** A line a case: one process, all of them, and what the pool's threads give beside it. */
export function togetherRows({ together, results, subject }: ParallelReport): Rows {
  const resident = results.filter(({ op, mode }) => op === "softmax" && mode === "resident");
  const lines = together.map(({ case: label, alone, both, ratio }) => {
    const [one, pooled] = [timingOf(resident, label, subject), timingOf(resident, label, pool.name)];
    const speedup = one && pooled ? digits(one.steady / pooled.steady) : "-";
    return [label, digits(median(alone)), digits(median(both)), digits(ratio), speedup];
  });
  return [["rows x classes", "one, calls a second", "all, calls a second", "ratio", "the pool's speedup"], ...lines];
}

function microseconds({ steady }: Timing): string {
  return digits(steady / 1000);
}

function difference(nanoseconds: number): string {
  const sign = nanoseconds < 0 ? "-" : "+";
  return `${sign}${digits(Math.abs(nanoseconds) / 1000)}`;
}

function processors({ busy }: Timing): string {
  return busy === undefined ? "-" : busy.toFixed(1);
}
