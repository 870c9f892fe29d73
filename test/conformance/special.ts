// Holds an implementation to the special cases; and NaN of any kind, in any place, to its row.

import type { Dtype } from "../support/contract.js";
import type { Context, Floats, Subject } from "./entries.js";
import { alike, almost, DTYPES, EPSILON, floats, largestError, logits, valuesOf } from "./numbers.js";
import { type Case, FAR_ROWS, OTHERS, REDUCED, ROWS } from "./special-cases.js";

export function checkSpecialCases(context: Context): void {
  for (const subject of context.subjects) {
    for (const dtype of DTYPES) {
      for (const given of [...ROWS, ...FAR_ROWS]) checkRow(context, subject, dtype, given);
      for (const given of ROWS) checkLogRow(context, subject, dtype, given);
      for (const given of [...REDUCED, ...OTHERS]) checkCase(context, subject, dtype, given);
      checkTails(context, subject, dtype);
    }
    checkLogarithms(context, subject);
  }
}

function checkRow({ suite }: Context, subject: Subject, dtype: Dtype, [x, options, p]: (typeof ROWS)[number]): void {
  const what = `${subject.name}, ${dtype} ([${x}], ${JSON.stringify(options, plain)})`;
  suite.group(`softmax: ${what}`, () => {
    const given = floats(dtype, x);
    const got = subject.softmax(given, options);
    suite.check(`softmax: ${what}`, almost(got, p, dtype), got, p);
    const { shape, axis, where, ...scaling } = options;
    const along = Object.fromEntries(Object.entries({ shape, axis, where }).filter(([, value]) => value !== undefined));
    const shard = subject.normalizeWith(given, subject.softmaxPartials(given, { ...along, ...scaling }), along);
    // Equal shares are not exact here: the sum comes from elsewhere.
    const error = largestError(shard, p, dtype);
    suite.check(`normalizeWith: ${what}`, error <= 4 * EPSILON[dtype], shard, p);
    suite.check(`${what}: x as it was`, alike(given, floats(dtype, x)), given, x);
    const { temperature } = options;
    if (temperature !== 0) return;
    const hard = subject.hardmax(given, along);
    suite.check(`hardmax: ${what}`, almost(hard, p, dtype), hard, p);
  });
}

/** Of a probability of 0, as where an element is masked, the logarithm is -Infinity. */
function checkLogRow({ suite }: Context, subject: Subject, dtype: Dtype, [x, options, p]: (typeof ROWS)[number]): void {
  const what = `logSoftmax: ${subject.name}, ${dtype} ([${x}], ${JSON.stringify(options, plain)})`;
  suite.group(what, () => {
    const expected = p.map((v) => Math.log(v));
    const got = subject.logSoftmax(floats(dtype, x), options);
    suite.check(what, almost(got, expected, dtype, 2), got, expected);
  });
}

function checkCase(
  { suite }: Context,
  { name, loose }: Subject,
  dtype: Dtype,
  [op, args, options, ...wanted]: Case,
): void {
  const what = `${op}: ${name}, ${dtype} (${args.map((a) => `[${a}]`)}, ${JSON.stringify(options, plain)})`;
  suite.group(what, () => {
    const given = args.map((a) => (Array.isArray(a) ? floats(dtype, a) : a));
    const weights = options["weights"] as number[] | undefined;
    const got = valuesOf(loose[op]!(...given, weights ? { ...options, weights: floats(dtype, weights) } : options));
    const expected = valuesOf(wanted);
    suite.check(what, almost(got, expected, dtype, 2), got, expected);
  });
}

/** Infinity and the like have no JSON. */
function plain(_: string, value: unknown): unknown {
  return typeof value === "number" ? String(value) : value;
}

/** The bits of NaN, quiet and signalling, of either sign, of small and large payloads: the upper words for float64. */
const NAN32: readonly number[] = [0x7fc00000, 0xffc00000, 0x7f800001, 0xff800001, 0x7f8001ff, 0x7fffffff, 0xffffffff];
const NAN64: readonly number[] = [0x7ff80000, 0xfff80000, 0x7ff00000, 0xfff00000, 0x7ff001ff, 0x7fffffff, 0xffffffff];

function putNaN(x: Floats, index: number, pattern: number): void {
  const words = new Uint32Array(x.buffer);
  const bits = (x.BYTES_PER_ELEMENT === 4 ? NAN32 : NAN64)[pattern % 7] as number;
  if (x.BYTES_PER_ELEMENT === 4) words[index] = bits;
  else words.set([1, bits], 2 * index);
}

/** NaN of any kind, anywhere in the middle one of three rows or columns. */
function checkTails({ suite }: Context, subject: Subject, dtype: Dtype): void {
  for (const op of ["softmax", "logSoftmax", "logSumExp"] as const) {
    const run = subject[op];
    const rank = op === "logSumExp" ? 0 : 1;
    for (const length of [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 48, 65, 257]) {
      const what = `${op}: ${subject.name}, a NaN in ${dtype} rows of ${length}`;
      suite.group(what, () => {
        const clean = run(logits(dtype, 3 * length, length), { shape: [3, length] });
        const size = length ** rank;
        const expected = clean.slice().fill(NaN, size, 2 * size);
        for (let at = 0; at < length; at += 1 + (length >> 4)) {
          const x = logits(dtype, 3 * length, length);
          putNaN(x, length + at, at);
          const got = run(x, { shape: [3, length] });
          suite.check(`${what}, at ${at}`, alike(got, expected), got, expected);
        }
        const x = logits(dtype, length * 3, length);
        putNaN(x, 1, length);
        const got = run(x, { shape: [length, 3], axis: 0 });
        const holds = got.every((v, i) => Number.isNaN(v) === (i % 3 === 1));
        suite.check(`${what}, along the first axis`, holds, got, "NaN in the second column alone");
      });
    }
  }
}

/** Where probabilities say nothing more, their logarithms do. */
function checkLogarithms({ suite }: Context, { name, loose }: Subject): void {
  for (const [x, expected] of [
    [
      [1000, 1],
      [0, -999],
    ],
    [
      [16, 0],
      [-1.1253516838717682e-7, -16.00000011253517],
    ],
    [
      [1000, 2000, 3000, 4000, 5000],
      [-4000, -3000, -2000, -1000, 0],
    ],
    [
      [0, -40],
      [-4.248354255291589e-18, -40],
    ],
  ] as const) {
    for (const dtype of DTYPES) {
      const what = `logSoftmax: ${name}, ${dtype} [${x}]`;
      suite.group(what, () => {
        const got = loose["logSoftmax"]!(floats(dtype, x)) as Floats;
        suite.check(what, almost(got, expected, dtype, 4), got, expected);
      });
    }
  }
}
