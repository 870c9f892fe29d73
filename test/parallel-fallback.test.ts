import { afterEach, describe, expect, it } from "vitest";
import { createPool, type Pool, type PoolOptions } from "../src/parallel.js";
import * as reference from "../src/reference.js";
import { ALL, callOp, type Library, type Op, rowwise, taken } from "./support/ops.js";
import {
  callPool,
  expectSameBits,
  KINDS,
  logitsOf,
  rejection,
  SOFTMAX,
  secondOf,
  sizeOf,
  valuesFor,
} from "./support/pools.js";
import { alive } from "./support/workers.js";

const pools: Pool[] = [];

afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));

/** Runs `act` where there is no WebAssembly. */
function lacking<T>(act: () => T): T {
  const real = globalThis.WebAssembly;
  try {
    Object.assign(globalThis, { WebAssembly: undefined });
    return act();
  } finally {
    globalThis.WebAssembly = real;
  }
}

/** A pool that was made so. */
async function without(options?: PoolOptions): Promise<Pool> {
  const pool = lacking(() => createPool({ threads: 2, ...options }));
  pools.push(pool);
  await pool.ready().catch(() => {});
  return pool;
}

const plain = (op: Op, x: unknown, second: unknown, options: unknown): unknown =>
  callOp(reference as unknown as Library, op, x, second, options);

describe("a pool without WebAssembly", () => {
  it("gives what the reference gives, and starts no thread", async () => {
    const pool = await without();
    for (const shape of [
      [3, 4],
      [700, 200],
    ] as const) {
      for (const kind of ["Float32Array", "nested arrays", "a tensor with dims"]) {
        for (const op of [SOFTMAX, ...ALL.filter(({ form }) => form === "same" || form === "reduced")]) {
          const make = (seed: number) => KINDS[kind]!(valuesFor(op, sizeOf(shape), seed), shape);
          const [x, given] = make(1);
          const second = secondOf(op, () => make(2)[0], shape[0], shape[1]);
          const options = rowwise(op, taken(op, given));
          expectSameBits(await callPool(pool, op, x, second, options), plain(op, x, second, options));
        }
      }
    }
    expect(pool.backend()).toMatchObject({ backend: "js", threads: 0, memory: "none", reason: expect.any(String) });
    expect(alive()).toEqual([]);
  });

  it("has arrays, which may be freed while calls wait", async () => {
    const pool = await without();
    const shape = [700, 200];
    const [x, y] = [pool.allocate("float32", shape), pool.allocate("float32", shape)];
    const values = logitsOf("float32", shape);
    x.set(values);
    const promise = callPool(pool, SOFTMAX, x, undefined, { out: y });
    x.free();
    expect(await promise).toBe(y);
    expectSameBits(y.data, plain(SOFTMAX, values, undefined, { shape }));
  });

  it("rejects as others do: wrong calls, signals, and after close()", async () => {
    const pool = await without();
    expect((await rejection(callPool(pool, SOFTMAX, "x"))).message).toMatch(/^x: expected /);
    expect((await rejection(callPool(pool, SOFTMAX, [1], undefined, { dim: 1 }))).message).toMatch(
      /did you mean "axis"/,
    );
    expect((await rejection(callPool(pool, SOFTMAX, [1], undefined, { signal: 1 }))).message).toMatch(/^signal: /);
    const signal = AbortSignal.abort("no");
    expect(await rejection(callPool(pool, SOFTMAX, [1], undefined, { signal }))).toBe("no");
    await pool.close();
    expect((await rejection(callPool(pool, SOFTMAX, [1]))).message).toBe("the pool was closed");
  });

  it.each<PoolOptions>([{ fallback: false }, { deterministic: true }])(
    "rejects every call with %j",
    async (options) => {
      const pool = await without(options);
      const text = /^no kernel can serve, and falling back is not allowed: this engine has no WebAssembly$/;
      for (const shape of [[2], [700, 200]]) {
        expect((await rejection(lacking(() => callPool(pool, SOFTMAX, logitsOf("float32", shape))))).message).toMatch(
          text,
        );
      }
      expect((await rejection(pool.ready())).message).toMatch(text);
    },
  );
});
