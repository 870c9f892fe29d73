// argmax and topK against a plain sort, and hardmax and sigmoid against their definitions.

import { CONTRACT, type Dtype } from "../support/contract.js";
import { SHORT_LENGTHS } from "../support/ladder.js";
import type { Context, Floats, Subject } from "./entries.js";
import { alike, DTYPES, floats, integers, largestError, logits, REFERENCE_ERROR, rowOf, turned } from "./numbers.js";

/** Those of the ladder on both sides of borders, and past the blocks. */
const LENGTHS: readonly number[] = [...SHORT_LENGTHS.filter((n) => n < 18 || (n > 30 && n < 300)), 1025, 4097];
const ROWS = 3;

/** Rows that a selection may stumble over. */
const KINDS: Readonly<Record<string, (dtype: Dtype, count: number) => Floats>> = {
  "of many values": (dtype, count) => logits(dtype, count, count, 64),
  "of three values": (dtype, count) => of(dtype, count, [-1, 0, 1]),
  "of zeros of both signs": (dtype, count) => of(dtype, count, [0, -0]),
  "of one value": (dtype, count) => floats(dtype, count).fill(-2.5),
  "with NaN and infinities": (dtype, count) => of(dtype, count, [NaN, Infinity, -Infinity, 1, -1, 0, 2, 3]),
  "of denormals": (dtype, count) =>
    of(dtype, count, dtype === "float32" ? [1e-45, -1e-45, 3e-45, 0] : [5e-324, -5e-324, 1e-323, 0]),
};

function of(dtype: Dtype, count: number, values: readonly number[]): Floats {
  const next = integers(count, values.length);
  return floats(
    dtype,
    Array.from({ length: count }, () => values[next()] as number),
  );
}

export function checkChoice(context: Context): void {
  for (const dtype of DTYPES) {
    for (const length of LENGTHS) {
      for (const [kind, make] of Object.entries(KINDS))
        checkRows(context, dtype, length, kind, make(dtype, ROWS * length));
    }
    for (const subject of context.subjects) checkSigmoid(context, subject, dtype);
  }
}

/** A row's indices: NaN first, then the larger; of equal ones the first. Sorting is stable. */
function ranked(row: Floats): number[] {
  const indices = Array.from(row.keys());
  const before = (a: number, b: number): boolean => (Number.isNaN(a) ? !Number.isNaN(b) : a > b);
  return indices.sort((i, j) => {
    const [a, b] = [row[i] as number, row[j] as number];
    return before(a, b) ? -1 : before(b, a) ? 1 : 0;
  });
}

function checkRows({ suite, subjects }: Context, dtype: Dtype, length: number, kind: string, x: Floats): void {
  const shape = [ROWS, length];
  const orders = Array.from({ length: ROWS }, (_, r) => ranked(rowOf(x, r, length)));
  const first = Int32Array.from(orders, (order) => order[0] as number);
  const hard = hardmaxOf(x, orders);
  const chosen = [...new Set([0, 1, length >> 1, length])].flatMap((k) => [
    chosenOf(x, orders, k, true),
    chosenOf(x, orders, k, false),
  ]);
  for (const subject of subjects) {
    const what = `${subject.name}, ${dtype} ${ROWS}x${length} ${kind}`;
    suite.group(`choice: ${what}`, () => {
      const best = subject.argmax(x, { shape });
      suite.check(`argmax: ${what}`, best instanceof Int32Array && alike(best, first), best, first);
      const across = subject.argmax(turned(x, ROWS, length), { shape: [length, ROWS], axis: 0 });
      suite.check(`argmax: ${what}: along the first axis`, alike(across, first), across, first);
      const got = subject.hardmax(x, { shape });
      suite.check(`hardmax: ${what}`, alike(got, hard), got, hard);
      for (const { k, sorted, values, indices } of chosen) {
        const top = subject.topK(x, k, { shape, sorted });
        suite.check(`topK: ${what}: ${k}, sorted ${sorted}`, alike(top.indices, indices), top.indices, indices);
        const same = top.values.constructor === x.constructor && identical(top.values as Floats, values);
        suite.check(`topK: ${what}: values of ${k}, sorted ${sorted}`, same, top.values, values);
      }
    });
  }
}

interface Chosen {
  readonly k: number;
  readonly sorted: boolean;
  readonly values: Floats;
  readonly indices: Int32Array;
}

function chosenOf(x: Floats, orders: readonly (readonly number[])[], k: number, sorted: boolean): Chosen {
  const length = x.length / ROWS;
  const indices = orders.flatMap((order) => (sorted ? order.slice(0, k) : order.slice(0, k).sort((a, b) => a - b)));
  const values = x.slice(0, ROWS * k) as Floats;
  indices.forEach((i, n) => {
    values[n] = x[Math.floor(n / k) * length + i] as number;
  });
  return { k, sorted, values, indices: Int32Array.from(indices) };
}

/** As alike, where -0 is not 0. */
function identical(got: Floats, expected: Floats): boolean {
  if (got.length !== expected.length) return false;
  for (let i = 0; i < got.length; i++) if (!Object.is(got[i], expected[i])) return false;
  return true;
}

/** The largest share 1, in a row where they are finite. */
function hardmaxOf(x: Floats, orders: readonly (readonly number[])[]): Floats {
  const length = x.length / ROWS;
  const result = x.slice() as Floats;
  orders.forEach(([first = 0], r) => {
    const row = rowOf(x, r, length);
    const most = row[first] as number;
    const tied = row.filter((v) => v === most).length;
    result.set(row.map((v) => (Number.isFinite(most) ? (v === most ? 1 / tied : 0) : NaN)) as Float32Array, r * length);
  });
  return result;
}

function checkSigmoid({ suite, reference }: Context, subject: Subject, dtype: Dtype): void {
  for (const length of [1, 2, 3, 4, 5, 7, 8, 9, 17, 100, 1025]) {
    for (const beta of [1, 2, -0.5]) {
      const what = `sigmoid: ${subject.name}, ${dtype} ${length} numbers, beta ${beta}`;
      suite.group(what, () => {
        const x = logits(dtype, length, length, 32);
        const got = subject.sigmoid(x, { beta });
        const error = largestError(got, reference.sigmoid(Float64Array.from(x), { beta }), dtype);
        const most = CONTRACT[dtype].sigmoid + REFERENCE_ERROR;
        suite.check(what, error <= most, error, `at most ${most}`);
        const mirrored = subject.sigmoid(x, { beta: -beta });
        const sums = Float64Array.from(got, (v, i) => v + (mirrored[i] as number) - 1);
        const off = sums.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
        suite.check(`${what}: σ(x) + σ(-x)`, off <= 2 * CONTRACT[dtype].sigmoid, off, 0);
      });
    }
  }
}
