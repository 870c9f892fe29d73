// What is done to a row of logits before temperature: biases, and penalties for what was drawn before. By the same code on
// the kernels' memory and in the fallback, so each step is rounded to the row's dtype.

import { type Extent, firstOf } from "../check/shape.js";

/** Logits as they are worked on. */
export type Floats = Float32Array | Float64Array;

/** What is added to logits. */
export interface Bias {
  /** One for each of `classes`; or for every class; or for every element of the batch. */
  readonly values: Float64Array;
  /** Undefined where all classes have one. */
  readonly classes: Int32Array | undefined;
  /** Whether each row has its own. */
  readonly perRow: boolean;
}

/** 1, 0 and 0 do nothing. */
export interface Penalties {
  readonly repetition: number;
  readonly frequency: number;
  readonly presence: number;
}

/** Which classes were drawn before, and how often. */
export class Seen {
  readonly #counts: Int32Array;
  readonly #classes: Int32Array;
  #size = 0;

  constructor(classes: number) {
    this.#counts = new Int32Array(classes);
    this.#classes = new Int32Array(classes);
  }

  add(index: number): void {
    if (this.#counts[index] === 0) this.#classes[this.#size++] = index;
    this.#counts[index]!++;
  }

  clear(): void {
    for (let i = 0; i < this.#size; i++) this.#counts[this.#classes[i]!] = 0;
    this.#size = 0;
  }

  /** Makes the logits of these classes smaller, in a row that stands from `start` on. */
  penalise(row: Floats, start: number, { repetition, frequency, presence }: Penalties): void {
    for (let i = 0; i < this.#size; i++) {
      const index = this.#classes[i]!;
      const logit = row[start + index]!;
      const divided = logit > 0 ? logit / repetition : logit * repetition;
      row[start + index] = divided - this.#counts[index]! * frequency - presence;
    }
  }
}

/** Edits row r of the batch, which stands from `start` on. */
export type EditRow = (row: Floats, start: number, r: number) => void;

/** Undefined where nothing is to be done. `history`: the classes drawn before, for each row. */
export function editsOf(
  bias: Bias | undefined,
  penalties: Penalties | undefined,
  history: readonly Int32Array[],
  extent: Extent,
  beta: number,
): EditRow | undefined {
  if (bias === undefined && penalties === undefined) return undefined;
  const seen = new Seen(penalties === undefined ? 0 : extent.length);
  return (row, start, r) => {
    if (bias !== undefined) addBias(row, start, r, bias, extent, beta);
    if (penalties === undefined) return;
    for (const index of history[r]!) seen.add(index);
    seen.penalise(row, start, penalties);
    seen.clear();
  };
}

/** A logit without mass. */
export function nothingOf(beta: number): number {
  return beta < 0 ? Infinity : -Infinity;
}

/** A logit without mass stays so, and a bias of -Infinity leaves none: with a negative beta that is +Infinity. */
export function addBias(
  row: Floats,
  start: number,
  r: number,
  { values, classes, perRow }: Bias,
  extent: Pick<Extent, "length" | "inner">,
  beta: number,
): void {
  const { length, inner } = extent;
  const nothing = nothingOf(beta);
  const step = perRow ? inner : 1;
  const first = perRow ? firstOf(extent, r) : 0;
  const count = classes === undefined ? length : classes.length;
  for (let i = 0; i < count; i++) {
    const at = start + (classes === undefined ? i : classes[i]!);
    const bias = values[first + i * step]!;
    if (row[at] !== nothing) row[at] = bias === -Infinity ? nothing : row[at]! + bias;
  }
}
