// logitsToProbs against the float64 model of every filter.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FloatArray } from "../src/types.js";
import { CONTRACT, type Dtype } from "./support/contract.js";
import { distributionOver, finalDistribution, loosened, type RowOptions } from "./support/filters.js";
import { DTYPES, floats, logits } from "./support/floats.js";
import { MASS_TOLERANCE, SAMPLING, type Sampling } from "./support/sampling-calls.js";
import {
  combinedOptions,
  describeOptions,
  singleOptions,
  VOCABULARIES,
  vocabularyLogits,
} from "./support/sampling-cases.js";

/** Relative error that a row's sum may have beyond the contract, where JavaScript adds it up one by one. */
const ADDED = { kernels: 0, fallback: 2 ** -53 } as const;

type Fault = (got: FloatArray, x: FloatArray, options: RowOptions, dtype: Dtype) => string | undefined;

/** What is wrong with the probabilities of a row; undefined where nothing is. */
function faultIn(name: Sampling["name"], ...[got, x, options, dtype]: Parameters<Fault>): string | undefined {
  const { smallestNormal } = CONTRACT[dtype];
  const most = CONTRACT[dtype].softmax + ADDED[name] * x.length;
  const by = MASS_TOLERANCE[dtype];
  const may = finalDistribution(x, loosened(options, by), dtype);
  const isCut = options.topP !== undefined || options.minP !== undefined;
  const must = isCut ? finalDistribution(x, loosened(options, -by), dtype) : may;
  if (may.some(Number.isNaN)) return may.every((p, i) => Object.is(p, got[i])) ? undefined : `${got}, expected ${may}`;
  const isKept = may.every((p, i) => p > 0 === (got[i] as number) > 0);
  const expected = isKept ? may : distributionOver(x, options, dtype, (i) => (got[i] as number) > 0);
  for (let i = 0; i < x.length; i++) {
    const p = got[i] as number;
    const e = expected[i] as number;
    if (p > 0 && may[i] === 0) return `class ${i} has ${p}, but is filtered out`;
    if (!(p > 0) && (must[i] as number) > 2 * smallestNormal) return `class ${i} has ${p}, expected about ${must[i]}`;
    const isRight = p === 0 || Math.abs(p - e) <= most * e || (e < smallestNormal && p <= smallestNormal);
    if (!isRight) return `class ${i} has ${p}, expected ${e}: ${Math.abs(p / e - 1)} off`;
  }
  return undefined;
}

const penalty = fc.integer({ min: -8, max: 8 }).map((n) => n / 8);
const logit = fc.integer({ min: -80, max: 80 }).map((n) => n / 8);

/** Logits on a grid, so that scores are either tied or far apart; scaled ones stay within ±10. */
const rows = fc.integer({ min: 1, max: 70 }).chain((columns) => {
  const index = fc.nat({ max: columns - 1 });
  const options = fc.record(
    {
      topK: fc.integer({ min: 1, max: columns + 2 }),
      topP: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
      minP: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
      where: fc.array(fc.boolean(), { minLength: columns, maxLength: columns }),
      logitBias: fc
        .array(fc.tuple(index, fc.oneof(logit, fc.constant(-Infinity))), { maxLength: 5 })
        .map((entries) => new Map(entries)),
      frequencyPenalty: penalty,
      presencePenalty: penalty,
      repetitionPenalty: fc.constantFrom(0.5, 1, 2, 4),
    },
    { requiredKeys: [] },
  );
  return fc.record({
    x: fc.array(fc.oneof({ weight: 9, arbitrary: logit }, fc.constant(-Infinity)), {
      minLength: columns,
      maxLength: columns,
    }),
    history: fc.array(index, { maxLength: 6 }),
    temperature: fc.constantFrom(1, 0.5, 2, 10, 0, Infinity),
    options,
  });
});

describe.each(SAMPLING)("$name: logitsToProbs", ({ name, logitsToProbs }: Sampling) => {
  const faultOf: Fault = (...row) => faultIn(name, ...row);

  // Without kernels there are no blocks, and long rows are slow to sort.
  const vocabularies = VOCABULARIES.filter((columns) => name === "kernels" || columns <= 1000);

  describe.each(DTYPES)("%s", (dtype) => {
    it.each(vocabularies)("each option alone, %i classes", (columns) => {
      const x = vocabularyLogits(dtype, columns);
      for (const options of singleOptions(columns)) {
        expect(faultOf(logitsToProbs(x, options), x, options, dtype), describeOptions(options)).toBeUndefined();
      }
    });

    it.each(vocabularies)("combined options, %i classes", (columns) => {
      const x = logits(dtype, columns, columns, 7);
      const every = columns > 1000 ? 9 : 1;
      for (const options of combinedOptions(columns).filter((_, i) => i % every === 0)) {
        expect(faultOf(logitsToProbs(x, options), x, options, dtype), describeOptions(options)).toBeUndefined();
      }
    });

    it("any options of any row", () => {
      fc.assert(
        fc.property(rows, ({ x, history, temperature, options }) => {
          const row = floats(dtype, x);
          const all = { ...options, history, temperature };
          expect(faultOf(logitsToProbs(row, all), row, all, dtype)).toBeUndefined();
        }),
        { numRuns: 2000 },
      );
    });

    it("topP keeps the smallest set that reaches p: ceil(p K) of K equal logits, those of lowest index", () => {
      const unequal: string[] = [];
      for (const columns of [1, 2, 3, 7, 10, 16, 47, 48, 100, 255, 257, 1000, 4099]) {
        for (const topP of massesOf(columns)) {
          const kept = logitsToProbs(floats(dtype, columns), { topP });
          // 0.14 of 100 is 14, though the product is 14.000000000000002.
          const count = Math.max(1, Math.ceil(topP * columns * (1 - 2 ** -40)));
          const isRight = kept.every((p, i) => (i < count ? Math.abs(p * count - 1) <= 1e-6 : p === 0));
          if (!isRight) unequal.push(`p ${topP} of ${columns}: ${kept.filter((p) => p > 0).length}, not ${count}`);
        }
      }
      expect(unequal).toEqual([]);
    });

    it("topP, of ties at the cut, keeps those of lowest index", () => {
      // 3 classes of mass m, then 4 of m / e, in no order; each adds one class at a time.
      const x = floats(dtype, [0, 1, 0, 1, 0, 1, 0]);
      const mass = 1 / (3 + 4 / Math.E);
      const order = [1, 3, 5, 0, 2, 4, 6];
      const sizes = order.map((i) => (x[i] === 1 ? mass : mass / Math.E));
      let reached = 0;
      sizes.forEach((size, n) => {
        const kept = logitsToProbs(x, { topP: reached + size / 2 });
        const indices = Array.from(kept.keys()).filter((i) => (kept[i] as number) > 0);
        expect(indices).toEqual(order.slice(0, n + 1).sort((a, b) => a - b));
        reached += size;
      });
    });

    it("topK, of ties at the cut, keeps those of lowest index, whatever the temperature", () => {
      const x = floats(dtype, [1, 2, 1, 2, 1, 1]);
      for (const temperature of [1, 0.1, 30, Infinity]) {
        const kept = logitsToProbs(x, { topK: 4, temperature });
        expect(Array.from(kept, (p) => p > 0)).toEqual([true, true, true, true, false, false]);
      }
      expect([...logitsToProbs(x, { topK: 1, temperature: 0 })]).toEqual([0, 1, 0, 0, 0, 0]);
      expect([...logitsToProbs(x, { topK: 3, beta: -Infinity })]).toEqual(
        [...floats(dtype, [1, 0, 1, 0, 1, 0])].map((p) => p && floats(dtype, [1 / 3])[0]),
      );
    });

    it("each row has its own mask and history", () => {
      const columns = 33;
      const count = 9;
      const x = logits(dtype, count * columns, 3, 5);
      const where = Array.from(x, (_, i) => i % 7 !== 2);
      const history = Array.from({ length: count }, (_, r) => Array.from({ length: r }, (_, i) => (i * r) % columns));
      const shared = { topK: 20, topP: 0.9, frequencyPenalty: 0.5, repetitionPenalty: 1.2 };
      const got = logitsToProbs(x, { ...shared, shape: [count, columns], where, history } as never);
      for (let r = 0; r < count; r++) {
        const at = [r * columns, (r + 1) * columns] as const;
        const options = { ...shared, where: where.slice(...at), history: history[r] as number[] };
        expect(faultOf(got.subarray(...at), x.subarray(...at), options, dtype), `row ${r}`).toBeUndefined();
      }
    });
  });
});

/** Masses on edges, beside edges, and anywhere. */
function massesOf(columns: number): number[] {
  const step = Math.max(1, Math.floor(columns / 50));
  const edges = Array.from({ length: Math.floor(columns / step) }, (_, i) => (i * step) / columns);
  return edges.flatMap((edge) => [edge, edge + 0.3 / columns, edge + 0.9 / columns]).filter((p) => p < 1);
}
