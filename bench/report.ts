import { MODES, type Mode, OP_NAMES } from "./cases.js";
import { describeMachine, type Machine } from "./machine.js";
import type { Timing } from "./measure.js";
import type { BLOCK } from "./stopwatch.js";
import { aligned, digits, markdown, type Rows } from "./table.js";
import type { About } from "./worker.js";

/** The rounds, the seed, the ring for large batches, and what makes a block. */
export interface Protocol extends Readonly<typeof BLOCK> {
  readonly rounds: number;
  readonly seed: number;
  readonly ringBytes: number;
  /** What the C library is told. */
  readonly malloc: Readonly<Record<string, string>>;
}

export interface Report extends Machine, About {
  /** "js", "rivals" or "engines" */
  readonly harness: string;
  /** What repeats it. */
  readonly command: string;
  /** "node20" */
  readonly engine: string;
  /** The contender that the others are compared with. */
  readonly subject: string;
  readonly protocol: Protocol;
  readonly results: readonly Timing[];
}

export function heading(report: Report): string {
  return [
    `\`${report.command}\``,
    subjectLine(report),
    describeMachine(report, report.runtime),
    protocolLine(report),
  ].join("\n");
}

export function subjectLine({ versions, backend }: Report): string {
  const { "softmax-simd": version, assemblyscript: _a, tinybench: _t, ...rivals } = versions;
  const others = Object.entries(rivals).map(([name, number]) => `; ${name} ${number}`);
  return `softmax-simd ${version}, backend ${backend.backend} (${backend.reason})${others.join("")}`;
}

export function protocolLine(
  { protocol: { rounds, blockMs, ringBytes } }: Pick<Report, "protocol">,
  threads = "one thread",
): string {
  const ring = `batches larger than the caches in a ring of ${ringBytes / 2 ** 20} MiB`;
  const malloc = "the C library told to keep freed memory";
  return `${threads}; medians of ${rounds} rounds of ${blockMs} ms a contender, order rotated; ${ring}; ${malloc}`;
}

/** What stands in a table: the timings of one op, measured one way. */
export interface Section {
  readonly title: string;
  readonly subject: string;
  readonly results: readonly Timing[];
}

/** Those that there are: all of one op, then all of the next. */
export function sectionsOf({ results, subject }: Pick<Report, "results" | "subject">): Section[] {
  const all = OP_NAMES.flatMap((op) => MODES.map((mode) => ({ op, mode })));
  return all
    .map(({ op, mode }) => ({
      title: `${op}, ${mode}`,
      subject,
      results: results.filter((timing) => timing.op === op && timing.mode === mode),
    }))
    .filter((section) => section.results.length > 0);
}

/** All tables of a run, for a terminal. */
export function tables(report: Report): string {
  return sectionsOf(report)
    .flatMap((section) => [
      `${section.title}: ns an element, and the time over ${report.subject}'s`,
      aligned(steadyRows(section)),
      `${section.title}: the same ratio of the best blocks`,
      aligned(bestRows(section)),
      `${section.title}: first / tenth / steady call, microseconds`,
      aligned(callRows(section)),
    ])
    .join("\n\n");
}

/** The main tables, for a Markdown file. */
export function markdownTables(report: Report): string {
  const parts = sectionsOf(report).map((section) => `${section.title}:\n\n${markdown(ratioRows(section))}`);
  return `${heading(report).split("\n").join(".  \n")}.\n\n${parts.join("\n\n")}\n`;
}

/** A line a case: every contender's time, and how many times the subject's that is. */
export function steadyRows(section: Section): Rows {
  return rowsOf(section, (timing, ours) => {
    const time = digits(timing.steady / timing.elements);
    return timing.contender === section.subject ? time : `${time} ${ratio(timing.steady, ours?.steady).padStart(6)}`;
  });
}

/** A line a case: the subject's time, and the others' times over it. */
export function ratioRows(section: Section): Rows {
  const { subject } = section;
  const [[first = "", ...names] = [], ...lines] = rowsOf(section, (timing, ours) => {
    if (timing.contender === subject) return digits(timing.steady / timing.elements);
    return ratio(timing.steady, ours?.steady);
  });
  const title = (name: string): string => (name === subject ? `${name}, ns an element` : name);
  return [[first, ...names.map(title)], ...lines];
}

export function bestRows(section: Section): Rows {
  return rowsOf(section, (timing, ours) => {
    if (timing.contender === section.subject) return digits(timing.best / timing.elements);
    return ratio(timing.best, ours?.best);
  });
}

function callRows(section: Section): Rows {
  return rowsOf(section, ({ first, tenth, steady }) => {
    return [first, tenth, steady].map((ns) => digits(ns / 1000)).join(" / ");
  });
}

/** A case by contender table; a contender that does not take a case has a dash. */
function rowsOf({ results, subject }: Section, cell: (timing: Timing, ours: Timing | undefined) => string): Rows {
  const names = [...new Set(results.map(({ contender }) => contender))];
  const labels = [...new Set(results.map((timing) => timing.case))];
  const lines = labels.map((label) => {
    const ours = timingOf(results, label, subject);
    return [label, ...names.map((name) => timingOf(results, label, name)).map((t) => (t ? cell(t, ours) : "-"))];
  });
  return [["rows x classes", ...names], ...lines];
}

export function timingOf(results: readonly Timing[], label: string, contender: string): Timing | undefined {
  return results.find((timing) => timing.case === label && timing.contender === contender);
}

function ratio(theirs: number, ours: number | undefined): string {
  return ours === undefined ? "-" : `${digits(theirs / ours)}x`;
}

export function enginesHeading(reports: readonly Report[], here: Machine): string {
  const [report] = reports;
  const what = "the loops' time (Math.exp / polynomial) over softmax-simd's, by engine and rows x classes";
  const lines = [`softmax-simd ${here.versions["softmax-simd"]}: ${what}`, describeMachine(here)];
  return [...lines, ...(report ? [protocolLine(report)] : [])].join("\n");
}

/** A line an engine: its backend, then for each mode and case the two ratios. */
export function enginesRows(reports: readonly Report[]): Rows {
  const columns = MODES.flatMap((mode) => {
    const results = reports.flatMap((report) => report.results.filter((timing) => timing.mode === mode));
    return [...new Set(results.map((timing) => timing.case))].map((label) => ({ mode, label }));
  });
  const lines = reports.map((report) => [
    report.runtime,
    report.backend.backend,
    ...columns.map(({ mode, label }) => ratios(report, mode, label)),
  ]);
  const titles = columns.map(({ mode, label }) => (mode === "resident" ? `${label} resident` : label));
  return [["engine", "backend", ...titles], ...lines];
}

function ratios({ results, subject }: Report, mode: Mode, label: string): string {
  const own = results.filter((timing) => timing.mode === mode && timing.case === label);
  const ours = timingOf(own, label, subject)?.steady;
  const others = own.filter(({ contender }) => contender !== subject);
  return others.map(({ steady }) => (ours === undefined ? "-" : digits(steady / ours))).join(" / ");
}
