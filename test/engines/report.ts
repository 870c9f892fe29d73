// What the conformance suite found in an engine, and whether that is what the engine is for.

import type { Engine } from "./engine.js";

/** What the suite returns; as far as it passed through JSON. */
export interface Report {
  /** What serves the shared instance. */
  readonly backend: string;
  readonly reason: string;
  /** What a pool said of itself, where the program made one. */
  readonly threads?: number;
  readonly memory?: string;
  /** How many assertions were made. */
  readonly checks: number;
  /** What failed, with got and expected. */
  readonly failures: readonly string[];
  /** A digest of each case's results of the baseline module; null where no kernel serves. */
  readonly bits: Readonly<Record<string, string>> | null;
  /** A digest of classes drawn by seeds. */
  readonly draws: string;
}

/** The report that a program returned; throws where it is none. */
export function asReport(result: unknown): Report {
  const report = result as Report | null | undefined;
  if (Array.isArray(report?.failures) && typeof report.checks === "number") return report;
  throw new Error(`expected a report, got ${JSON.stringify(result)}`);
}

/** What is wrong with a report from that engine: nothing, where all is well. */
export function problems({ backend, reason, program, memory }: Engine, report: Report): string[] {
  const found = [...report.failures];
  if (report.checks === 0) found.push("no assertion was made");
  if (report.backend !== backend) found.push(`got backend ${report.backend} (${report.reason}), expected ${backend}`);
  if (reason && !reason.test(report.reason)) found.push(`got reason "${report.reason}", expected ${reason}`);
  if (memory !== report.memory) found.push(`got memory ${report.memory} (${report.reason}), expected ${memory}`);
  // A program of an engine's own gives no bits.
  if (program !== undefined) return found;
  const isKernel = backend !== "js";
  if (isKernel && !hasBits(report)) found.push("the baseline module gave no results");
  if (!isKernel && report.bits !== null) found.push("the baseline module gave results where no kernel may serve");
  return found;
}

function hasBits({ bits }: Report): boolean {
  return bits !== null && Object.keys(bits).length > 0;
}

/** What kernels gave in an engine. */
export interface Digests {
  readonly engine: string;
  readonly bits: Readonly<Record<string, string>>;
  readonly draws: string;
}

/** What the engines do not agree on, a line a case: which differ, and from which, the most of them. */
export function differences(digests: readonly Digests[]): string[] {
  const cases = new Set(digests.flatMap(({ bits }) => Object.keys(bits)));
  const lines = [...cases].map((name) => differing(`bits of ${name}`, digests, ({ bits }) => bits[name]));
  lines.push(differing("draws", digests, ({ draws }) => draws));
  return lines.filter((line) => line !== undefined);
}

function differing(
  what: string,
  digests: readonly Digests[],
  digestOf: (digests: Digests) => string | undefined,
): string | undefined {
  const groups = new Map<string | undefined, string[]>();
  for (const given of digests) {
    const digest = digestOf(given);
    const name = digest === undefined ? `${given.engine} (has none)` : given.engine;
    groups.set(digest, [...(groups.get(digest) ?? []), name]);
  }
  if (groups.size <= 1) return undefined;
  const [most = [], ...others] = [...groups.values()].sort((a, b) => b.length - a.length);
  return `${what}: ${others.map((names) => names.join(", ")).join("; ")} differ from ${most.join(", ")}`;
}
