import type { PackedProject } from "../support/packed.js";

/** What became of a program. */
export interface Ran {
  /** "firefox 140.5" */
  readonly runtime: string;
  readonly result: unknown;
}

/**
 * Runs the program that stands as program.js in the project's directory, on the package installed there: in a fresh
 * process or page. An engine's start may be tried twice; the program, never.
 */
export type Run = (project: PackedProject) => Promise<Ran>;

export interface Engine {
  /** "node20", "node20-relaxed", "bun", "chromium", "chromium-worker", "chromium-csp", "node24-nosimd", "node24-pool" ... */
  readonly name: string;
  /** What serves there: a skip or another backend is a failure. */
  readonly backend: "relaxed-simd" | "simd" | "js";
  /** For "js": what backend().reason has to match. */
  readonly reason?: RegExp;
  /** Whether the gate runs it. */
  readonly gate: boolean;
  /** The one command that installs it. */
  readonly install: string;
  /** What it runs in place of the conformance suite: a source file; passes if the result has no failures. */
  readonly program?: string;
  /** For a program that makes a pool: how rows have to reach its threads; "none": no thread may serve. */
  readonly memory?: "shared" | "transferred" | "none";
  /** undefined where it is not installed. */
  open(): Run | undefined;
}
