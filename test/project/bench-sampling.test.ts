import fc from "fast-check";
import { expect, test } from "vitest";
import { mulberry32 } from "../../bench/data.js";
import { checkDraws, distribution } from "../../bench/draws.js";
import {
  argmaxRows,
  fourByFour,
  oneByOne,
  sampleBySort,
  sampleRows,
  topKByHeap,
  topKBySort,
} from "../../bench/sampling-loops.js";

/** Few values, so that many are equal. */
const rows = fc
  .array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 80 })
  .map((x) => Float32Array.from(x));

/** 0.5, 0.125, 0.25, 0.125. */
const LOGITS = Float32Array.of(0, Math.log(1 / 4), Math.log(1 / 2), Math.log(1 / 4));

test("both heaps select what the sort selects", () => {
  const selections = rows.chain((x) => fc.tuple(fc.constant(x), fc.integer({ min: 1, max: x.length })));
  fc.assert(
    fc.property(selections, ([x, k]) => {
      const sorted = topKBySort(x, k);
      const indices = Array.from(x.keys()).sort((a, b) => x[b]! - x[a]! || a - b);
      expect([...Array.from(sorted.indices)]).toEqual(indices.slice(0, k));
      expect(topKByHeap(x, k, oneByOne)).toEqual(sorted);
      expect(topKByHeap(x, k, fourByFour)).toEqual(sorted);
    }),
  );
});

test("the loop of argmax takes the first of the largest", () => {
  fc.assert(
    fc.property(rows, (x) => {
      expect([...argmaxRows(x, new Int32Array(1), 1, x.length)]).toEqual([x.indexOf(Math.max(...x))]);
    }),
  );
});

test.each([
  [{}, [0.5, 0.125, 0.25, 0.125]],
  [{ temperature: 0.5 }, [16 / 22, 1 / 22, 4 / 22, 1 / 22]],
  [{ topK: 2 }, [2 / 3, 0, 1 / 3, 0]],
  [{ topP: 0.8 }, [4 / 7, 1 / 7, 2 / 7, 0]],
  [{ topK: 3, topP: 0.6 }, [2 / 3, 0, 1 / 3, 0]],
])("the distribution under %o is %o", (filters, expected) => {
  expect([...distribution(LOGITS, filters)].every((p, i) => Math.abs(p - expected[i]!) < 1e-7)).toBe(true);
});

test("draws of the loops pass the check, those of other distributions do not", () => {
  const random = mulberry32(1);
  const tokens = new Int32Array(2);
  const two = Float32Array.of(...LOGITS, ...LOGITS.map((x) => -x));
  const draws = Array.from({ length: 2000 }, () => [...sampleRows(two, tokens, 2, 4, {}, Math.exp, random)]).flat();
  const cut = Array.from({ length: 2000 }, () => sampleBySort(LOGITS, { topK: 3, topP: 0.6 }, random));
  checkDraws("rows", two, 4, {}, draws);
  checkDraws("cut", LOGITS, 4, { topK: 3, topP: 0.6 }, cut);
  expect(() => checkDraws("cooler", two, 4, { temperature: 0.5 }, draws)).toThrow("cooler: 4000 draws are");
  expect(() => checkDraws("turned", two, 4, {}, draws.slice().reverse())).toThrow("turned: 4000 draws are");
  expect(() => checkDraws("best", LOGITS, 4, { topK: 2 }, [0, 2, 1])).toThrow("best drew 1 (draw 2), of probability 0");
});
