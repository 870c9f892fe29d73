// Accuracy at every length where a kernel could take another path, along both axes, and rows' independence of their batch.

import { CONTRACT, type Dtype } from "../support/contract.js";
import { BATCHES, SHORT_LENGTHS } from "../support/ladder.js";
import type { Context, Floats, Options, Subject } from "./entries.js";
import { alike, DTYPES, floats, largestError, logits, REFERENCE_ERROR, rowOf, turned } from "./numbers.js";

/** On both sides of the blocks of long rows too. */
const LENGTHS: readonly number[] = [...SHORT_LENGTHS, 2047, 2048, 2049, 4095, 4096, 4097];
/** Rows of a batch: a vector of them and one more. */
const ROWS = 5;

interface Op {
  readonly name: "softmax" | "logSoftmax" | "logSumExp";
  /** Numbers that a row of a length becomes. */
  readonly size: (length: number) => number;
  readonly bound: "anyLogits" | "logSoftmax" | "logSumExp";
  /** What its errors are relative to, where that is not the result. */
  readonly sizes?: (x: Float64Array, length: number) => Float64Array;
}

const OPS: readonly Op[] = [
  { name: "softmax", size: (length) => length, bound: "anyLogits" },
  { name: "logSoftmax", size: (length) => length, bound: "logSoftmax" },
  {
    name: "logSumExp",
    size: () => 1,
    bound: "logSumExp",
    sizes: (x, length) =>
      Float64Array.from({ length: x.length / length }, (_, r) =>
        Math.max(Math.log(length), Math.abs(rowOf(x, r, length).reduce((a, b) => Math.max(a, b)))),
      ),
  },
];

export function checkLadder(context: Context): void {
  for (const op of OPS) {
    for (const length of LENGTHS) {
      // Odd lengths have the larger logits, of which most have next to no probability.
      const x = logits("float64", ROWS * length, length, length % 2 === 0 ? 8 : 128) as Float64Array;
      const expected = context.reference[op.name](x, { shape: [ROWS, length] });
      const sizes = op.sizes?.(x, length);
      for (const subject of context.subjects) {
        for (const dtype of DTYPES) checkLength(context, subject, op, dtype, x, expected, sizes);
      }
    }
    for (const subject of context.subjects) {
      for (const dtype of DTYPES) checkBatches(context, subject, op, dtype);
      checkEqualLogits(context, subject, op);
    }
  }
  checkLongRow(context);
}

function checkLength(
  { suite }: Context,
  subject: Subject,
  { name, size, bound }: Op,
  dtype: Dtype,
  exact: Float64Array,
  expected: Floats,
  sizes: Float64Array | undefined,
): void {
  const length = exact.length / ROWS;
  const run = subject[name];
  const what = `${name}: ${subject.name}, ${dtype} ${ROWS}x${length}`;
  suite.group(what, () => {
    const x = floats(dtype, exact);
    const got = run(x, { shape: [ROWS, length] });
    const most = CONTRACT[dtype][bound] + REFERENCE_ERROR;
    const error = largestError(got, expected, dtype, sizes);
    suite.check(`${what}: error`, error <= most, error, `at most ${most}`);
    suite.check(`${what}: kind`, got.constructor === x.constructor && got !== x, got, x.constructor.name);
    suite.check(`${what}: x as it was`, alike(x, exact), x, exact);

    const n = size(length);
    const down = run(turned(x, ROWS, length), { shape: [length, ROWS], axis: 0 });
    suite.check(`${what}: along the first axis`, alike(down, turned(got, ROWS, n)), down, got);
    const r = length % ROWS;
    const alone = run(shifted(rowOf(x, r, length), 1 + (length % 3)));
    suite.check(`${what}: row ${r} alone`, alike(alone, rowOf(got, r, n)), alone, rowOf(got, r, n));
    const out = name === "logSumExp" ? floats(dtype, ROWS) : x;
    const same = run(x, { shape: [ROWS, length], out });
    suite.check(`${what}: out`, same === out && alike(out, got), out, got);
  });
}

/** A copy that starts some elements into its memory. */
function shifted(row: Floats, by: number): Floats {
  const room = new (row.constructor as Float64ArrayConstructor)(row.length + by);
  room.set(row, by);
  return room.subarray(by);
}

/** A row's bits are the same in batches of any size, at any place, along any axis. */
function checkBatches({ suite }: Context, subject: Subject, { name, size }: Op, dtype: Dtype): void {
  const run = subject[name];
  for (const length of [1, 2, 3, 10, 47, 64]) {
    const n = size(length);
    const row = logits(dtype, length, length, 64);
    const alone = run(row);
    for (const batch of BATCHES) {
      const what = `${name}: ${subject.name}, ${dtype} ${batch} rows of ${length}`;
      suite.group(what, () => {
        const x = logits(dtype, batch * length, batch);
        for (let r = batch % 2; r < batch; r += 3) x.set(row, r * length);
        const got = run(x, { shape: [batch, length] });
        suite.check(`${what}: length`, got.length === batch * n, got.length, batch * n);
        const wrong = Array.from({ length: batch }, (_, r) => r).filter(
          (r) => r % 3 === batch % 2 && !alike(rowOf(got, r, n), alone),
        );
        suite.check(`${what}: as alone`, wrong.length === 0, wrong, "no row that differs");
      });
    }
    const what = `${name}: ${subject.name}, ${dtype} [3, ${length}, 7] along the middle`;
    suite.group(what, () => {
      const x = logits(dtype, 3 * length * 7, 5);
      const got = run(x, { shape: [3, length, 7], axis: 1 });
      for (let o = 0; o < 3; o++) {
        const slab = run(rowOf(x, o, 7 * length), { shape: [length, 7], axis: 0 });
        suite.check(`${what}, ${o}`, alike(rowOf(got, o, 7 * n), slab), rowOf(got, o, 7 * n), slab);
      }
      const whole = run(x, { shape: [3, length, 7], axis: null });
      const flat = run(x);
      suite.check(`${what}: axis null`, alike(whole, flat), whole, flat);
      const two = run(x, { shape: [3, length, 7], axis: [-2, -1] });
      const rows = run(x, { shape: [3, 7 * length] });
      suite.check(`${what}: two axes`, alike(two, rows), two, rows);
    });
  }
}

/** 1/K each: sums of one and the same number show what is lost in them. */
function checkEqualLogits({ suite }: Context, subject: Subject, { name, size, bound }: Op): void {
  for (const [dtype, length] of [
    ["float32", name === "softmax" ? 2 ** 20 : 50257],
    ["float64", 50257],
  ] as const) {
    const what = `${name}: ${subject.name}, ${length} equal logits of ${dtype}`;
    suite.group(what, () => {
      const got = subject[name](floats(dtype, length).fill(-3));
      const value = { softmax: 1 / length, logSoftmax: -Math.log(length), logSumExp: Math.log(length) - 3 }[name];
      const expected = new Float64Array(size(length)).fill(value);
      const sizes = expected.map((v) => (name === "logSumExp" ? Math.log(length) : v));
      const error = largestError(got, expected, dtype, sizes);
      const most = CONTRACT[dtype][bound] + REFERENCE_ERROR;
      suite.check(what, error <= most, error, `at most ${most}`);
    });
  }
}

/** A vocabulary, more than passes through the window of memory at once, and in place. */
function checkLongRow({ suite, subjects, reference }: Context): void {
  const rows = 2;
  const length = 50257;
  const exact = logits("float64", rows * length, 3, 16);
  const options: Options = { shape: [rows, length], beta: 0.5 };
  const expected = reference.softmax(exact, options);
  for (const subject of subjects) {
    for (const dtype of DTYPES) {
      const what = `softmax: ${subject.name}, ${dtype} ${rows}x${length}`;
      suite.group(what, () => {
        const x = floats(dtype, exact);
        const got = subject.softmax(x, options);
        // The reference adds as textbooks do.
        const most = CONTRACT[dtype].anyLogits + 1e-12;
        const error = largestError(got, expected, dtype);
        suite.check(what, error <= most, error, `at most ${most}`);
        subject.softmax(x, { ...options, out: x });
        suite.check(`${what}: in place`, alike(x, got), x, got);
      });
    }
  }
}
