import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SharedArray } from "../src/parallel/types.js";
import { createPool, type Pool } from "../src/parallel.js";
import type { FloatArray } from "../src/types.js";
import { DTYPES } from "./support/floats.js";
import { callOp, type Op, type Options, rowwise, taken } from "./support/ops.js";
import {
  callPool,
  expectSameBits,
  expectWorking,
  LARGE,
  logitsOf,
  type Memory,
  ONE,
  ROWWISE,
  rejection,
  SOFTMAX,
  secondOf,
  sizeOf,
  startPool,
  typed,
  valuesFor,
} from "./support/pools.js";
import { random } from "./support/random.js";

const SHAPES = [
  [3, 5],
  [1, 2 ** 20 + 1],
  [1200, 451],
  [90, 6007],
  [60_000, 9],
] as const;

interface Call {
  readonly op: Op;
  readonly x: FloatArray;
  readonly second: unknown;
  readonly options: Options;
}

/** Seeded calls of all ops and sizes. */
function calls(count: number): Call[] {
  const source = random(3);
  return Array.from({ length: count }, (_, i) => {
    const op = ROWWISE[source.integer(ROWWISE.length)] as Op;
    const shape = SHAPES[source.integer(SHAPES.length)] as (typeof SHAPES)[number];
    const dtype = DTYPES[i % 2] as "float32" | "float64";
    const make = (seed: number): FloatArray => typed(dtype, valuesFor(op, sizeOf(shape), seed));
    const second = secondOf(op, () => make(i + 1), shape[0], shape[1]);
    return { op, x: make(i), second, options: rowwise(op, taken(op, { shape })) };
  });
}

const alone = ({ op, x, second, options }: Call): unknown => callOp(ONE, op, x, second, options);

describe.each<Memory>(["shared", "transferred"])("calls beside one another, memory %s", (memory) => {
  let pool: Pool;
  beforeAll(async () => {
    pool = await startPool(memory, { threads: 3 });
  });
  afterAll(() => pool.close());

  const together = ({ op, x, second, options }: Call): Promise<unknown> => callPool(pool, op, x, second, options);

  it("give what they give alone", async () => {
    const all = calls(40);
    const results = await Promise.all(all.map(together));
    results.forEach((result, i) => {
      expectSameBits(result, alone(all[i]!), `call ${i}, ${all[i]!.op.name}`);
    });
  });

  it("while arrays are allocated, filled and freed, and memory grows", async () => {
    const all = calls(30);
    const kept: SharedArray[] = [];
    const pending = all.map(async (call, i) => {
      const promise = together(call);
      const array = pool.allocate("float32", 50_000 * (i % 5) + 1);
      array.data.fill(i);
      if (i % 3 === 0) array.free();
      else kept.push(array);
      return promise;
    });
    const results = await Promise.all(pending);
    results.forEach((result, i) => {
      expectSameBits(result, alone(all[i]!), `call ${i}, ${all[i]!.op.name}`);
    });
    for (const array of kept) {
      const [first] = array.data;
      expect(array.data.every((value) => value === first)).toBe(true);
      array.free();
    }
  });

  it("between the pool's arrays", async () => {
    const xs = Array.from({ length: 6 }, (_, i) => logitsOf("float32", [900, 700 + i], i));
    const pairs = xs.map((x, i) => {
      const [from, to] = [1, 2].map(() => pool.allocate("float32", [900, 700 + i])) as [SharedArray, SharedArray];
      from.set(x);
      return [from, to] as const;
    });
    await Promise.all(pairs.map(([from, to]) => callPool(pool, SOFTMAX, from, undefined, { out: to })));
    pairs.forEach(([from, to], i) => {
      expectSameBits(to.data, callOp(ONE, SOFTMAX, xs[i], undefined, { shape: [900, 700 + i] }));
      from.free();
      to.free();
    });
  });

  it("of which some fail", async () => {
    const good = calls(12);
    const bad = good.map(({ op }) => callPool(pool, op, logitsOf("float32", [700, 200]), undefined, { shape: [3] }));
    const errors = Promise.all(bad.map(rejection));
    const results = await Promise.all(good.map(together));
    results.forEach((result, i) => {
      expectSameBits(result, alone(good[i]!), `call ${i}, ${good[i]!.op.name}`);
    });
    for (const error of await errors) expect(error).toBeInstanceOf(Error);
  });

  it("of which each waits for the one before", async () => {
    const shape = [...LARGE];
    const x = pool.allocate("float32", shape);
    const y = pool.allocate("float32", shape);
    const values = logitsOf("float32", shape);
    x.set(values);
    let expected: unknown = values;
    for (let i = 0; i < 4; i++) {
      await (i % 2 === 0 ? pool.softmax(x, { out: y, beta: 9 }) : pool.softmax(y, { out: x, beta: 9 }));
      expected = callOp(ONE, SOFTMAX, expected, undefined, { shape, beta: 9 });
    }
    expectSameBits(x.data, expected);
    x.free();
    y.free();
    await expectWorking(pool, 3);
  });
});

it("pools beside one another do not know of one another", async () => {
  const pools = await Promise.all([1, 2, 2].map((threads) => startPool("shared", { threads })));
  const shape = [900, 700];
  const xs = pools.map((_, i) => logitsOf("float32", shape, i));
  const results = pools.map((pool, i) => callPool(pool, SOFTMAX, xs[i], undefined, { shape }));
  await results[0];
  await pools[0]!.close();
  for (const [i, x] of xs.entries()) {
    expectSameBits(await results[i], callOp(ONE, SOFTMAX, x, undefined, { shape }));
  }
  await Promise.all(pools.map((pool) => pool.close()));
});

it("calls made before the threads have started give the same", async () => {
  const pool = createPool({ threads: 2 });
  const all = calls(20);
  const results = await Promise.all(all.map(({ op, x, second, options }) => callPool(pool, op, x, second, options)));
  results.forEach((result, i) => {
    expectSameBits(result, alone(all[i]!), `call ${i}, ${all[i]!.op.name}`);
  });
  await pool.close();
});
