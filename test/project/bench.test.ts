import { describe, expect, test } from "vitest";
import {
  type Case,
  cases,
  labelOf,
  type MeasuredCase,
  type Mode,
  OP_NAMES,
  type OpName,
  shapeOf,
} from "../../bench/cases.js";
import { checkValues, TOLERANCE } from "../../bench/check.js";
import type { Batch, Contender, FloatArray } from "../../bench/contender.js";
import { plain } from "../../bench/contenders.js";
import { labels, logits } from "../../bench/data.js";
import { compare } from "../../bench/errors.js";
import * as float64 from "../../bench/float64.js";
import { compensatedSum, softmaxFloat64 } from "../../bench/float64.js";
import { javascript, pairwise, pairwiseSum } from "../../bench/javascript.js";
import { modules } from "../../bench/modules.js";
import { batchesOf, ops } from "../../bench/ops.js";
import { ringSize } from "../../bench/stopwatch.js";
import { TAKEN } from "../support/modules.js";

const ROW: Case = { op: "softmax", rows: 1, columns: 7, dtype: "float32", axis: -1 };
const WITH_LOOPS = OP_NAMES.filter((op) => Object.keys(ops[op].loops).length > 0);
const TEXTBOOK = [0.024, 0.064, 0.175, 0.475, 0.024, 0.064, 0.175];

function caseOf(label: string, op: OpName = "softmax"): MeasuredCase {
  const found = cases.find((given) => given.op === op && labelOf(given) === label);
  if (!found) throw new Error(`no case ${label} of ${op}`);
  return found;
}

function row(columns: number): Case {
  return { ...ROW, columns };
}

async function compute(
  contender: Contender,
  given: Case,
  x: FloatArray = logits(given),
  mode: Mode = "array to array",
): Promise<FloatArray> {
  const prepare = await contender.load(given, mode);
  const { run, result } = await prepare(batchesOf(given, x)());
  await run();
  return result();
}

/** Derivatives are differences: where a probability is 1 - 2^-4, they have lost four bits. */
function accuracyOf(op: OpName): number {
  return op === "softmax" || op === "logSoftmax" ? 1e-6 : TOLERANCE;
}

describe.each([
  ["softmax", "1x10"],
  ["softmax", "1024x3"],
  ["softmax", "256x1000"],
  ["softmax", "1x131072"],
  ["softmax", "256x1000 float64"],
  ["softmax", "1000x256 axis 0"],
  ["logSoftmax", "1024x10"],
  ["logSoftmax", "1x131072"],
  ["logSoftmax", "256x1000 float64"],
  ["logSoftmax", "1000x256 axis 0"],
  ["softmaxJacobian", "1x1000"],
  ["softmaxJacobian", "256x10"],
  ["softmaxVjp", "256x1000"],
  ["crossEntropyWithGrad", "256x1000"],
] as const)("%s at %s", (op, label) => {
  const given = caseOf(label, op);
  const able = given.modes.flatMap((mode) => {
    return plain.filter((one) => one.takes(given, mode)).map((one) => ({ name: one.name, one, mode }));
  });

  test.each(able)("$name, $mode, agrees with float64", async ({ name, one, mode }) => {
    const { exact, floor } = ops[op];
    const expected = (one.exact ?? exact)(batchesOf(given)());
    const values = await compute(one, given, logits(given), mode);
    expect(checkValues(name, values, expected, undefined, floor)).toBeLessThan(accuracyOf(op));
  });
});

describe.each(WITH_LOOPS)("loops of %s", (op) => {
  test.each([2, 3, 4, 5, 9])("take %i classes", async (columns) => {
    const given: Case = { ...ROW, op, rows: 3, columns };
    // None of the probabilities is near 1.
    const x = logits(given).map((value) => value / 8);
    const { exact, floor } = ops[op];
    const expected = exact(batchesOf(given, x)());
    for (const one of javascript.filter((one) => one.takes(given, "array to array"))) {
      expect(checkValues(one.name, await compute(one, given, x), expected, undefined, floor)).toBeLessThan(1e-6);
    }
  });
});

test("the rows of axis 0 are those of the last axis", () => {
  const [stood, lying] = [caseOf("1000x256 axis 0"), caseOf("256x1000")];
  expect(shapeOf(stood)).toEqual([1000, 256]);
  expect(logits(stood)[256 + 3]).toBe(logits(lying)[3 * 1000 + 1]);
});

test("large batches go round a ring, small ones do not", () => {
  expect(ringSize(batchesOf(caseOf("256x1000"))())).toBe(1);
  expect(ringSize(batchesOf(caseOf("64x32768"))())).toBe(5);
  expect(ringSize(batchesOf(caseOf("8x1000", "softmaxJacobian"))())).toBe(3);
});

describe.each(javascript.filter((one) => one.takes(ROW, "array to array")).map((one) => [one.name, one] as const))(
  "baseline with %s",
  (name, baseline) => {
    const run = (given: Case, ...x: number[]) => compute(baseline, given, Float32Array.from(x));

    test("agrees with float64 over every magnitude", async () => {
      const x = Float32Array.from({ length: 80001 }, (_, i) => -i / 1000);
      checkValues(name, await compute(baseline, row(x.length), x), softmaxFloat64(x, row(x.length)));
    });

    test("gives 0 far below the maximum, and NaN to the row of a NaN alone", async () => {
      expect([...(await run(row(5), 1000, 2000, 3000, 4000, 5000))]).toEqual([0, 0, 0, 0, 1]);
      expect([...(await run(row(3), 0, -Infinity, 0))]).toEqual([0.5, 0, 0.5]);
      expect([...(await run({ ...ROW, rows: 2, columns: 2 }, 0, NaN, 7, 7))]).toEqual([NaN, NaN, 0.5, 0.5]);
    });
  },
);

describe("the check before the clock", () => {
  const expected = softmaxFloat64(Float32Array.of(1, 2, 3, 4, 1, 2, 3), ROW);

  test("stands on the textbook's values", () => {
    expect([...expected].map((p) => Number(p.toFixed(3)))).toEqual(TEXTBOOK);
  });

  test("stores the result as the case says", () => {
    const given: Case = { op: "softmax", rows: 2, columns: 2, dtype: "float64", axis: 0 };
    const [half, sure] = [0.5, 1 / (1 + Math.exp(-3))];
    // Rows (1, 1) and (2, 5), one beside the other.
    const got = softmaxFloat64(Float64Array.of(1, 2, 1, 5), given);
    [half, 1 - sure, half, sure].forEach((p, i) => {
      expect(got[i]).toBeCloseTo(p, 14);
    });
  });

  test("takes errors below the floor as if the value were as large as that", () => {
    const small = (error: number) => () => checkValues("small", Float64Array.of(error), Float64Array.of(0), 0.5, 0.1);
    expect(small(0.04)()).toBeCloseTo(0.4, 14);
    expect(small(0.06)).toThrow("off by");
  });

  test("has the other ops' values where they are known", () => {
    // Two classes, the first three times as likely as the second.
    const x = Float64Array.of(Math.log(3), 0);
    const given: Case = { op: "softmaxJacobian", rows: 1, columns: 2, dtype: "float64", axis: -1 };
    const batch = (x: Float64Array, second?: Batch["second"]): Batch => ({ given, shape: [1, 2], x, second, out: x });
    const near = (actual: Float64Array, ...expected: number[]) => {
      expect(actual).toHaveLength(expected.length);
      expected.forEach((value, i) => {
        expect(actual[i]).toBeCloseTo(value, 14);
      });
    };
    near(float64.logSoftmaxFloat64(x, given), Math.log(0.75), Math.log(0.25));
    near(float64.jacobianFloat64(batch(x)), 0.1875, -0.1875, -0.1875, 0.1875);
    near(float64.vjpFloat64(batch(Float64Array.of(0.75, 0.25), Float64Array.of(4, 0))), 0.75, -0.75);
    near(float64.crossEntropyFloat64(batch(x, Int32Array.of(1))), 0.75, -0.75, Math.log(4));
  });

  test("has a class for each row", () => {
    const classes = labels(caseOf("1024x3"));
    expect(classes).toHaveLength(1024);
    expect(new Set(classes)).toEqual(new Set([0, 1, 2]));
  });

  test("refuses a wrong value, a NaN and a short result", () => {
    const wrong = (at: number, value: number) => Float32Array.from(expected).fill(value, at, at + 1);
    expect(() => checkValues("wrong", wrong(3, (expected[3] as number) * 1.00002), expected)).toThrow("off by");
    expect(() => checkValues("NaN", wrong(0, NaN), expected)).toThrow("off by NaN");
    expect(() => checkValues("short", new Float32Array(6), expected)).toThrow("6 values, expected 7");
  });
});

describe("the accuracy table", () => {
  test("has the errors of a result", () => {
    const expected = Float64Array.of(0.25, 0.75, 0.5, 0.5, 1e-40, 1);
    const actual = Float32Array.of(0.25, 0.75, 0.625, 0.5, 0, 1);
    // 1e-40 is below float32's normal numbers, and does not count.
    expect(compare(actual, expected, 2)).toEqual({ max: 0.25, mean: 0.25 / 5, sum: 0.125 });
  });

  test("shows a NaN", () => {
    expect(compare(Float32Array.of(NaN, 1), Float64Array.of(0.5, 0.5), 2)).toEqual({ max: NaN, mean: NaN, sum: NaN });
  });

  test("has sums that lose nothing", () => {
    expect(compensatedSum(Float64Array.of(1, 1e100, 1, -1e100))).toBe(2);
  });

  test.each([1, 7, 8, 128, 129, 1000, 100_003])("adds %i float32 values as NumPy does, not one by one", (count) => {
    const values = logits(row(count)) as Float32Array;
    const exact = compensatedSum(values);
    const size = compensatedSum(values.map(Math.abs));
    expect(Math.abs(pairwiseSum(values, 0, count) - exact)).toBeLessThan(2 ** -24 * 24 * size);
    expect(pairwiseSum(new Float32Array(count).fill(0.1), 0, count) / count).toBeCloseTo(Math.fround(0.1), 6);
  });

  test.each([pairwise, ...modules.filter(({ name }) => TAKEN.some((target) => name.endsWith(`, ${target}`)))])(
    "has a $name that agrees with float64",
    async (contender) => {
      const given = caseOf("64x10");
      checkValues(contender.name, await compute(contender, given), softmaxFloat64(logits(given), given));
    },
  );
});
