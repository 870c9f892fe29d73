// Selecting and drawing in plain JavaScript, as it is usually written or, for the heap and the rows, as well as we can.
// Float32 rows one after the other; sums in float64.

import { maximum } from "./baselines.js";
import type { Case } from "./cases.js";
import { withIndices } from "./contender.js";

/** The largest elements, best first, ties by lower index. */
export interface Selected {
  readonly values: Float32Array;
  readonly indices: ArrayLike<number>;
}

/** What a distribution is cut down to. */
export interface Filters {
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
}

/** All indices sorted, by value, then by index. */
export function sortedIndices(x: ArrayLike<number>): Uint32Array {
  const indices = Uint32Array.from({ length: x.length }, (_, i) => i);
  return indices.sort((a, b) => x[b]! - x[a]! || a - b);
}

export function topKBySort(x: Float32Array, k: number): Selected {
  return selected(x, sortedIndices(x).subarray(0, k));
}

/** Where the next element stands that is above `least`, from `i` on; x.length if there is none. */
type Next = (x: Float32Array, i: number, least: number) => number;

/** A binary heap of the k best indices so far, the worst at its root; nearly every element is below that. */
export function topKByHeap(x: Float32Array, k: number, next: Next): Selected {
  const heap = Uint32Array.from({ length: k }, (_, i) => i);
  for (let at = (k >> 1) - 1; at >= 0; at--) sink(heap, at, x);
  for (let i = next(x, k, x[heap[0]!]!); i < x.length; i = next(x, i + 1, x[heap[0]!]!)) {
    heap[0] = i;
    sink(heap, 0, x);
  }
  return selected(
    x,
    heap.sort((a, b) => x[b]! - x[a]! || a - b),
  );
}

export const oneByOne: Next = (x, i, least) => {
  while (i < x.length && x[i]! <= least) i++;
  return i;
};

/** Quicker in V8, of Node 20 and of 24. */
export const fourByFour: Next = (x, i, least) => {
  const end = x.length;
  for (; i + 3 < end; i += 4) {
    if (x[i]! > least || x[i + 1]! > least || x[i + 2]! > least || x[i + 3]! > least) break;
  }
  while (i < end && x[i]! <= least) i++;
  return i;
};

/** Moves what is at `at` below the children that are worse: smaller, or equal with a higher index. */
function sink(heap: Uint32Array, at: number, x: Float32Array): void {
  const index = heap[at]!;
  const value = x[index]!;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    const right = child + 1;
    if (right < heap.length && isWorse(heap[right]!, x[heap[child]!]!, heap[child]!, x)) child = right;
    if (!isWorse(heap[child]!, value, index, x)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = index;
}

function isWorse(i: number, value: number, index: number, x: Float32Array): boolean {
  const own = x[i]!;
  return own < value || (own === value && i > index);
}

/** Of each row: all rows' values, then their indices. */
export function topKRows(x: Float32Array, { rows, columns }: Pick<Case, "rows" | "columns">, k: number): Float64Array {
  const found = Array.from({ length: rows }, (_, row) => {
    return topKByHeap(x.subarray(row * columns, (row + 1) * columns), k, fourByFour);
  });
  const flat = (field: keyof Selected): number[] => found.flatMap((selected) => Array.from(selected[field]));
  return withIndices(flat("values"), flat("indices"));
}

function selected(x: Float32Array, indices: Uint32Array): Selected {
  return { indices, values: Float32Array.from(indices, (i) => x[i]!) };
}

/** The usual way: softmax of all, sorted, cut by count and by cumulative probability, and a walk along what is left. */
export function sampleBySort(
  x: Float32Array,
  { temperature = 1, topK = x.length, topP = 1 }: Filters,
  random = Math.random,
): number {
  const p = new Float64Array(x.length);
  const max = maximum(x, 0, x.length);
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += p[i] = Math.exp((x[i]! - max) / temperature);
  for (let i = 0; i < x.length; i++) p[i] = p[i]! / sum;
  const order = sortedIndices(p).subarray(0, topK);
  let total = 0;
  for (const i of order) total += p[i]!;
  const limit = topP * total;
  let kept = 0;
  let mass = 0;
  while (kept < order.length && mass < limit) mass += p[order[kept++]!]!;
  const target = random() * mass;
  let cumulated = 0;
  for (let rank = 0; rank < kept; rank++) {
    cumulated += p[order[rank]!]!;
    if (cumulated > target) return order[rank]!;
  }
  return order[kept - 1]!;
}

/** Maximum, exponentials with their sum, and a walk up to a part of it. */
export function sampleRows(
  x: Float32Array,
  tokens: Int32Array,
  rows: number,
  columns: number,
  { temperature = 1 }: Filters,
  exp: (x: number) => number,
  random = Math.random,
): Int32Array {
  const weights = scratch(columns);
  const beta = 1 / temperature;
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const max = maximum(x, start, start + columns);
    let sum = 0;
    for (let i = 0; i < columns; i++) {
      const e = exp(beta * (x[start + i]! - max));
      weights[i] = e;
      sum += e;
    }
    let left = random() * sum - weights[0]!;
    let token = 0;
    while (left >= 0 && token < columns - 1) left -= weights[++token]!;
    tokens[row] = token;
  }
  return tokens;
}

let room = new Float64Array(0);

function scratch(length: number): Float64Array {
  if (room.length < length) room = new Float64Array(length);
  return room;
}

/** The first index of the maximum of each row. */
export function argmaxRows(x: Float32Array, indices: Int32Array, rows: number, columns: number): Int32Array {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    let best = 0;
    let max = x[start]!;
    for (let i = 1; i < columns; i++) {
      const value = x[start + i]!;
      if (value > max) {
        max = value;
        best = i;
      }
    }
    indices[row] = best;
  }
  return indices;
}
