// The plain way, in float64 and textbook form: where no kernel can run. A row is sorted, and its probabilities are added
// up one after the other.

import { toNumbers } from "../check/arrays.js";
import { firstOf } from "../check/shape.js";
import { exponents, logSoftmaxRow, type Row, softmaxRow } from "../reference/rows.js";
import type { Call, Draws, Source } from "./call.js";
import { nothingOf } from "./edits.js";
import type { Filters } from "./options.js";
import { editedRow, maskedRow } from "./rows.js";
import { seededUniforms } from "./stream.js";
import { cannotDraw } from "./undrawable.js";

/** A mass that falls short of topP by no more than the rounding of its sum reaches it. */
const SHORT = 1 - 2 ** -40;

/** What was drawn, row by row. */
export interface Drawn {
  readonly tokens: Int32Array;
  /** Log-probabilities under the final distribution. */
  readonly logProbs: Float64Array | undefined;
}

/** Draws from each row. */
export function drawPlain(call: Call, draws: Draws, withLogProbs: boolean): Drawn {
  const { extent, beta } = call.request;
  const rows = extent.outer * extent.inner;
  const { count, replacement } = draws;
  const uniforms =
    draws.uniforms instanceof Float64Array ? draws.uniforms : seededUniforms(draws.uniforms, rows, count);
  const tokens = new Int32Array(rows * count);
  const logProbs = withLogProbs ? new Float64Array(rows * count) : undefined;
  if (tokens.length === 0) return { tokens, logProbs };
  const numbers = toNumbers(call.request.data);
  for (let r = 0; r < rows; r++) {
    const z = filterRow(editedRow(call, numbers, r), beta, call.filters);
    const at = r * count;
    if (!drawRow(weightsOf(z, beta), uniforms.subarray(at, at + count), replacement, tokens.subarray(at))) {
      throw cannotDraw(call, numbers, r);
    }
    const logs = logProbs && logSoftmaxRow(z, beta);
    for (let d = at; logs !== undefined && d < at + count; d++) logProbs![d] = logs[tokens[d]!]!;
  }
  return { tokens, logProbs };
}

/** The final distribution of each row, in the logits' order. */
export function probabilitiesPlain(call: Call): Float64Array {
  const { mask, extent, beta } = call.request;
  const { outer, length, inner } = extent;
  const result = new Float64Array(outer * length * inner);
  const numbers = toNumbers(call.request.data);
  for (let r = 0; r < outer * inner && length > 0; r++) {
    const p = softmaxRow(filterRow(editedRow(call, numbers, r), beta, call.filters), beta);
    const first = firstOf(extent, r);
    for (let l = 0; l < length; l++) {
      const at = first + l * inner;
      result[at] = mask?.[at] === 0 ? 0 : p[l]!;
    }
  }
  return result;
}

/** The log-probability of each draw under softmax of the logits, only masked. */
export function rawLogProbsPlain(request: Source, tokens: Int32Array): Float64Array {
  const { outer, inner } = request.extent;
  const count = tokens.length / (outer * inner);
  const result = new Float64Array(tokens.length);
  const numbers = toNumbers(request.data);
  for (let r = 0; r < outer * inner && count > 0; r++) {
    const logs = logSoftmaxRow(maskedRow(request, numbers, r, 1), 1);
    for (let d = r * count; d < (r + 1) * count; d++) result[d] = logs[tokens[d]!]!;
  }
  return result;
}

/** A row of logits in which those that the filters take have no mass. */
export function filterRow(row: Row, beta: number, { topK, topP, minP }: Filters): Row {
  let z = row;
  // Of a row that nothing can be drawn from there is nothing to keep.
  if (Number.isNaN(exponents(z, beta).rest)) return z;
  if (topK > 0) {
    const larger = beta < 0 ? -1 : 1;
    z = keep(z, beta, order(z.map((v) => larger * v)).slice(0, topK));
  }
  if (topP < 1) {
    const p = softmaxRow(z, beta);
    const classes = order(p);
    let mass = 0;
    let count = 0;
    do mass += p[classes[count++]!]!;
    while (mass < topP * SHORT && count < classes.length);
    z = keep(z, beta, classes.slice(0, count));
  }
  if (minP > 0) {
    const p = softmaxRow(z, beta);
    const least = minP * p.reduce((a, b) => Math.max(a, b), 0);
    z = z.map((v, i) => (p[i]! < least ? nothingOf(beta) : v));
  }
  return z;
}

/** The indices of a row by size, largest first; of equal ones the lower index first. */
function order(row: Row): number[] {
  return Array.from(row.keys()).sort((a, b) => row[b]! - row[a]! || a - b);
}

function keep(z: Row, beta: number, classes: readonly number[]): Row {
  const kept = z.map(() => nothingOf(beta));
  for (const index of classes) kept[index] = z[index]!;
  return kept;
}

/** Numbers in proportion to the probabilities; zeros where a row has no softmax. */
function weightsOf(z: Row, beta: number): Row {
  const { falls, rest } = exponents(z, beta);
  return falls.map((fall) => (Number.isNaN(rest) ? 0 : Math.exp(fall)));
}

/** Draws by each uniform number; false where there is nothing, or nothing more, to draw. */
function drawRow(weights: Row, uniforms: Float64Array, replacement: boolean, tokens: Int32Array): boolean {
  const left = Float64Array.from(weights);
  return uniforms.every((uniform, d) => {
    const total = left.reduce((sum, weight) => sum + weight, 0);
    if (!(total > 0)) return false;
    const index = pick(left, uniform * total);
    tokens[d] = index;
    if (!replacement) left[index] = 0;
    return true;
  });
}

/** The first class up to which weights add up to more than `mass`, which is less than they all do. */
function pick(weights: Row, mass: number): number {
  let sum = 0;
  let last = 0;
  for (const [index, weight] of weights.entries()) {
    sum += weight;
    if (sum > mass) return index;
    if (weight > 0) last = index;
  }
  // Among the smallest numbers, mass may be rounded up to all that there is.
  return last;
}
