import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { createPool, type Pool } from "../src/parallel.js";
import { opNamed } from "./support/ops.js";
import {
  callPool,
  expectAsOne,
  expectSameBits,
  expectWorking,
  logitsOf,
  type Memory,
  ONE,
  SOFTMAX,
  secondOf,
  startPool,
} from "./support/pools.js";
import { alive, dying, refuseSharing, replaced, seam, started, troubled } from "./support/workers.js";

const shape = [2100, 500] as const;

/** Settled in time, or an error: nothing may hang. */
async function soon<T>(promise: Promise<T>): Promise<T> {
  const late = AbortSignal.timeout(10_000);
  return Promise.race([promise, sleep(10_000, undefined, { ref: false }).then(() => Promise.reject(late.reason))]);
}

const pools: Pool[] = [];

afterEach(async () => {
  seam.program = undefined;
  seam.post = undefined;
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
  expect(alive()).toEqual([]);
});

async function start(memory: Memory, threads: number): Promise<Pool> {
  const pool = await startPool(memory, { threads });
  pools.push(pool);
  return pool;
}

/** A pool whose first workers die when work comes; those after them do not. */
async function startDying(memory: Memory, threads: number, statement: string, workers = threads): Promise<Pool> {
  const last = started.length + (memory === "transferred" ? 1 : 0) + workers;
  const die = dying(statement);
  seam.program = (program) => (started.length < last ? die(program) : program);
  return start(memory, threads);
}

/** How threads die. */
const DEATHS: Readonly<Record<string, readonly [statement: string, cause: RegExp]>> = {
  "that exits": ["process.exit(7)", /code 7/],
  "that throws": ['throw new RangeError("worn out")', /worn out/],
};

describe.each<Memory>(["shared", "transferred"])("a thread, memory %s,", (memory) => {
  describe.each(Object.keys(DEATHS))("%s", (how) => {
    const [statement, cause] = DEATHS[how]!;

    it("has its work done again, and is replaced", async () => {
      for (const workers of [1, 3]) {
        const pool = await startDying(memory, 3, statement, workers);
        await soon(expectAsOne(pool, SOFTMAX, logitsOf("float32", shape), undefined, { shape }));
        await soon(expectWorking(pool, 3));
      }
    });

    it("does so for other functions, and for the pool's arrays", async () => {
      for (const name of ["logSumExp", "softmaxVjp", "topK", "crossEntropyWithGrad"] as const) {
        const pool = await startDying(memory, 2, statement);
        const x = logitsOf("float32", shape);
        const second = secondOf(opNamed(name), () => x, ...shape);
        await soon(expectAsOne(pool, opNamed(name), x, second, { shape }));
      }
      const pool = await startDying(memory, 2, statement);
      const values = logitsOf("float32", shape);
      const [x, y] = [pool.allocate("float32", shape), pool.allocate("float32", shape)];
      x.set(values);
      await soon(pool.softmax(x, { out: y }));
      expectSameBits(y.data, ONE.softmax(values, { shape }));
      expectSameBits(x.data, values);
      await soon(expectWorking(pool, 2));
    });

    it("takes its call with it where x was written over, with the cause", async () => {
      const pool = await startDying(memory, 2, statement);
      const x = pool.allocate("float32", shape);
      const values = logitsOf("float32", shape);
      x.set(values);
      const outcome = await soon(callPool(pool, SOFTMAX, x, undefined, { out: x }).catch((error: unknown) => error));
      // A thread that throws may have done its work before that ends it.
      if (memory === "transferred" || outcome === x) {
        expect(outcome).toBe(x);
        expectSameBits(x.data, ONE.softmax(values, { shape }));
      } else {
        expect(outcome).toBeInstanceOf(Error);
        expect((outcome as Error).message).toMatch(cause);
        expect(String((outcome as Error).cause)).toMatch(cause);
      }
      await soon(expectWorking(pool, 2));
    });

    it("in a long row: the right bits, or the cause", async () => {
      const pool = await startDying(memory, 2, statement);
      const x = logitsOf("float32", [2 ** 20]);
      const before = x.slice();
      const outcome = await soon(callPool(pool, SOFTMAX, x).catch((error: unknown) => error));
      if (outcome instanceof Error) expect(String(outcome.cause)).toMatch(cause);
      else expectSameBits(outcome, ONE.softmax(x));
      expectSameBits(x, before);
      await soon(expectAsOne(pool, SOFTMAX, x));
      await soon(expectWorking(pool, 2));
    });

    it("and whose successors die of the same: calls get the right bits or the cause, and the pool goes on", async () => {
      const pool = await startDying(memory, 2, statement, 1000);
      const x = logitsOf("float32", shape);
      const call = () => callPool(pool, SOFTMAX, x, undefined, { shape }).catch((error: unknown) => error);
      for (const outcome of await soon(Promise.all([call(), call(), call()]))) {
        if (outcome instanceof Error) expect(String(outcome.cause)).toMatch(cause);
        else expectSameBits(outcome, ONE.softmax(x, { shape }));
      }
      seam.program = undefined;
      await pool.ready();
      for (const worker of alive()) await worker.terminate();
      await pool.ready();
      await soon(expectAsOne(pool, SOFTMAX, logitsOf("float32", shape), undefined, { shape }));
      await soon(expectWorking(pool, 2));
    });
  });

  it("that is ended in the middle of calls: they give the right bits", async () => {
    const pool = await start(memory, 3);
    for (let round = 0; round < 3; round++) {
      const victims = alive().slice(0, 1 + (round % 3));
      const onProgress = () => {
        for (const worker of victims.splice(0)) void worker.terminate();
      };
      const calls = [0, 1, 2].map(async (seed) => {
        const x = logitsOf("float32", shape, seed);
        const y = await callPool(pool, SOFTMAX, x, undefined, { shape, ...(seed === 1 && { onProgress }) });
        expectSameBits(y, ONE.softmax(x, { shape }));
      });
      await soon(Promise.all(calls));
      await soon(expectWorking(pool, 3));
    }
  });

  it("that is ended while nothing is asked of it: the next call does not notice", async () => {
    const pool = await start(memory, 2);
    for (const wait of [false, true]) {
      const endings = alive().map((worker) => worker.terminate());
      if (wait) await Promise.all(endings);
      await soon(expectAsOne(pool, SOFTMAX, logitsOf("float32", shape), undefined, { shape }));
      await soon(expectWorking(pool, 2));
    }
  });

  it("of many deaths: calls settle, and in the end all threads are there", async () => {
    const pool = await start(memory, 2);
    let killing = true;
    const killer = (async () => {
      while (killing) {
        await pool.ready();
        void alive()[0]?.terminate();
        await sleep(15);
      }
    })();
    for (let i = 0; i < 6; i++) {
      const x = logitsOf("float32", shape, i);
      const outcome = await soon(callPool(pool, SOFTMAX, x, undefined, { shape }).catch((error: unknown) => error));
      if (outcome instanceof Error) expect(outcome.cause).toBeInstanceOf(Error);
      else expectSameBits(outcome, ONE.softmax(x, { shape }));
    }
    killing = false;
    await killer;
    await pool.ready();
    await soon(expectWorking(pool, 2));
  });
});

describe("threads that cannot start", () => {
  it.each([
    ["exit", "process.exit(3)", /code 3/],
    ["throw", 'throw new Error("not here")', /not here/],
    ["are no program", "syntax error", /Unexpected identifier|SyntaxError/],
  ])("as they %s: calls get the right bits or the cause, and later ones the right bits", async (_, program, cause) => {
    const x = logitsOf("float32", shape);
    await troubled({ program: replaced(program) }, async () => {
      const pool = createPool({ threads: 2 });
      pools.push(pool);
      const outcome = await soon(callPool(pool, SOFTMAX, x, undefined, { shape }).catch((error: unknown) => error));
      if (outcome instanceof Error) expect(String(outcome.cause)).toMatch(cause);
      else expectSameBits(outcome, ONE.softmax(x, { shape }));
      await soon(pool.ready());
      await soon(expectAsOne(pool, SOFTMAX, x, undefined, { shape }));
      expect(pool.backend()).toMatchObject({ threads: 0, memory: "none", reason: expect.stringMatching(cause) });
    });
  });

  it("as the engine refuses to make them: the calling thread serves", async () => {
    const refuse = () => {
      throw new Error("no threads today");
    };
    await troubled({ program: refuse }, async () => {
      const pool = createPool({ threads: 2 });
      pools.push(pool);
      const outcome = await soon(pool.ready().catch((error: unknown) => error));
      expect(outcome).toBeUndefined();
      await soon(expectAsOne(pool, SOFTMAX, logitsOf("float32", shape), undefined, { shape }));
      expect(pool.backend()).toMatchObject({ threads: 0, memory: "none", reason: expect.stringMatching(/no threads/) });
    });
  });

  it("but some can: those serve", async () => {
    const first = started.length;
    seam.program = (program) => (started.length === first ? "process.exit(3)" : program);
    const pool = createPool({ threads: 3 });
    pools.push(pool);
    await soon(pool.ready());
    expect(pool.backend().threads).toBe(2);
    await soon(expectAsOne(pool, SOFTMAX, logitsOf("float32", shape), undefined, { shape }));
  });
});

it("a thread whose answers cannot be read is ended, and its work done elsewhere", async () => {
  const pool = await start("shared", 2);
  const [victim] = alive();
  victim!.emit("messageerror", new Error("unreadable"));
  await soon(expectWorking(pool, 2));
  await sleep(100);
  expect(alive()).not.toContain(victim);
  expect(alive()).toHaveLength(2);
});

it("where memory may not be shared, the workers that were started for it are ended", async () => {
  await troubled({ post: refuseSharing }, async () => {
    const pool = createPool({ threads: 3 });
    pools.push(pool);
    await soon(pool.ready());
    await sleep(50);
    expect(alive()).toHaveLength(3);
  });
});
