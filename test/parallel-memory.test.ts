import { afterEach, describe, expect, it } from "vitest";
import { createSoftmax } from "../src/index.js";
import { createPool, type Pool } from "../src/parallel.js";
import { thrownBy } from "./support/misuse.js";
import { ALL } from "./support/ops.js";
import {
  BATCH,
  callPool,
  expectAsOne,
  expectSameBits,
  expectWorking,
  LARGE,
  logitsOf,
  type Memory,
  ONE,
  rejection,
  SOFTMAX,
  secondOf,
  sizeOf,
  startPool,
} from "./support/pools.js";

const shape = LARGE;

/** What threads that were idle so far may take once, to pass rows through. */
const WINDOWS = 16 * 2 ** 20;

const pools: Pool[] = [];

afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));

async function start(memory: Memory, maxMemory?: number): Promise<Pool> {
  const pool = await startPool(memory, { threads: 2, ...(maxMemory !== undefined && { maxMemory }) });
  pools.push(pool);
  return pool;
}

/** What the memory of a pool's arrays takes. */
function bytesTaken(pool: Pool): number {
  const probe = pool.allocate("float32", 1);
  const { byteLength } = probe.data.buffer;
  probe.free();
  return byteLength;
}

describe.each<Memory>(["shared", "transferred"])("the pool's memory, %s,", (memory) => {
  it("is shared memory, whatever reaches the threads, and grows with the arrays", async () => {
    const pool = await start(memory);
    const before = bytesTaken(pool);
    const x = pool.allocate("float64", 2 ** 20);
    expect(bytesTaken(pool)).toBeGreaterThanOrEqual(Math.max(before, 2 ** 23));
    if (memory === "shared") expect(x.data.buffer).toBeInstanceOf(SharedArrayBuffer);
    x.data.fill(3);
    const y = pool.allocate("float64", 2 ** 20);
    expect(x.data.every((value) => value === 3)).toBe(true);
    expect(y.data.every((value) => value === 0)).toBe(true);
  });

  it("does not grow over 200 calls from array to array", async () => {
    const pool = await start(memory);
    const size = BATCH;
    const [x, y] = [pool.allocate("float32", size), pool.allocate("float32", size)];
    const values = logitsOf("float32", size);
    x.set(values);
    await pool.softmax(x, { out: y });
    const taken = bytesTaken(pool);
    for (let i = 0; i < 200; i++) await pool.softmax(x, { out: y });
    expect(bytesTaken(pool)).toBeLessThanOrEqual(taken + (memory === "shared" ? 0 : WINDOWS));
    expectSameBits(y.data, ONE.softmax(values, { shape: size }));
  });

  it("does not grow over calls of typed arrays, allocations that are freed, and calls that fail", async () => {
    const pool = await start(memory);
    const size = BATCH;
    const x = logitsOf("float32", size);
    const round = async (): Promise<void> => {
      const array = pool.allocate("float32", size);
      array.set(x);
      await Promise.all([
        pool.softmax(x, { shape: size }),
        pool.softmax(array, { out: array }),
        rejection(callPool(pool, SOFTMAX, array, undefined, { axis: 3 })),
        rejection(callPool(pool, SOFTMAX, x, undefined, { shape: size, signal: { aborted: true } })),
        callPool(pool, SOFTMAX, logitsOf("float32", [2 ** 20])),
      ]);
      array.free();
    };
    for (let i = 0; i < 3; i++) await round();
    const taken = bytesTaken(pool);
    for (let i = 0; i < 20; i++) await round();
    expect(bytesTaken(pool)).toBeLessThanOrEqual(taken + WINDOWS);
  });

  it("does not grow with the batch", async () => {
    const pool = await start(memory);
    for (const op of ALL.filter(({ form }) => form === "same" || form === "reduced")) {
      const call = (rows: number) => {
        const x = logitsOf("float32", [rows, 1000]);
        const second = secondOf(op, () => x, rows, 1000);
        return callPool(pool, op, x, second, op.name === "sigmoid" ? {} : { shape: [rows, 1000] });
      };
      await call(2100);
      await call(4200);
      // x alone has 16.8 MB.
      expect(bytesTaken(pool), op.name).toBeLessThan(2 ** 24);
    }
  });

  it("freed during a call is given to nobody until the call has ended, then to others", async () => {
    const pool = await start(memory);
    const values = logitsOf("float32", shape);
    for (const isInPlace of [false, true]) {
      const x = pool.allocate("float32", shape);
      const y = isInPlace ? undefined : pool.allocate("float32", shape);
      x.set(values);
      const promise = callPool(pool, SOFTMAX, x, undefined, { out: y });
      x.free();
      const z = pool.allocate("float32", shape);
      z.data.fill(99);
      const result = (await promise) as { data?: unknown };
      expectSameBits(y === undefined ? result : result.data, ONE.softmax(values, { shape }));
      expect(z.data.every((value) => value === 99)).toBe(true);
      z.free();
      y?.free();
    }
    const taken = bytesTaken(pool);
    const again = pool.allocate("float32", shape);
    expect(bytesTaken(pool)).toBe(taken);
    again.free();
  });

  it("freed before the threads have started is given to nobody either", async () => {
    const pool = createPool({ threads: 2 });
    pools.push(pool);
    const values = logitsOf("float32", shape);
    const [x, y] = [pool.allocate("float32", shape), pool.allocate("float32", shape)];
    x.set(values);
    const promise = pool.softmax(x, { out: y });
    x.free();
    const z = pool.allocate("float32", shape);
    z.data.fill(99);
    await promise;
    expectSameBits(y.data, ONE.softmax(values, { shape }));
    expect(z.data.every((value) => value === 99)).toBe(true);
  });

  it("of an out that is freed during the call does not reach others", async () => {
    const pool = await start(memory);
    const [x, y] = [pool.allocate("float32", shape), pool.allocate("float32", shape)];
    const promise = callPool(pool, SOFTMAX, x, undefined, { out: y });
    y.free();
    const z = pool.allocate("float32", shape);
    z.data.fill(99);
    await promise.catch(() => {});
    expect(z.data.every((value) => value === 99)).toBe(true);
    expect(() => y.data).toThrow(/freed/);
    await expectWorking(pool, 2);
  });

  it("is given back while calls overlap without end", async () => {
    const pool = await start(memory);
    const size = BATCH;
    const values = logitsOf("float32", size);
    const call = async (): Promise<void> => {
      const x = pool.allocate("float32", size);
      x.set(values);
      const y = await pool.softmax(x);
      x.free();
      expectSameBits(y, expected);
    };
    const expected = ONE.softmax(values, { shape: size });
    let pending = call();
    const sizes: number[] = [];
    for (let i = 0; i < 60; i++) {
      const next = call();
      await pending;
      pending = next;
      sizes.push(bytesTaken(pool));
    }
    await pending;
    expect(sizes.at(-1)).toBeLessThanOrEqual(sizes[10]! + WINDOWS);
  });

  it("stays within maxMemory; what has no room there rejects, naming bytes, and the pool goes on", async () => {
    const maxMemory = 2 ** 24;
    const pool = await start(memory, maxMemory);
    const x = logitsOf("float32", [2 ** 20, 1]);
    if (memory === "shared") {
      const error = await rejection(callPool(pool, SOFTMAX, logitsOf("float64", [2 ** 22])));
      expect(error).toBeInstanceOf(RangeError);
      expect(error.message).toMatch(/^out of memory: asked for \d+ bytes, the limit is 16777216 bytes$/);
    }
    expect(thrownBy(() => pool.allocate("float64", 2 ** 22)).message).toMatch(/asked for 33554432 bytes, the limit/);
    await expectAsOne(pool, SOFTMAX, x, undefined, { shape: [2 ** 20, 1] });
    expect(bytesTaken(pool)).toBeLessThanOrEqual(maxMemory);
    await expectAsOne(pool, SOFTMAX, logitsOf("float32", shape), undefined, { shape });
    await expectWorking(pool, 2);
  });

  it("of another pool, or of one thread, is refused with a clear error, and the other way round", async () => {
    const [pool, other] = [await start(memory), await start(memory)];
    const single = createSoftmax();
    const text = /: expected an array allocated by this instance, got one of another instance$/;
    for (const size of [
      [2, 3],
      [1000, 600],
    ]) {
      const own = pool.allocate("float32", size);
      for (const foreign of [other.allocate("float32", size), single.allocate("float32", size)]) {
        for (const [x, options] of [
          [foreign, undefined],
          [own, { out: foreign }],
          [new Float32Array(sizeOf(size)), { shape: size, out: foreign }],
        ] as const) {
          const error = await rejection(callPool(pool, SOFTMAX, x, undefined, options));
          expect(error.message).toMatch(text);
          expect(error).toBeInstanceOf(TypeError);
        }
        expect(thrownBy(() => own.set(foreign as never)).message).toMatch(text);
      }
      const error = thrownBy(() => single.softmax(own as never));
      expect(error.message).toMatch(text);
      expect(error).toBeInstanceOf(TypeError);
      await callPool(pool, SOFTMAX, own, undefined, { out: own });
    }
    // As values, they are taken.
    const data = other.allocate("float32", [1000, 600]).data;
    await expectAsOne(pool, SOFTMAX, data, undefined, { shape: [1000, 600] });
  });

  it("refuses an array that was freed", async () => {
    const pool = await start(memory);
    const [x, y] = [pool.allocate("float32", shape), pool.allocate("float32", shape)];
    const { data } = x;
    x.free();
    for (const options of [undefined, { out: y }]) {
      const error = await rejection(callPool(pool, SOFTMAX, x, undefined, options));
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toBe("x: expected an allocated array, got one that was freed");
    }
    expect((await rejection(callPool(pool, SOFTMAX, y, undefined, { out: x }))).message).toMatch(/^out: .* was freed$/);
    if (data.length > 0 && data.buffer === y.data.buffer) {
      expect(await rejection(callPool(pool, SOFTMAX, data, undefined, { shape }))).toBeInstanceOf(RangeError);
    }
    await expectWorking(pool, 2);
  });
});

it.each([0, 65_536, 2 ** 20])("maxMemory %d leaves no room for large calls, and nothing hangs", async (maxMemory) => {
  const pool = createPool({ threads: 2, maxMemory });
  pools.push(pool);
  const error = await rejection(callPool(pool, SOFTMAX, logitsOf("float32", shape), undefined, { shape, axis: null }));
  expect(error).toBeInstanceOf(RangeError);
  expect(error.message).toMatch(/^out of memory: asked for \d+ bytes, the limit is \d+ bytes$/);
  expect(await callPool(pool, SOFTMAX, new Float32Array(0))).toEqual(new Float32Array(0));
});
