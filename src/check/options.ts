// Option objects: known names only, each read once.

import { describe } from "./arrays.js";

/** What other libraries call our options. */
const ALIASES: Readonly<Record<string, string>> = {
  dim: "axis",
  dims: "shape",
  dimension: "axis",
  mask: "where",
  t: "temperature",
  temp: "temperature",
  tau: "temperature",
  b: "beta",
  output: "out",
  size: "shape",
  memory: "maxMemory",
  reduce: "reduction",
  smoothing: "labelSmoothing",
  classweight: "weight",
  classweights: "weight",
  n: "numSamples",
  bias: "logitBias",
};

/** Edits that may lead from an unknown name to ours: a third of the longest one's length. */
const MAX_EDITS = 4;

/** Options as an object whose names are all `known`; a TypeError for anything else. Undefined is no options. */
export function checkOptions(options: unknown, known: readonly string[]): object {
  if (options === undefined) return {};
  if (typeof options !== "object" || options === null || Array.isArray(options) || ArrayBuffer.isView(options)) {
    throw new TypeError(`options: expected an object, got ${describe(options)}`);
  }
  for (const name in options) {
    if (!known.includes(name)) throw new TypeError(unknownOption(name, known));
  }
  return options;
}

function unknownOption(name: string, known: readonly string[]): string {
  const near = suggest(name, known);
  const hint = near === undefined ? `expected one of ${known.join(", ")}` : `did you mean "${near}"?`;
  return `unknown option "${name}": ${hint}`;
}

function suggest(name: string, known: readonly string[]): string | undefined {
  const plain = name.replace(/[_-]/g, "").toLowerCase();
  const alias = ALIASES[plain];
  if (alias !== undefined && known.includes(alias)) return alias;
  for (let edits = 0; edits <= MAX_EDITS; edits++) {
    const near = known.find((other) => edits <= other.length / 3 && within(edits, plain, other.toLowerCase()));
    if (near !== undefined) return near;
  }
  return undefined;
}

/** Whether that many insertions, deletions and replacements of a character can turn a into b. */
function within(edits: number, a: string, b: string): boolean {
  if (edits < 0) return false;
  if (a === "" || b === "") return a.length + b.length <= edits;
  const restA = a.slice(1);
  const restB = b.slice(1);
  if (a[0] === b[0]) return within(edits, restA, restB);
  return within(edits - 1, restA, b) || within(edits - 1, a, restB) || within(edits - 1, restA, restB);
}

/** A boolean option. */
export function checkBoolean(value: unknown, name: string, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value === "boolean") return value;
  throw new TypeError(`${name}: expected true or false, got ${describe(value)}`);
}

/** β from at most one of temperature, beta and base. */
export function checkBeta(temperature: unknown, beta: unknown, base: unknown): number {
  if (temperature === undefined && beta === undefined && base === undefined) return 1;
  const given = Object.entries({ temperature, beta, base }).filter(([, value]) => value !== undefined);
  if (given.length > 1) throw new TypeError(`${given.map(([name]) => name).join(", ")}: expected at most one of them`);
  if (beta !== undefined) return checkNumber(beta, "beta");
  // Both zeros mean the limit from above: 1 / -0 would favour the smallest logits.
  if (temperature !== undefined) return 1 / (checkNumber(temperature, "temperature") || 0);
  return Math.log(checkNumber(base, "base", 0));
}

/** A number in [least, most]. */
export function checkNumber(value: unknown, name: string, least: number = -Infinity, most: number = Infinity): number {
  if (typeof value !== "number") throw new TypeError(`${name}: expected a number, got ${describe(value)}`);
  if (value >= least && value <= most) return value;
  const range = least === -Infinity ? "" : most === Infinity ? ` of ${least} or more` : ` from ${least} to ${most}`;
  throw new RangeError(`${name}: expected a number${range}, got ${value}`);
}

/** A number that `is` as expected; NaN never is. */
export function checkThat(
  value: unknown,
  name: string,
  expected: string,
  is: (value: number) => boolean,
  kind = "a number",
): number {
  if (typeof value !== "number") throw new TypeError(`${name}: expected ${kind}, got ${describe(value)}`);
  if (is(value)) return value;
  throw new RangeError(`${name}: expected ${expected}, got ${value}`);
}

/** One of some words. */
export function checkWord<W extends string>(value: unknown, name: string, words: readonly [W, ...W[]]): W {
  if (value === undefined) return words[0];
  if (words.includes(value as W)) return value as W;
  const text = `${name}: expected ${words.map((word) => `"${word}"`).join(" or ")}, got ${describe(value)}`;
  throw typeof value === "string" ? new RangeError(text) : new TypeError(text);
}

/** An integer from 0 to below `end`. */
export function checkIndex(value: unknown, name: string, end: number): number {
  if (typeof value !== "number") throw new TypeError(`${name}: expected an integer, got ${describe(value)}`);
  if (Number.isInteger(value) && value >= 0 && value < end) return value;
  throw new RangeError(`${name}: expected an integer from 0 to ${end - 1}, got ${value}`);
}
