import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSoftmax } from "../src/index.js";
import { createPool, type Pool } from "../src/parallel.js";
import { ALL, type Op, type Options, rowwise, taken } from "./support/ops.js";
import {
  BATCH,
  bytesOf,
  expectAsOne,
  expectSameBits,
  KINDS,
  LARGE,
  logitsOf,
  type Memory,
  ONE,
  ROWWISE,
  SMALL,
  SOFTMAX,
  secondOf,
  sizeOf,
  startPool,
  valuesFor,
} from "./support/pools.js";

/** Below the size from which threads do the work, and above it; more rows than a kernel takes at once. */
const SHAPES = [[61, 1031], BATCH] as const;

describe.each<Memory>(["shared", "transferred"])("every function, memory %s: as one thread, to the bit", (memory) => {
  let pool: Pool;
  beforeAll(async () => {
    pool = await startPool(memory, { threads: 2 });
  });
  afterAll(() => pool.close());

  const kinds = Object.keys(KINDS).filter(
    (kind) => memory === "shared" || ["Float32Array", "float16 bits", "nested arrays"].includes(kind),
  );

  describe.each(kinds)("%s", (kind) => {
    const made = new Map<string, readonly [x: unknown, options: Options]>();
    const make = (op: Op, shape: readonly number[], seed: number): readonly [x: unknown, options: Options] => {
      const key = `${op.names[0] === "p"} ${shape} ${seed}`;
      if (!made.has(key)) made.set(key, KINDS[kind]!(valuesFor(op, sizeOf(shape), seed), shape));
      return made.get(key)!;
    };
    afterAll(() => made.clear());

    it.each(ROWWISE)("$name", async (op) => {
      for (const shape of SHAPES) {
        const [x, options] = make(op, shape, 1);
        const second = secondOf(op, () => make(op, shape, 2)[0], shape[0], shape[1]);
        await expectAsOne(pool, op, x, second, rowwise(op, taken(op, options)));
      }
    });
  });

  it.each(ALL.filter((op) => !ROWWISE.includes(op)))("$name", async (op) => {
    for (const shape of [
      [5, 7],
      [40_000, 4],
    ]) {
      const x = logitsOf("float32", shape);
      await expectAsOne(
        pool,
        op,
        x,
        secondOf(op, () => x, shape[0]!, shape[1]!),
        { shape },
      );
    }
  });

  it.each(ROWWISE)("$name of the pool's arrays", async (op) => {
    for (const dtype of ["float32", "float64"] as const) {
      for (const shape of SHAPES) {
        const make = (seed: number) => valuesFor(op, sizeOf(shape), seed);
        const arrays = [1, 2].map((seed) => {
          const array = pool.allocate(dtype, shape);
          array.set(make(seed));
          return array;
        });
        const typed = arrays.map(({ data }) => data.slice());
        const options = rowwise(op, taken(op, { shape }));
        const [x, y] = arrays;
        const run = (library: unknown, first: unknown, second: unknown): unknown =>
          (library as Record<string, (...given: unknown[]) => unknown>)[op.name]!(
            ...(op.second === "none" ? [first] : [first, secondOf(op, () => second, shape[0], shape[1])]),
            options,
          );
        expectSameBits(await run(pool, x, y), run(ONE, typed[0], typed[1]));
        arrays.forEach((array, i) => {
          expect(bytesOf(array.data).equals(bytesOf(typed[i]!)), "inputs are as before").toBe(true);
          array.free();
        });
      }
    }
  });

  it("gives arrays that are not shared, and are as large as their numbers", async () => {
    const x = pool.allocate("float32", LARGE);
    for (const given of [x, logitsOf("float32", LARGE)]) {
      const y = (await pool.softmax(given, { shape: LARGE })) as Float32Array;
      expect(y.buffer).toBeInstanceOf(ArrayBuffer);
      expect(y.buffer.byteLength).toBe(4 * sizeOf(LARGE));
      const { loss, grad } = await pool.crossEntropyWithGrad(given, new Int32Array(LARGE[0]), {
        shape: LARGE,
        reduction: "none",
      });
      expect([loss, grad].map((array) => (array as Float32Array).buffer)).toEqual([
        expect.any(ArrayBuffer),
        expect.any(ArrayBuffer),
      ]);
    }
    x.free();
  });

  it("takes single rows, empty batches and scalars", async () => {
    for (const [x, options] of [
      [new Float32Array(0), undefined],
      [new Float32Array(0), { shape: [0, 5] }],
      [new Float64Array(0), { shape: [SMALL, 0] }],
      [[1, 2, 3], undefined],
      [[[1, 2, 3]], { axis: 0 }],
      [Float32Array.of(4), { shape: [] }],
    ] as const) {
      await expectAsOne(pool, SOFTMAX, x, undefined, options);
    }
  });
});

it("has every function of one thread", () => {
  const pool = createPool({ threads: 1 });
  const names = ["softmax", ...ALL.map(({ name }) => name), "allocate", "backend", "ready", "close"];
  for (const name of names) expect(Reflect.get(pool, name), name).toBeInstanceOf(Function);
  expect(Reflect.get(pool, Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose"))).toBeInstanceOf(Function);
  return pool.close();
});

it("gives the bits of `deterministic` where it was asked for", async () => {
  const pool = createPool({ threads: 2, deterministic: true });
  const x = logitsOf("float32", LARGE);
  const expected = createSoftmax({ deterministic: true }).softmax(x, { shape: LARGE });
  expectSameBits(await pool.softmax(x, { shape: LARGE }), expected);
  expect(pool.backend()).toMatchObject({ backend: "simd", threads: 2 });
  await pool.close();
});
