// Counts what is checked and keeps what failed: an engine shall say all that is wrong with it, not the first thing.

/** Failures that a report has room for. */
const MOST = 20;
/** Characters of a value in a failure. */
const LONGEST = 300;

export class Suite {
  #checks = 0;
  #failed = 0;
  readonly #failures: string[] = [];

  get checks(): number {
    return this.#checks;
  }

  /** What failed, with what came and what was expected; of more than there is room for, the last says how many. */
  get failures(): readonly string[] {
    if (this.#failed <= MOST) return this.#failures;
    return [...this.#failures.slice(0, MOST - 1), `and ${this.#failed - MOST + 1} more`];
  }

  /** Holds that a condition is true of what came. */
  check(name: string, holds: boolean, got: unknown, expected: unknown): void {
    this.#checks++;
    if (!holds) this.#fail(`${name}: got ${text(got)}, expected ${text(expected)}`);
  }

  /** Runs checks; what they throw is a failure, and ends them alone. */
  group(name: string, body: () => void): void {
    try {
      body();
    } catch (error) {
      this.#checks++;
      this.#fail(`${name}: threw ${text(error)}`);
    }
  }

  #fail(failure: string): void {
    this.#failed++;
    if (this.#failures.length < MOST) this.#failures.push(failure);
  }
}

/** A value in a line, cut off where it is long. */
function text(value: unknown): string {
  const line = textOf(value);
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST)}…`;
}

function textOf(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (Object.is(value, -0)) return "-0";
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} ${textOf(some(value as Float64Array))}`;
  if (Array.isArray(value)) return `[${some(value).map(textOf).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  const entries = Object.entries(value).map(([name, part]) => `${name}: ${textOf(part)}`);
  return `{ ${entries.join(", ")} }`;
}

/** As many of the first elements as a line could show. */
function some(values: ArrayLike<unknown>): unknown[] {
  return Array.from({ length: Math.min(values.length, LONGEST) }, (_, i) => values[i]);
}
