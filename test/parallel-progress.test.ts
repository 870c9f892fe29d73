import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Pool } from "../src/parallel.js";
import { type Op, type Options, opNamed } from "./support/ops.js";
import {
  callPool,
  expectWorking,
  LARGE,
  logitsOf,
  type Memory,
  rejection,
  SOFTMAX,
  secondOf,
  startPool,
} from "./support/pools.js";

interface Progress {
  readonly done: number;
  readonly total: number;
}

describe.each<Memory>(["shared", "transferred"])("onProgress, memory %s", (memory) => {
  let pool: Pool;
  beforeAll(async () => {
    pool = await startPool(memory, { threads: 2 });
  });
  afterEach(() => expectWorking(pool, 2));
  afterAll(() => pool.close());

  async function reports(op: Op, x: unknown, second: unknown, options: Options): Promise<Progress[]> {
    const seen: Progress[] = [];
    await callPool(pool, op, x, second, { ...options, onProgress: (progress: Progress) => seen.push(progress) });
    return seen;
  }

  function expectOrder(seen: readonly Progress[], total: number): void {
    expect(seen.at(-1)).toEqual({ done: total, total });
    seen.forEach((progress, i) => {
      expect(progress.total).toBe(total);
      expect(progress.done).toBeGreaterThan(i === 0 ? 0 : seen[i - 1]!.done);
      expect(Number.isInteger(progress.done)).toBe(true);
    });
  }

  it.each<[readonly number[], Options["axis"], number]>([
    [LARGE, -1, 4096],
    [[300, 2000], 0, 2000],
    [[40, 100, 150], 1, 6000],
    [[40, 100, 150], [1, 2], 40],
    [[400, 400], null, 1],
    [[1, 2 ** 20], -1, 1],
    [[3, 2 ** 18], 1, 3],
    [[300_000, 2], 1, 300_000],
    [[20, 30], 1, 20],
  ])("of %j along %j counts to the number of rows", async (shape, axis, total) => {
    const x = logitsOf("float32", shape);
    const resident = pool.allocate("float32", shape);
    const out = pool.allocate("float32", shape);
    resident.set(x);
    expectOrder(await reports(SOFTMAX, x, undefined, { shape, axis }), total);
    expectOrder(await reports(SOFTMAX, resident, undefined, { axis, out }), total);
    expectOrder(await reports(SOFTMAX, x, undefined, { shape, axis, where: new Uint8Array(x.length).fill(1) }), total);
    resident.free();
    out.free();
  });

  it("tells of other functions too, and more than once of a large batch", async () => {
    const x = logitsOf("float32", LARGE);
    for (const op of ["logSumExp", "softmaxVjp", "crossEntropyWithGrad", "topK", "argmax"] as const) {
      const second = secondOf(opNamed(op), () => x, ...LARGE);
      const seen = await reports(opNamed(op), x, second, { shape: LARGE });
      expectOrder(seen, LARGE[0]);
      expect(seen.length).toBeGreaterThan(1);
    }
  });

  it("tells each call of its own rows", async () => {
    const shapes = [[1000, 400], [500, 900], [300, 700]] as const; // biome-ignore format: one line
    const all = shapes.map((shape) => reports(SOFTMAX, logitsOf("float64", shape), undefined, { shape }));
    for (const [i, seen] of (await Promise.all(all)).entries()) expectOrder(seen, shapes[i]![0]);
  });

  it("that throws rejects the call with its error, and is not called again", async () => {
    const error = new Error("mine");
    const x = logitsOf("float32", LARGE);
    for (const late of [false, true]) {
      let thrown = 0;
      let after = 0;
      const onProgress = ({ done, total }: Progress): void => {
        if (thrown > 0) after++;
        if (late && done < total) return;
        thrown++;
        throw error;
      };
      expect(await rejection(callPool(pool, SOFTMAX, x, undefined, { shape: LARGE, onProgress }))).toBe(error);
      expect([thrown, after]).toEqual([1, 0]);
    }
    const onProgress = (): never => {
      throw error;
    };
    expect(await rejection(callPool(pool, SOFTMAX, logitsOf("float32", [2 ** 20]), undefined, { onProgress }))).toBe(
      error,
    );
  });

  it("may make calls of its own", async () => {
    const x = logitsOf("float32", LARGE);
    const inner: Promise<unknown>[] = [];
    const onProgress = ({ done, total }: Progress): void => {
      if (done === total || inner.length < 2) inner.push(callPool(pool, SOFTMAX, x, undefined, { shape: LARGE }));
    };
    const y = await callPool(pool, SOFTMAX, x, undefined, { shape: LARGE, onProgress });
    expect(inner.length).toBeGreaterThan(0);
    for (const result of await Promise.all(inner)) {
      expect(Buffer.from((result as Float32Array).buffer).equals(Buffer.from((y as Float32Array).buffer))).toBe(true);
    }
  });

  it("is given what is passed, and what it returns counts for nothing", async () => {
    const shape = LARGE;
    const seen: unknown[][] = [];
    const onProgress = (...given: unknown[]): unknown => {
      seen.push(given);
      return Promise.reject(new Error("of no interest")).catch(() => {});
    };
    await callPool(pool, SOFTMAX, logitsOf("float32", shape), undefined, { shape, onProgress });
    for (const given of seen) expect(given).toEqual([{ done: expect.any(Number), total: shape[0] }]);
  });
});
