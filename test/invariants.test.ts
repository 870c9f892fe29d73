import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FloatArray } from "../src/types.js";
import { CONTRACT } from "./support/contract.js";
import { DTYPES, floats, largestError, logits } from "./support/floats.js";
import { IMPLEMENTATIONS, KERNELS, type Run } from "./support/implementations.js";

const row = fc.array(fc.float({ min: -200, max: 200, noNaN: true }), { minLength: 1, maxLength: 70 });

describe.each(IMPLEMENTATIONS)("$name: axioms", ({ softmax }) => {
  const run = softmax as Run;

  for (const dtype of DTYPES) {
    it(`${dtype}: sums to 1, and is nowhere negative`, () => {
      fc.assert(
        fc.property(row, (values) => {
          const p = run(floats(dtype, values));
          expect(p.every((v) => v >= 0)).toBe(true);
          expect(Math.abs((p as Float64Array).reduce((a, b) => a + b, 0) - 1)).toBeLessThan(
            dtype === "float32" ? 2e-6 : 1e-14,
          );
        }),
      );
    });

    it(`${dtype}: keeps the order; equal logits get equal bits`, () => {
      fc.assert(
        fc.property(row, (values) => {
          const x = [...values, ...values.slice(0, 5)];
          const p = run(floats(dtype, x));
          const order = x.map((v, i) => ({ v, p: p[i] as number })).sort((a, b) => a.v - b.v);
          for (let i = 1; i < order.length; i++) {
            const below = order[i - 1] as { v: number; p: number };
            const above = order[i] as { v: number; p: number };
            if (below.v === above.v) expect(below.p).toBe(above.p);
            const slack = CONTRACT[dtype].expOrderUlp * 2 ** (1 - CONTRACT[dtype].bits);
            expect(above.p).toBeGreaterThanOrEqual(below.p * (1 - slack));
          }
        }),
      );
    });

    it(`${dtype}: a constant added to all logits changes nothing beyond rounding`, () => {
      fc.assert(
        fc.property(
          fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 40 }),
          fc.integer({ min: -200, max: 200 }),
          (values, shift) => {
            const p = run(floats(dtype, values));
            const q = run(
              floats(
                dtype,
                values.map((v) => v + shift),
              ),
            );
            expect(largestError(q, p, dtype)).toBeLessThan(2 * CONTRACT[dtype].softmax);
          },
        ),
      );
    });

    it(`${dtype}: is not scale invariant`, () => {
      const a = run(floats(dtype, [10, 20, 30]));
      const b = run(floats(dtype, [0.1, 0.2, 0.3]));
      expect(a[2]).toBeGreaterThan(0.99);
      expect(b[2]).toBeLessThan(0.4);
    });

    it(`${dtype}: temperature, beta and base say the same thing`, () => {
      fc.assert(
        fc.property(row, fc.double({ min: 0.05, max: 20, noNaN: true }), (values, beta) => {
          const x = floats(
            dtype,
            values.map((v) => v / 20),
          );
          const p = run(x, { beta });
          const bound = { float32: 3e-6, float64: 3e-13 }[dtype];
          expect(largestError(run(x, { temperature: 1 / beta }), p, dtype)).toBeLessThan(bound);
          expect(largestError(run(x, { base: Math.exp(beta) }), p, dtype)).toBeLessThan(bound);
          expect(run(x.map((v) => -v) as FloatArray, { beta: -beta })).toEqual(p);
        }),
      );
    });

    it(`${dtype}: masked elements are as if they were not there`, () => {
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.float({ min: -50, max: 50, noNaN: true }), fc.boolean()), {
            minLength: 1,
            maxLength: 50,
          }),
          (pairs) => {
            const where = pairs.map(([, keep]) => keep);
            const hidden = pairs.map(([v, keep], i) => (keep ? v : [NaN, Infinity, -Infinity, v][i % 4]) as number);
            const p = run(floats(dtype, hidden), { where });
            const alone = run(
              floats(
                dtype,
                pairs.filter(([, keep]) => keep).map(([v]) => v),
              ),
            );
            const kept = p.filter((_, i) => where[i]);
            expect(p.every((v, i) => where[i] || v === 0)).toBe(true);
            expect(largestError(kept as FloatArray, alone, dtype)).toBeLessThan(CONTRACT[dtype].softmax);
          },
        ),
      );
    });
  }
});

describe.each(KERNELS)("$name: a row's bits depend on the row alone", ({ softmax }) => {
  const run = softmax as Run;

  for (const dtype of DTYPES) {
    it(`${dtype}: not on the batch, the place in it, the neighbours or the axis`, () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 600 }),
          fc.integer({ min: 1, max: 9 }),
          fc.constantFrom(1, 0.3, -2),
          fc.nat(),
          (length, batch, beta, seed) => {
            const x = logits(dtype, batch * length, seed, 300);
            const together = run(x, { shape: [batch, length], beta });
            const turned = floats(dtype, batch * length);
            x.forEach((v, i) => {
              turned[(i % length) * batch + Math.floor(i / length)] = v;
            });
            const columns = run(turned, { shape: [length, batch], axis: 0, beta });
            for (let b = 0; b < batch; b++) {
              const alone = run(x.slice(b * length, (b + 1) * length), { beta });
              expect(together.subarray(b * length, (b + 1) * length)).toEqual(alone);
              expect(alone.every((p, k) => Object.is(columns[k * batch + b], p))).toBe(true);
            }
          },
        ),
        { numRuns: 60 },
      );
    });

    it(`${dtype}: not on chunks, nor on the array's alignment`, () => {
      const length = 50_257;
      const x = logits(dtype, 5 * length, 3);
      const together = run(x, { shape: [5, length] });
      const alone = run(x.slice(3 * length, 4 * length));
      expect(together.subarray(3 * length, 4 * length)).toEqual(alone);
      for (let offset = 0; offset < 4; offset++) {
        const room = floats(dtype, 1000 + offset);
        room.set(x.subarray(0, 1000), offset);
        expect(run(room.subarray(offset))).toEqual(run(x.slice(0, 1000)));
      }
    });
  }
});
