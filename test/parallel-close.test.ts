import { afterEach, describe, expect, it } from "vitest";
import { createPool, type Pool } from "../src/parallel.js";
import { opNamed } from "./support/ops.js";
import {
  callPool,
  expectAsOne,
  expectSameBits,
  LARGE,
  logitsOf,
  type Memory,
  rejection,
  SOFTMAX,
  startPool,
} from "./support/pools.js";
import { alive, ended, started } from "./support/workers.js";

const shape = LARGE;
const CLOSED = /^the pool was closed$/;
const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose");

afterEach(() => {
  expect(alive()).toEqual([]);
});

const large = (pool: Pool): Promise<unknown> =>
  callPool(pool, SOFTMAX, logitsOf("float32", shape), undefined, { shape });

describe.each<Memory>(["shared", "transferred"])("close, memory %s", (memory) => {
  it("ends every thread before it resolves", async () => {
    const before = started.length;
    const pool = await startPool(memory, { threads: 5 });
    await large(pool);
    expect(alive()).toHaveLength(5);
    expect(await pool.close()).toBeUndefined();
    expect(started.slice(before).every((worker) => ended.has(worker))).toBe(true);
    expect(pool.backend().threads).toBe(0);
  });

  it("rejects the calls under way", async () => {
    const pool = await startPool(memory, { threads: 2 });
    const x = logitsOf("float32", [8192, 1000]);
    const under = [1, 2, 3].map(() => callPool(pool, SOFTMAX, x, undefined, { shape: [8192, 1000] }));
    const errors = under.map(rejection);
    await new Promise((resolve) => setImmediate(resolve));
    await pool.close();
    for (const error of await Promise.all(errors)) expect(error.message).toMatch(CLOSED);
  });

  it("rejects them where it comes at once, too", async () => {
    const pool = await startPool(memory, { threads: 2 });
    const errors = [large(pool), large(pool)].map(rejection);
    await pool.close();
    for (const error of await Promise.all(errors)) expect(error.message).toMatch(CLOSED);
  });

  it("rejects every call from then on, large and small, right and wrong", async () => {
    const pool = await startPool(memory, { threads: 2 });
    const closing = pool.close();
    for (let i = 0; i < 2; i++) {
      for (const op of [SOFTMAX, opNamed("topK"), opNamed("softmaxJacobian")]) {
        expect((await rejection(callPool(pool, op, [1, 2], 1))).message).toMatch(CLOSED);
      }
      expect((await rejection(large(pool))).message).toMatch(CLOSED);
      await closing;
    }
  });

  it("may be called twice, also at once, and resolves when the threads have ended", async () => {
    const pool = await startPool(memory, { threads: 3 });
    const first = pool.close();
    await pool.close();
    expect(alive()).toEqual([]);
    await first;
    await pool.close();
  });

  it("leaves the arrays as they are", async () => {
    const pool = await startPool(memory, { threads: 2 });
    const x = pool.allocate("float32", 3);
    x.set([1, 2, 3]);
    await pool.close();
    expect([...x.data]).toEqual([1, 2, 3]);
    x.free();
    x.free();
    expect(() => x.data).toThrow(/freed/);
  });

  it("is what `await using` calls", async () => {
    {
      await using pool = await startPool(memory, { threads: 2 });
      await expectAsOne(pool, SOFTMAX, logitsOf("float32", shape), undefined, { shape });
      expect(alive()).toHaveLength(2);
    }
    expect(alive()).toEqual([]);
  });
});

describe("close before the threads have started", () => {
  it("ends them all", async () => {
    const pool = createPool({ threads: 3 });
    await pool.close();
    expect(alive()).toEqual([]);
    expect((await rejection(large(pool))).message).toMatch(CLOSED);
  });

  it("rejects calls that wait for them", async () => {
    const pool = createPool({ threads: 2 });
    const errors = [large(pool), large(pool)].map(rejection);
    await pool.close();
    for (const error of await Promise.all(errors)) expect(error.message).toMatch(CLOSED);
  });

  it("settles ready()", async () => {
    const pool = createPool({ threads: 2 });
    const waiting = [pool.ready(), pool.ready()].map((promise) => promise.catch((error: unknown) => error));
    await pool.close();
    for (const outcome of await Promise.all(waiting)) {
      if (outcome !== undefined) expect((outcome as Error).message).toMatch(CLOSED);
    }
  });
});

it("is there under the symbol, for engines without `await using`", async () => {
  const pool = createPool({ threads: 1 }) as unknown as Record<symbol, () => Promise<void>>;
  await pool[asyncDispose]!();
  await pool[asyncDispose]!();
  expect(alive()).toEqual([]);
});

it("many pools, one after the other, leave nothing behind", async () => {
  const x = logitsOf("float32", [1000, 600]);
  let first: unknown;
  for (let i = 0; i < 15; i++) {
    await using pool = createPool({ threads: 1 + (i % 3) });
    const y = await callPool(pool, SOFTMAX, x, undefined, { shape: [1000, 600] });
    first ??= y;
    expectSameBits(y, first);
  }
  expect(alive()).toEqual([]);
});
