import { describe, expect, it } from "vitest";
import type { FloatArray } from "../src/types.js";
import { CONTRACT } from "./support/contract.js";
import { DTYPES, floats, largestErrorIn, logits } from "./support/floats.js";
import { IMPLEMENTATIONS } from "./support/implementations.js";
import { logSoftmax as exactLogSoftmax } from "./support/oracle.js";
import { describeRowwise } from "./support/rowwise.js";

const LN2 = Math.LN2;
const shape = [3, 4];
const ACTIONS = [2, 0, 3];

const KINDS: readonly (readonly [name: string, actions: unknown])[] = [
  ["Int32Array", new Int32Array(ACTIONS)],
  ["Uint8Array", new Uint8Array(ACTIONS)],
  ["BigInt64Array", new BigInt64Array(ACTIONS.map(BigInt))],
  ["an array", ACTIONS],
];

describe.each(IMPLEMENTATIONS)("$name: logProb", ({ logProb, logSoftmax }) => {
  describe.each(DTYPES)("%s", (dtype) => {
    const bound = CONTRACT[dtype].terms;

    it.each(KINDS)("is log-softmax at the actions: %s", (_, actions) => {
      const x = logits(dtype, 12, 5);
      for (const options of [{}, { beta: -0.5 }, { temperature: 3 }, { base: 2 }]) {
        const log = logSoftmax(x, { shape, ...options });
        const expected = ACTIONS.map((action, r) => log[4 * r + action] as number);
        const got = logProb(x, actions, { shape, ...options });
        expect(largestErrorIn(got, expected, expected.map(Math.abs), dtype)).toBeLessThan(bound);
      }
    });

    it("keeps what is left where the action has nearly all the mass", () => {
      for (const gap of [1, 5, 16, 30, 60]) {
        const expected = exactLogSoftmax([gap, 0]);
        for (const action of [0, 1]) {
          const size = [Math.abs(expected[action] as number)];
          expect(
            largestErrorIn(logProb(floats(dtype, [gap, 0]), action), [expected[action] as number], size, dtype),
          ).toBeLessThan(bound);
        }
      }
    });

    it("one row and one action", () => {
      const got = logProb(floats(dtype, [3, 3]), 1);
      expect(got).toHaveLength(1);
      expect(got[0]).toBeCloseTo(-LN2, 6);
      expect(logProb(floats(dtype, [3]), 0)).toEqual(floats(dtype, [0]));
    });

    it("NaN, infinities and masks", () => {
      const x = floats(dtype, [1, NaN, 0, 0, Infinity, 1, -Infinity, 5, -Infinity, 5, -Infinity, -Infinity]);
      const got = logProb(x, [0, 1, 1, 0, 1, 0], { shape: [6, 2] });
      expect(largestErrorIn(got, [NaN, -LN2, NaN, -Infinity, 0, NaN], Array(6).fill(1), dtype)).toBeLessThan(bound);
      const where = [1, 0, 1, 1, 1, 1];
      const masked = logProb(floats(dtype, [2, NaN, 2, 7, 7, 7]), [0, 2], { shape: [2, 3], where });
      expect(largestErrorIn(masked, [-LN2, -Math.log(3)], [1, 1], dtype)).toBeLessThan(bound);
      expect(logProb(floats(dtype, [2, NaN, 2]), 1, { where: [1, 0, 1] })).toEqual(floats(dtype, [-Infinity]));
    });

    it("along the first axis", () => {
      const x = floats(dtype, [0, 5, 0, 5, 7, 5]);
      const got = logProb(x, [1, 0], { shape: [3, 2], axis: 0 });
      const row = logProb(floats(dtype, [0, 0, 7]), 1);
      expect(got[0]).toBe(row[0]);
      expect(got[1]).toBeCloseTo(-Math.log(3), 6);
    });
  });

  it("keeps the kind", () => {
    const near = (v: number) => expect.closeTo(v, 14);
    expect(
      logProb(
        [
          [0, 0],
          [3, 3],
        ] as unknown as FloatArray,
        [0, 1],
      ),
    ).toEqual([near(-LN2), near(-LN2)]);
    expect(logProb([0, 0] as unknown as FloatArray, 1)).toEqual(near(-LN2));
    const tensor = { data: new Float32Array(4), shape: [2, 2] } as unknown as FloatArray;
    expect(logProb(tensor, [0, 1])).toEqual({ data: new Float32Array([-LN2, -LN2]), shape: [2] });
  });
});

/** Of rows of any length, the first class. */
describeRowwise({
  name: "logProb",
  form: "reduced",
  inputs: 1,
  shortest: 1,
  run: ({ logProb }, [x], options) => logProb(x as Float64Array, zerosFor(x, options ?? {}), options),
});

/** As many zeros as there are rows. */
function zerosFor(
  x: unknown,
  options: { shape?: readonly number[]; axis?: number | readonly number[] | null },
): number | number[] {
  const { shape, dims, data } = x as { shape?: readonly number[]; dims?: readonly number[]; data?: unknown };
  const sizes = options.shape ?? shape ?? dims ?? nestedSizes(x);
  if (data === undefined && sizes.length < 2) return 0;
  const axes = options.axis === null ? [...sizes.keys()] : [options.axis ?? sizes.length - 1].flat();
  return Array(sizes.reduce((product, n, i) => (axes.includes(i) ? product : product * n), 1)).fill(0);
}

function nestedSizes(x: unknown): number[] {
  return Array.isArray(x) ? [x.length, ...nestedSizes(x[0])] : [];
}
