import { describe, expect, it } from "vitest";
import { ORACLE } from "../src/oracle.js";
import { CONTRACT, type Dtype } from "./support/contract.js";
import { DTYPES, floats, largestError, logits } from "./support/floats.js";
import { IMPLEMENTATIONS, KERNELS } from "./support/implementations.js";
import { softmax as exactSoftmax, relativeError } from "./support/oracle.js";
import { random } from "./support/random.js";
import { WORKED } from "./support/seed-values.js";

/** `length` seeded multiples of 2^-8, exact in float32. */
function seeded(seed: number, length: number, low: number, high: number): number[] {
  const { uniform } = random(seed);
  return Array.from({ length }, () => Math.round(uniform(low, high) * 256) / 256);
}

/** Rows of which `verify()` has no room to store the exact values. */
const ROWS = [
  { name: "one logit", beta: 1, x: [-7] },
  { name: "two logits", beta: 1, x: [0.5, -0.25] },
  { name: "equal logits", beta: 1, x: [2.75, 2.75, 2.75, 2.75, 2.75] },
  { name: "thousands", beta: 1, x: [1000, 2000, 3000, 4000, 5000] },
  { name: "within 10", beta: 1, x: seeded(1, 17, -10, 10) },
  { name: "within 80", beta: 1, x: seeded(2, 19, -80, 80) },
  { name: "about 250", beta: 1, x: seeded(3, 9, 240, 256) },
  { name: "about -250", beta: 1, x: seeded(4, 9, -256, -240) },
  { name: "beta 0.1", beta: 0.1, x: seeded(5, 9, -40, 40) },
  { name: "beta 10", beta: 10, x: seeded(6, 9, -1, 1) },
  { name: "beta -1.5", beta: -1.5, x: seeded(7, 11, -6, 6) },
  { name: "beta 500", beta: 500, x: seeded(8, 7, 0.9375, 1) },
  { name: "beta 0.001", beta: 1e-3, x: seeded(9, 9, -4000, 4000) },
  { name: "the largest floats", beta: 1e-38, x: [1.5, 1.75, -1.5, 1, 0, -1.75, 1.9375].map((m) => m * 2 ** 127) },
];

describe.each(IMPLEMENTATIONS)("$name: worked numbers", ({ softmax }) => {
  it.each(WORKED)("$name", ({ z, options, expected, atol }) => {
    const got = softmax(z as number[][], options).flat();
    expected.flat().forEach((value, i) => {
      expect(Math.abs((got[i] as number) - value)).toBeLessThanOrEqual(atol);
    });
    expect(got.length).toBe(expected.flat().length);
  });
});

describe.each(IMPLEMENTATIONS)("$name: exact values", ({ softmax }) => {
  function check(dtype: Dtype, x: readonly number[], beta: number, expected: readonly number[]): void {
    const got = softmax(floats(dtype, x) as Float32Array, { beta });
    // The reference rounds x - max and then beta times it, each in float64.
    const reach = Math.max(...x.map((v) => Math.abs(v * beta)).filter((v) => v < 1000), 10);
    expect(largestError(got, expected, dtype)).toBeLessThan(Math.max(CONTRACT[dtype].softmax, 2 ** -51 * reach));
  }

  for (const dtype of DTYPES) {
    it.each(ORACLE)(`${dtype}, stored: %o, %o`, (x, { beta = 1 }, expected) => check(dtype, x, beta, expected));

    it.each(ROWS)(`${dtype}: $name`, ({ x, beta }) => {
      const expected = exactSoftmax(x, beta).map((p) => p.high);
      check(dtype, x, beta, expected);
    });
  }
});

describe.each(KERNELS)("$name: accuracy for any |x - max|", ({ softmax }) => {
  const REACHES = [1, 10, 40, 80, 256];

  it.each(REACHES)("float32 within 6e-7 for logits within ±%d", (reach) => {
    for (const length of [3, 10, 16, 17, 255, 1000, 4099]) {
      const x = logits("float32", length, reach + length, reach) as Float32Array;
      const exact = Float64Array.from(exactSoftmax(x), ({ high }) => high);
      expect(largestError(softmax(x), exact, "float32")).toBeLessThanOrEqual(CONTRACT.float32.anyLogits);
    }
  });

  it.each(REACHES)("float64 within 2e-15 for logits within ±%d", (reach) => {
    for (const length of [3, 10, 17, 255, 1000]) {
      const x = logits("float64", length, reach + length, reach) as Float64Array;
      const exact = exactSoftmax(x);
      const got = softmax(x);
      const errors = exact.filter(({ high }) => high > 2 ** -1022).map((e, i) => relativeError(got[i] as number, e));
      expect(Math.max(...errors)).toBeLessThanOrEqual(CONTRACT.float64.anyLogits);
    }
  });

  it.each([0.001, 0.37, 0.5, 1 / 3, 2.5, 7, 100, -1.5])("float64 within 2e-15 for beta %d", (beta) => {
    const x = logits("float64", 300, 7, 80 / Math.abs(beta)) as Float64Array;
    const exact = Float64Array.from(exactSoftmax(x, beta), ({ high }) => high);
    expect(largestError(softmax(x, { beta }), exact, "float64")).toBeLessThanOrEqual(CONTRACT.float64.anyLogits);
  });

  it.each([0.001, 0.37, 1 / 3, 2.5, 7, 100, -1.5])("float32 within 6e-7 for beta %d", (beta) => {
    const x = logits("float32", 300, 7, 20 / Math.abs(beta)) as Float32Array;
    const exact = Float64Array.from(exactSoftmax(x, beta), ({ high }) => high);
    expect(largestError(softmax(x, { beta }), exact, "float32")).toBeLessThanOrEqual(CONTRACT.float32.anyLogits);
  });
});

describe.each(KERNELS)("$name: rows of large logits, whose maximum is subtracted", ({ softmax }) => {
  it.each([270, 300, 400, 530, 700, 1000, 1415, 1e5, -300, -500, -1000, -1415])("%d, and a little less", (max) => {
    for (const dtype of DTYPES) {
      // In eighths, x - max is exact too, all the way down to where the result is no normal number.
      const reach = dtype === "float32" ? 80 : 700;
      const below = logits(dtype, 200, 1, reach / 2).map((v) => max + Math.round(8 * (v - reach / 2)) / 8);
      const x = floats(dtype, [max, ...below]) as Float32Array;
      const exact = Float64Array.from(exactSoftmax(x), ({ high }) => high);
      expect(largestError(softmax(x), exact, dtype)).toBeLessThanOrEqual(CONTRACT[dtype].anyLogits);
    }
  });
});

describe.each(KERNELS)("$name: sums", ({ softmax }) => {
  const COUNTS = [1, 2, 3, 10, 17, 1000, 4097, 50257, 2 ** 20];

  it.each(COUNTS)("%d equal logits get 1/K each", (length) => {
    for (const dtype of DTYPES) {
      const x = floats(dtype, length).fill(0.7);
      const got = softmax(x as Float32Array);
      expect(largestError(got, floats("float64", length).fill(1 / length), dtype)).toBeLessThanOrEqual(
        CONTRACT[dtype].anyLogits,
      );
    }
  });

  it("takes a beta below the smallest normal number for what it is", () => {
    const [p] = softmax(Float64Array.of(2 ** 1023, 0), { beta: 2 ** -1026 });
    expect(p).toBeCloseTo(1 / (1 + Math.exp(-1 / 8)), 12);
  });

  it("infinite beta keeps to the maximum, by however little it is one", () => {
    expect([...softmax(Float64Array.of(5e-324, 0, 0), { beta: Infinity })]).toEqual([1, 0, 0]);
    expect([...softmax(Float32Array.of(0, 1.5e-45), { beta: Infinity })]).toEqual([0, 1]);
  });

  it.each(COUNTS)("a row of %d sums to 1, added in float64", (length) => {
    for (const dtype of DTYPES) {
      const rows = [logits(dtype, length, length), ...EQUAL.map((v) => floats(dtype, length).fill(v))];
      for (const x of rows) {
        expect(Math.abs(compensatedSum(softmax(x as Float32Array)) - 1)).toBeLessThanOrEqual(CONTRACT[dtype].sum);
      }
    }
  });
});

/** Equal logits, most of them such that 32 additions in float32 would lose 5e-7 where 16 lose next to nothing. */
const EQUAL = [0.1, 0.656, -0.753, 1.326];

/** Kahan's sum. */
function compensatedSum(values: Iterable<number>): number {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const term = value - lost;
    lost = sum + term - sum - term;
    sum += term;
  }
  return sum;
}
