import { describe, expect, test } from "vitest";
import { type Case, cases, labelOf, MODES, type Mode, shapeOf } from "../../bench/cases.js";
import { checkSoftmax, compensatedSum, softmaxFloat64 } from "../../bench/check.js";
import type { Contender, FloatArray } from "../../bench/contender.js";
import { plain } from "../../bench/contenders.js";
import { floats, logits } from "../../bench/data.js";
import { compare } from "../../bench/errors.js";
import { javascript, pairwise, pairwiseSum } from "../../bench/javascript.js";
import { modules } from "../../bench/modules.js";
import { ringSize } from "../../bench/stopwatch.js";
import { TAKEN } from "../support/modules.js";

const ROW: Case = { rows: 1, columns: 7, dtype: "float32", axis: -1 };
const TEXTBOOK = [0.024, 0.064, 0.175, 0.475, 0.024, 0.064, 0.175];

function caseOf(label: string): Case {
  const found = cases.find((given) => labelOf(given) === label);
  if (!found) throw new Error(`no case ${label}`);
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
  const { run, result } = await prepare({ given, shape: shapeOf(given), x, out: floats(given.dtype, x.length) });
  await run();
  return result();
}

describe.each(["1x10", "1024x3", "256x1000", "1x131072", "256x1000 float64", "1000x256 axis 0"])("at %s", (label) => {
  const given = caseOf(label);
  const able = MODES.flatMap((mode) => {
    return plain.filter((one) => one.takes(given, mode)).map((one) => ({ name: one.name, one, mode }));
  });

  test.each(able)("$name, $mode, agrees with float64", async ({ name, one, mode }) => {
    const x = logits(given);
    const error = checkSoftmax(name, await compute(one, given, x, mode), softmaxFloat64(x, given));
    expect(error).toBeLessThan(1e-6);
  });
});

test("the rows of axis 0 are those of the last axis", () => {
  const [stood, lying] = [caseOf("1000x256 axis 0"), caseOf("256x1000")];
  expect(shapeOf(stood)).toEqual([1000, 256]);
  expect(logits(stood)[256 + 3]).toBe(logits(lying)[3 * 1000 + 1]);
});

test("large batches go round a ring, small ones do not", () => {
  expect(ringSize(caseOf("256x1000"))).toBe(1);
  expect(ringSize(caseOf("64x32768"))).toBe(5);
});

describe.each(javascript.map((contender) => [contender.name, contender] as const))(
  "baseline with %s",
  (name, baseline) => {
    const run = (given: Case, ...x: number[]) => compute(baseline, given, Float32Array.from(x));

    test("agrees with float64 over every magnitude", async () => {
      const x = Float32Array.from({ length: 80001 }, (_, i) => -i / 1000);
      checkSoftmax(name, await compute(baseline, row(x.length), x), softmaxFloat64(x, row(x.length)));
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
    const given: Case = { rows: 2, columns: 2, dtype: "float64", axis: 0 };
    const [half, sure] = [0.5, 1 / (1 + Math.exp(-3))];
    // Rows (1, 1) and (2, 5), one beside the other.
    const got = softmaxFloat64(Float64Array.of(1, 2, 1, 5), given);
    [half, 1 - sure, half, sure].forEach((p, i) => {
      expect(got[i]).toBeCloseTo(p, 14);
    });
  });

  test("refuses a wrong value, a NaN and a short result", () => {
    const wrong = (at: number, value: number) => Float32Array.from(expected).fill(value, at, at + 1);
    expect(() => checkSoftmax("wrong", wrong(3, (expected[3] as number) * 1.00002), expected)).toThrow("off by");
    expect(() => checkSoftmax("NaN", wrong(0, NaN), expected)).toThrow("off by NaN");
    expect(() => checkSoftmax("short", new Float32Array(6), expected)).toThrow("6 values, expected 7");
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
      checkSoftmax(contender.name, await compute(contender, given), softmaxFloat64(logits(given), given));
    },
  );
});
