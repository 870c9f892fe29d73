import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Pool } from "../src/parallel.js";
import { opNamed } from "./support/ops.js";
import {
  bytesOf,
  callPool,
  expectAsOne,
  expectWorking,
  LARGE,
  logitsOf,
  type Memory,
  rejection,
  SOFTMAX,
  sizeOf,
  startPool,
} from "./support/pools.js";
import { seam } from "./support/workers.js";

const shape = LARGE;
const LONG = 2 ** 22;

/** A signal that is given once it has been asked for so often. */
function afterAsked(times: number, reason: unknown): { readonly aborted: boolean; readonly reason: unknown } {
  let left = times;
  return {
    get aborted() {
      return left-- <= 0;
    },
    reason,
  };
}

describe.each<Memory>(["shared", "transferred"])("signal, memory %s", (memory) => {
  let pool: Pool;
  beforeAll(async () => {
    pool = await startPool(memory, { threads: 2 });
  });
  afterEach(() => expectWorking(pool, 2));
  afterAll(() => pool.close());

  it("given before the call: rejects with the reason, and nothing is done", async () => {
    let posts = 0;
    seam.post = () => {
      posts++;
    };
    for (const size of [[2, 3], shape]) {
      const x = logitsOf("float32", size);
      const out = x.slice().fill(7);
      for (const op of [SOFTMAX, opNamed("logSoftmax"), opNamed("softmaxVjp")]) {
        const reason = new Error("no more");
        const options = { shape: size, out, signal: AbortSignal.abort(reason) };
        expect(await rejection(callPool(pool, op, x, op.second === "like x" ? x : options, options))).toBe(reason);
      }
      expect(out.every((value) => value === 7)).toBe(true);
    }
    seam.post = undefined;
    expect(posts).toBe(0);
  });

  it.each<[string, () => AbortSignal | { aborted: boolean; reason: unknown }, unknown]>([
    ["an error", () => AbortSignal.abort(new RangeError("mine")), new RangeError("mine")],
    ["a string", () => AbortSignal.abort("stop"), "stop"],
    ["0", () => AbortSignal.abort(0), 0],
    ["null", () => AbortSignal.abort(null), null],
    ["what only looks like a signal", () => ({ aborted: true, reason: 5 }), 5],
  ])("rejects with the very reason: %s", async (_, make, reason) => {
    const signal = make();
    const error = await rejection(pool.softmax(logitsOf("float32", shape), { shape, signal }) as Promise<unknown>);
    expect(error).toBe(signal.reason);
    expect(error).toEqual(reason);
  });

  it("has an AbortError for a reason where none is given, a TimeoutError after a timeout", async () => {
    const x = logitsOf("float32", shape);
    const call = (signal: AbortSignal) => rejection(pool.softmax(x, { shape, signal }) as Promise<unknown>);
    expect(await call(AbortSignal.abort())).toMatchObject({ name: "AbortError" });
    const timeout = AbortSignal.timeout(0);
    await sleep(20);
    expect(await call(timeout)).toMatchObject({ name: "TimeoutError" });
  });

  const calls: Readonly<Record<string, () => [x: unknown, out: unknown, data: () => Float32Array]>> = {
    "a typed array": () => {
      const out = new Float32Array(sizeOf(shape));
      return [logitsOf("float32", shape), out, () => out];
    },
    "the pool's array": () => {
      const [x, out] = [pool.allocate("float32", shape), pool.allocate("float32", shape)];
      x.set(logitsOf("float32", shape));
      return [x, out, () => out.data];
    },
    "the pool's array, x itself": () => {
      const x = pool.allocate("float32", shape);
      x.set(logitsOf("float32", shape));
      return [x, x, () => x.data];
    },
  };

  it.each(Object.keys(calls))("given in the middle: no thread writes into %s after the rejection", async (name) => {
    for (let asked = 1; asked < 8; asked += 2) {
      const [x, out, data] = calls[name]!();
      const reason = { asked };
      const options = { shape, out, signal: afterAsked(asked, reason) };
      expect(await rejection(callPool(pool, SOFTMAX, x, undefined, options))).toBe(reason);
      const left = Buffer.from(bytesOf(data()));
      await sleep(20);
      expect(left.equals(bytesOf(data())), "out stays as it was left").toBe(true);
      for (const array of new Set([x, out])) (array as { free?: () => void }).free?.();
    }
  });

  it("given from onProgress: rejects before the whole is done", async () => {
    const controller = new AbortController();
    const reason = new Error("seen enough");
    const done: number[] = [];
    const promise = pool.softmax(logitsOf("float32", shape), {
      shape,
      signal: controller.signal,
      onProgress: (progress) => {
        done.push(progress.done);
        controller.abort(reason);
      },
    });
    expect(await rejection(promise as Promise<unknown>)).toBe(reason);
    expect(done[0]).toBeLessThan(shape[0]);
  });

  it("given in the middle of one long row", async () => {
    const [x, y] = [pool.allocate("float32", LONG), pool.allocate("float32", LONG)];
    const values = logitsOf("float32", [LONG]);
    x.set(values);
    for (const given of [values, x]) {
      // Once at the start; where it is split, three more times.
      for (const asked of [1, 2, 4]) {
        if ((memory === "transferred" || given === values) && asked > 1) continue;
        const signal = afterAsked(asked, "enough");
        const options = given === x ? { signal, out: y } : { signal };
        expect(await rejection(callPool(pool, SOFTMAX, given, undefined, options))).toBe("enough");
      }
    }
    expect(bytesOf(x.data).equals(bytesOf(values)), "x is as before").toBe(true);
    x.free();
    y.free();
  });

  it("leaves other calls alone", async () => {
    const x = logitsOf("float32", shape);
    const others = Promise.all(
      [1, 2, 3].map((seed) => expectAsOne(pool, SOFTMAX, logitsOf("float32", shape, seed), undefined, { shape })),
    );
    const controllers = [1, 2, 3].map(() => new AbortController());
    const aborted = controllers.map(({ signal }) => rejection(pool.softmax(x, { shape, signal }) as Promise<unknown>));
    await Promise.resolve();
    controllers.forEach((controller, i) => {
      controller.abort(i);
    });
    expect(await Promise.all(aborted)).toEqual([0, 1, 2]);
    await others;
  });

  it("given after the call is too late", async () => {
    const controller = new AbortController();
    await expectWorking(pool, 2);
    const y = await pool.softmax(logitsOf("float32", shape), { shape, signal: controller.signal });
    controller.abort();
    expect(y).toHaveLength(sizeOf(shape));
  });
});
