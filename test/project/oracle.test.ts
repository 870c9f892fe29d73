import { Decimal } from "decimal.js";
import { describe, expect, test } from "vitest";
import {
  type Big,
  decompose,
  type Exact,
  exp,
  expBig,
  LN2,
  relativeError,
  softmax,
  toExact,
  toNumber,
  ulpError,
  ulps,
} from "../support/oracle.js";
import { random } from "../support/random.js";

const Precise = Decimal.clone({ precision: 60 });

/** The first `count` decimals, cut off. */
function decimals({ significand, exponent }: Big, count: number): string {
  const digits = ((significand * 10n ** BigInt(count)) >> BigInt(-exponent)).toString().padStart(count + 1, "0");
  return `${digits.slice(0, -count)}.${digits.slice(-count)}`;
}

/** All digits of a float64: decimal.js itself takes only those that tell it from its neighbours. */
function fromFloat(x: number): Decimal {
  return new Precise(x.toPrecision(100));
}

function fromBig({ significand, exponent }: Big): Decimal {
  return new Precise(significand.toString()).times(new Precise(2).pow(exponent));
}

function fromExact({ high, low }: Exact): Decimal {
  return fromFloat(high).plus(fromFloat(low));
}

function difference(got: Decimal, expected: Decimal): number {
  return got.minus(expected).div(expected).abs().toNumber();
}

describe("published values", () => {
  test("ln 2", () => {
    expect(decimals(LN2, 50)).toBe("0.69314718055994530941723212145817656807550013436025");
  });

  test.each([
    [0, "1.00000000000000000000000000000000000000000000000000"],
    [1, "2.71828182845904523536028747135266249775724709369995"],
    [-1, "0.36787944117144232159552377016146086744581113103176"],
    [10, "22026.46579480671651695790064528424436635351261855678107"],
  ])("e^%d", (x, digits) => {
    expect(decimals(expBig(decompose(x)), 50)).toBe(digits);
  });

  test("softmax of 1, 2, 3", () => {
    const published = [
      "0.090030573170380457998022101484491797867930864911467207",
      "0.244728471054797652472959618340762797199300074837972109",
      "0.665240955774821889529018280174745404932769060250560684",
    ];
    for (const [i, p] of softmax([1, 2, 3]).entries()) {
      expect(p.high).toBe(Number(published[i]));
      expect(difference(fromExact(p), new Precise(published[i] ?? ""))).toBeLessThan(1e-31);
    }
  });
});

describe("against decimal.js at 60 digits", () => {
  test("exp of 200 numbers", () => {
    const { uniform } = random(1);
    for (let i = 0; i < 200; i++) {
      const x = i % 2 ? uniform(-745, 709) : uniform(-1, 1) * 2 ** uniform(-60, 0);
      const expected = fromFloat(x).exp();
      expect(difference(fromBig(expBig(decompose(x))), expected)).toBeLessThan(1e-57);
      expect(exp(x).high).toBe(expected.toNumber());
      if (x > -600) expect(difference(fromExact(exp(x)), expected)).toBeLessThan(1e-31);
    }
  });

  test.each([1, 0.1, -1.5, 500])("softmax at beta %d", (beta) => {
    const { uniform } = random(2);
    const row = Array.from({ length: 9 }, () => uniform(-3, 3));
    const weights = row.map((x) => fromFloat(x).times(fromFloat(beta)).exp());
    const sum = weights.reduce((a, b) => a.plus(b));
    for (const [i, p] of softmax(row, beta).entries()) {
      const expected = weights[i]?.div(sum) ?? new Precise(Number.NaN);
      expect(p.high).toBe(expected.toNumber());
      if (p.high > 1e-260) expect(difference(fromExact(p), expected)).toBeLessThan(1e-31);
    }
  });
});

describe("exp", () => {
  test("has the limits of Math.exp", () => {
    for (const x of [0, -0, 5e-324, 710, -746, -1e300, -Infinity]) expect(exp(x).high).toBe(Math.exp(x));
    for (const x of [1e300, Infinity, NaN]) expect(() => exp(x)).toThrow(RangeError);
  });

  test("rounds once where the result is subnormal", () => {
    expect(exp(-744.44).high).toBe(5e-324);
    expect(exp(-745.13).high).toBe(5e-324);
    expect(exp(-745.14).high).toBe(0);
    expect(exp(-740).high).toBe(new Precise(-740).exp().toNumber());
  });
});

describe("softmax", () => {
  const highs = (row: ArrayLike<number>, beta?: number): number[] => softmax(row, beta).map((p) => p.high);

  test("stands huge logits, differences and factors", () => {
    expect(highs([3.4e38, -3.4e38, 0])).toEqual([1, 0, 0]);
    expect(highs([1.7e308, -1.7e308, 5e-324])).toEqual([1, 0, 0]);
    expect(highs([3e38, 3e38, 1], -1e300)).toEqual([0, 0, 1]);
    expect(highs([1, 2, 3, 4], 0)).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(highs(new Float32Array([-7]))).toEqual([1]);
  });

  test("gives an absent logit 0", () => {
    expect(highs([-Infinity, 1, 1])).toEqual([0, 0.5, 0.5]);
    expect(highs([Infinity, 1, 1], -1)).toEqual([0, 0.5, 0.5]);
  });

  test("refuses what has no probabilities", () => {
    for (const row of [[NaN, 1], [Infinity, 1], [-Infinity, -Infinity], []]) {
      expect(() => softmax(row)).toThrow(RangeError);
    }
    expect(() => softmax([1], Infinity)).toThrow(RangeError);
  });

  test("rounds ties to even", () => {
    expect(toNumber({ significand: (1n << 54n) + 2n, exponent: 0 })).toBe(2 ** 54);
    expect(toNumber({ significand: (1n << 54n) + 6n, exponent: 0 })).toBe(2 ** 54 + 8);
    expect(toNumber({ significand: -5n, exponent: -1 })).toBe(-2.5);
    expect(toNumber(decompose(-1.1e-310))).toBe(-1.1e-310);
    expect(toExact({ significand: (1n << 54n) + 2n, exponent: 0 })).toMatchObject({ high: 2 ** 54, low: 2 });
  });
});

describe("errors", () => {
  test("are relative to the exact value", () => {
    const [third] = softmax([1, 1, 1]) as [Exact];
    expect(relativeError(third.high, third)).toBeCloseTo(2 ** -54, 25);
    expect(relativeError(0.5, third)).toBeCloseTo(0.5, 15);
    expect(relativeError(0.25, exp(0))).toBe(0.75);
    expect(relativeError(0, exp(-1e300))).toBe(0);
    expect(relativeError(1e-40, exp(-1e300))).toBe(Infinity);
    expect(relativeError(NaN, third)).toBe(Infinity);
  });

  test("count units in the last place", () => {
    expect(ulpError(1, 0, 53)).toBe(0);
    expect(ulpError(1 + 2 ** -52, 0, 53)).toBe(1);
    expect(ulpError(1 + 2 ** -23, 0, 24)).toBe(1);
    expect(ulpError(Math.fround(Math.E), 1, 24)).toBeLessThan(0.5);
    expect(ulpError(Math.E, 1, 53)).toBeCloseTo(1.4456468917292502e-16 / 2 ** -51, 12);
    // Near the bottom of float64's range, where two float64 numbers hold no more than one.
    expect(ulpError(exp(-708.125).high, -708.125, 53)).toBeCloseTo(0.0757666519215656, 14);
    expect(ulpError(NaN, 1, 53)).toBe(Infinity);
    expect(ulps(2 ** -149, exp(-Infinity), 24)).toBe(1);
    expect(ulps(3 * 2 ** -149, toExact(decompose(2 ** -149)), 24)).toBe(2);
  });
});
