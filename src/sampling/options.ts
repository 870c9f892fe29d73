// The options of sampling: read, once each, while callbacks of the caller's may run; held against the logits after that.

import { describe, toNumbers, typedArrayName } from "../check/arrays.js";
import { checkClass, toClassIndices } from "../check/class-indices.js";
import { checkInput, type Input } from "../check/input.js";
import { checkNumber, checkThat } from "../check/options.js";
import type { Extent } from "../check/shape.js";
import { broadcastTo } from "../check/where.js";
import type { Bias, Penalties } from "./edits.js";

/** Which classes are kept; 0, 1 and 0 keep all. */
export interface Filters {
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
}

export const EDITS: readonly string[] = [
  "logitBias",
  "repetitionPenalty",
  "frequencyPenalty",
  "presencePenalty",
  "history",
];
export const FILTERS: readonly string[] = ["where", "temperature", "beta", "base", "topK", "topP", "minP", ...EDITS];
export const STREAM: readonly string[] = ["seed", "step", "rng"];

export type Given = Readonly<Record<string, unknown>>;

function checkFilters({ topK, topP, minP }: Given): Filters {
  return {
    topK: topK === undefined ? 0 : checkCount(topK, "topK", 1),
    topP: topP === undefined ? 1 : checkNumber(topP, "topP", 0, 1),
    minP: minP === undefined ? 0 : checkNumber(minP, "minP", 0, 1),
  };
}

/** An integer of `least` or more. */
export function checkCount(value: unknown, name: string, least: number): number {
  const is = (count: number): boolean => Number.isSafeInteger(count) && count >= least;
  return checkThat(value, name, `an integer of ${least} or more`, is, "an integer");
}

/** Undefined where none does anything. */
function checkPenalties(given: Given): Penalties | undefined {
  const { repetitionPenalty = 1, frequencyPenalty = 0, presencePenalty = 0 } = given;
  const isDivisor = (value: number): boolean => value > 0 && value < Infinity;
  const repetition = checkThat(repetitionPenalty, "repetitionPenalty", "a finite number above 0", isDivisor);
  const frequency = checkThat(frequencyPenalty, "frequencyPenalty", "a finite number", Number.isFinite);
  const presence = checkThat(presencePenalty, "presencePenalty", "a finite number", Number.isFinite);
  return repetition === 1 && frequency === 0 && presence === 0 ? undefined : { repetition, frequency, presence };
}

/** Biases as they were given: of some classes, or an array. */
type RawBias = { readonly entries: readonly (readonly [number, number])[] } | Input;

/** Reads `logitBias`; callbacks of the caller's may run. */
function readBias(bias: unknown): RawBias | undefined {
  if (bias === undefined) return undefined;
  if (Object.prototype.toString.call(bias) === "[object Map]")
    return { entries: readEntries(bias as Iterable<unknown>) };
  const plain = typeof bias === "object" && bias !== null && !Array.isArray(bias) && typedArrayName(bias) === undefined;
  if (!plain || "data" in bias || "dataSync" in bias) return checkInput(bias, "logitBias");
  return { entries: readEntries(Object.entries(bias)) };
}

function readEntries(entries: Iterable<unknown>): [number, number][] {
  return Array.from(entries, (entry) => {
    const [key, value] = entry as [unknown, unknown];
    const index = typeof key === "string" && /^\d+$/.test(key) ? Number(key) : key;
    const wrong = typeof index === "string" || (typeof index === "number" && !(Number.isInteger(index) && index >= 0));
    if (wrong) throw new RangeError(`logitBias: expected class indices, got ${describe(key)}`);
    if (typeof index !== "number") throw new TypeError(`logitBias: expected class indices, got ${describe(key)}`);
    return [index, checkBias(value, `logitBias[${index}]`)];
  });
}

function checkBias(value: unknown, name: string): number {
  return checkThat(value, name, "a finite number or -Infinity", (bias) => bias < Infinity);
}

/** Biases for logits so arranged. No callback runs. */
export function resolveBias(raw: RawBias, arranged: readonly number[], extent: Extent): Bias {
  const { length } = extent;
  if ("entries" in raw) {
    const wrong = raw.entries.find(([index]) => index >= length);
    if (wrong !== undefined) {
      throw new RangeError(`logitBias: expected class indices from 0 to ${length - 1}, got ${wrong[0]}`);
    }
    const classes = Int32Array.from(raw.entries, ([index]) => index);
    return { values: Float64Array.from(raw.entries, ([, value]) => value), classes, perRow: false };
  }
  const values = toNumbers(raw.data);
  const wrong = values.findIndex((value) => !(value < Infinity));
  if (wrong >= 0) checkBias(values[wrong], `logitBias[${wrong}]`);
  const oneRow = raw.shape === undefined && values.length === length;
  if (oneRow) return { values, classes: undefined, perRow: false };
  return { values: broadcastTo(values, raw.shape, arranged, extent, "logitBias"), classes: undefined, perRow: true };
}

/** Class indices as they were given: of one row, or of each. */
interface RawHistory {
  readonly rows: readonly Float64Array[];
  /** Whether an array of arrays was given. */
  readonly nested: boolean;
}

/** Reads `history`; callbacks of the caller's may run. */
function readHistory(history: unknown): RawHistory | undefined {
  if (history === undefined) return undefined;
  if (Array.isArray(history)) {
    const rows = Array.from(history as unknown[]);
    const nested = rows.length > 0 && rows.every((row) => Array.isArray(row) || typedArrayName(row) !== undefined);
    if (nested) return { rows: rows.map((row, r) => readIndices(row, `history[${r}]`)), nested };
    return { rows: [readIndices(rows, "history")], nested };
  }
  return { rows: [readIndices(history, "history")], nested: false };
}

function readIndices(indices: unknown, name: string): Float64Array {
  if (!Array.isArray(indices) && !/Int|Uint/.test(typedArrayName(indices) ?? "")) {
    throw new TypeError(`${name}: expected class indices in an array of integers, got ${describe(indices)}`);
  }
  return toClassIndices(indices as ArrayLike<unknown>, name);
}

/** What the options say of the distribution. */
export interface Wanted {
  readonly filters: Filters;
  readonly penalties: Penalties | undefined;
  readonly bias: RawBias | undefined;
  readonly history: RawHistory | undefined;
}

/** Reads it; callbacks of the caller's may run. */
export function readWanted(given: Given): Wanted {
  const [filters, penalties] = [checkFilters(given), checkPenalties(given)];
  return { filters, penalties, bias: readBias(given["logitBias"]), history: readHistory(given["history"]) };
}

/** A history for each row. No callback runs. */
export function resolveHistory({ rows, nested }: RawHistory, count: number, classes: number): readonly Int32Array[] {
  const empty = !nested && rows[0]!.length === 0;
  if (empty && count === 0) return [];
  if (rows.length !== count) {
    throw new RangeError(
      `history: expected an array of class indices a row, ${count} in all, got ${nested ? rows.length : "a single one"}`,
    );
  }
  return rows.map((row, r) =>
    Int32Array.from(row, (index, i) => checkClass(index, nested ? `history[${r}]` : "history", classes, i)),
  );
}
