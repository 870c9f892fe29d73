import fc from "fast-check";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { Pool } from "../src/parallel.js";
import type { FloatArray } from "../src/types.js";
import { DTYPES } from "./support/floats.js";
import { type Op, type Options, opNamed, rowwise, taken } from "./support/ops.js";
import {
  expectAllAsOne,
  expectAsOne,
  LONG_BYTES,
  logitsOf,
  type Memory,
  ROWWISE,
  SMALL,
  SOFTMAX,
  secondOf,
  sizeOf,
  startPool,
  typed,
  valuesFor,
} from "./support/pools.js";

const THREADS = [1, 2, 3, 5] as const;

/** Where a row, a batch, or a piece of one becomes larger than what threads take at once; in elements of `width` bytes. */
function borders(width: number): readonly (readonly number[])[] {
  const row = LONG_BYTES / width;
  return [
    [1, SMALL - 1],
    [1, SMALL],
    [1, row - 1],
    [1, row],
    [1, row + 1],
    [2, row],
    [2, row + 3],
    [4, row / 2 + 1],
    [5, row / 4 - 1],
    [511, 1030],
    [512, 1024],
    [513, 1030],
    [1025, 515],
    [255, row / 256],
    [257, row / 256],
    [80_001, 7],
    [SMALL, 1],
    [SMALL + 1, 2],
  ];
}

/** Batches along other axes. */
const ALONG: readonly (readonly [shape: readonly number[], axis: Options["axis"]])[] = [
  [[1000, 600], 0],
  [[200_001, 3], 0],
  [[3, 200_001], 0],
  [[1, 600_000], 0],
  [[50, 101, 107], 1],
  [[2, 600, 500], 1],
  [
    [600, 3, 300],
    [0, 1],
  ],
  [
    [3, 300, 600],
    [1, 2],
  ],
  [[80, 90, 80], null],
];

describe.each<Memory>(["shared", "transferred"])("memory %s: as one thread, to the bit", (memory) => {
  let pools: readonly Pool[];
  beforeAll(async () => {
    const counts = memory === "shared" ? THREADS : THREADS.slice(1, 3);
    pools = await Promise.all(counts.map((threads) => startPool(memory, { threads })));
  });
  afterAll(() => Promise.all(pools.map((pool) => pool.close())));

  const everywhere = (op: Op, x: FloatArray, second: unknown, options: Options): Promise<void> =>
    expectAllAsOne(pools, op, x, second, options);

  describe.each(DTYPES)("%s", (dtype) => {
    it("on both sides of every border", async () => {
      for (const shape of borders(dtype === "float32" ? 4 : 8)) {
        await everywhere(SOFTMAX, logitsOf(dtype, shape), undefined, { shape });
      }
    });

    it.each(["logSumExp", "crossEntropyWithGrad", "topK", "softmaxVjp"] as const)(
      "%s, with numbers for each row or beside them",
      async (name) => {
        const op = opNamed(name);
        for (const shape of [
          [2, SMALL / 2 + 1],
          [513, 1030],
          [SMALL, 2],
        ] as const) {
          const second = secondOf(op, () => logitsOf(dtype, shape, 2), shape[0], shape[1]);
          await everywhere(op, logitsOf(dtype, shape), second, { shape });
        }
      },
    );

    it("along any axis", async () => {
      for (const [shape, axis] of ALONG) await everywhere(SOFTMAX, logitsOf(dtype, shape), undefined, { shape, axis });
      for (const [shape, axis] of ALONG.slice(4)) {
        await everywhere(opNamed("logSoftmaxVjp"), logitsOf(dtype, shape), logitsOf(dtype, shape, 2), { shape, axis });
        await everywhere(opNamed("logSumExp"), logitsOf(dtype, shape), undefined, { shape, axis, keepDims: true });
        await everywhere(opNamed("topK"), logitsOf(dtype, shape), 3, { shape, axis });
      }
    });
  });

  it("for any function, shape, axis, mask and β", async () => {
    const shapes = fc.integer({ min: 1, max: 6 }).chain((outer) =>
      fc.integer({ min: 1, max: 2000 }).chain((length) => {
        const most = Math.ceil((2 * SMALL) / (outer * length));
        return fc.integer({ min: 1, max: most }).map((inner) => [outer, length, inner]);
      }),
    );
    const calls = fc.record({
      pool: fc.nat(THREADS.length - 1).map((i) => i % pools.length),
      op: fc.constantFrom(...ROWWISE),
      dtype: fc.constantFrom(...DTYPES),
      shape: shapes.chain((shape) => fc.shuffledSubarray(shape, { minLength: 3 })),
      axis: fc.constantFrom(0, 1, 2, [0, 1], [1, 2], null),
      beta: fc.oneof(fc.constant(undefined), fc.double({ min: -3, max: 3, noNaN: true })),
      mask: fc.option(fc.integer({ min: 2, max: 9 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(calls, async ({ pool, op, dtype, shape, axis, beta, mask }) => {
        const size = sizeOf(shape);
        const along = axis === null ? shape : [axis].flat().map((i) => shape[i] as number);
        const make = (seed: number): FloatArray => typed(dtype, valuesFor(op, size, seed));
        const where = mask && Uint8Array.from({ length: size }, (_, i) => Number(i % mask > 0));
        const second = secondOf(op, () => make(2), size / sizeOf(along), sizeOf(along));
        const options = rowwise(op, taken(op, { shape, axis, beta, where }));
        await expectAsOne(pools[pool] as Pool, op, make(1), second, options);
      }),
      { numRuns: 40 },
    );
  });
});
