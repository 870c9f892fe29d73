import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createPool, type Pool, type PoolOptions } from "../src/parallel.js";
import { detach } from "./support/buffers.js";
import { thrownBy } from "./support/misuse.js";
import { ALL, type Op, type Options, opNamed } from "./support/ops.js";
import {
  BATCH,
  bytesOf,
  callPool,
  expectAsOne,
  expectWorking,
  logitsOf,
  type Memory,
  ONE,
  rejection,
  SOFTMAX,
  sizeOf,
  startPool,
} from "./support/pools.js";

const SHAPE = BATCH;
const [ROWS, LENGTH] = SHAPE;
const SIZE = sizeOf(SHAPE);
const shape = SHAPE;
const x = (): Float32Array => logitsOf("float32", SHAPE) as Float32Array;

const WRONG: Readonly<Record<string, Options | null | number | string | readonly number[]>> = {
  "options null": null,
  "options a number": 3,
  "options a string": "shape",
  "options an array": SHAPE,
  dim: { dim: 0 },
  mask: { mask: [1] },
  temprature: { temprature: 2 },
  "an option of createPool": { threads: 2 },
  "no option of any": { whatever: 1 },
  "shape too large": { shape: [ROWS, LENGTH + 1] },
  "shape a string": { shape: "600" },
  "shape of fractions": { shape: [0.5, 2 * SIZE] },
  "axis too large": { shape, axis: 2 },
  "axis NaN": { shape, axis: NaN },
  "where too short": { shape, where: [1, 0] },
  "where of 2": { shape, where: new Uint8Array(SIZE).fill(2) },
  "where of numbers": { shape, where: x() },
  "temperature and beta": { shape, temperature: 1, beta: 1 },
  "temperature NaN": { shape, temperature: NaN },
  "beta a string": { shape, beta: "1" },
  "base negative": { shape, base: -1 },
  "out of another dtype": { shape, out: new Float64Array(SIZE) },
  "out too short": { shape, out: new Float32Array(SIZE - 1) },
  "out null": { shape, out: null },
  "out a tensor": { shape, out: { data: x(), shape } },
};

const INPUTS: Readonly<Record<string, unknown>> = {
  nothing: undefined,
  null: null,
  "a number": 3,
  "a string": "logits",
  integers: new Int32Array(SIZE),
  "a promise": Promise.resolve(x()),
  "an object": { length: 3 },
  "ragged rows": [[1, 2], [3]], // biome-ignore format: one case a line
  "a string within": [[1, "2"]], // biome-ignore format: one case a line
  "a tensor whose data is a function": { data: () => x(), shape },
};

describe.each<Memory>(["shared", "transferred"])("errors, memory %s", (memory) => {
  let pool: Pool;
  beforeAll(async () => {
    pool = await startPool(memory, { threads: 2 });
  });
  afterEach(() => expectWorking(pool, 2));
  afterAll(() => pool.close());

  it.each(Object.keys(WRONG))("%s: rejects with what one thread throws", async (name) => {
    const given = x();
    for (const op of [SOFTMAX, opNamed("logSumExp"), opNamed("hardmax")]) {
      await expectAsOne(pool, op, given, undefined, WRONG[name]);
      await rejection(callPool(pool, SOFTMAX, given, undefined, WRONG[name]));
    }
    expect(bytesOf(given).equals(bytesOf(x())), "x is as before").toBe(true);
  });

  it.each(Object.keys(INPUTS))("x %s: rejects with what one thread throws", async (name) => {
    for (const op of [...ALL, SOFTMAX]) await expectAsOne(pool, op, INPUTS[name], INPUTS[name]);
    await rejection(callPool(pool, SOFTMAX, INPUTS[name]));
  });

  it.each<[string, Op, unknown, Options]>([
    ["a class too large", opNamed("crossEntropy"), new Int32Array(ROWS).fill(LENGTH), {}],
    ["a class below 0", opNamed("logProb"), new Int32Array(ROWS).fill(-1), {}],
    ["too few classes", opNamed("crossEntropyWithGrad"), new Int32Array(ROWS - 1), {}],
    ["another dtype beside x", opNamed("softmaxVjp"), new Float64Array(SIZE), {}],
    ["another length beside x", opNamed("klDivergence"), new Float32Array(SIZE + 1), {}],
    ["k too large", opNamed("topK"), LENGTH + 1, {}],
    ["k negative", opNamed("topK"), -1, {}],
    ["a weight below 0", opNamed("crossEntropy"), new Int32Array(ROWS), { weight: new Float32Array(LENGTH).fill(-1) }],
    ["beta 0", opNamed("logSumExp"), undefined, { beta: 0 }],
    ["an infinite beta", opNamed("softmaxJvp"), x(), { beta: Infinity }],
    ["reduction unknown", opNamed("crossEntropy"), new Int32Array(ROWS), { reduction: "average" }],
  ])("%s: rejects with what one thread throws", async (_, op, second, options) => {
    await expectAsOne(pool, op, x(), second, { shape, ...options });
    await rejection(callPool(pool, op, x(), second, { shape, ...options }));
  });

  it.each<[string, Options, ErrorConstructor, RegExp]>([
    ["signal null", { signal: null }, TypeError, /^signal: expected an AbortSignal, got null$/],
    ["signal true", { signal: true }, TypeError, /^signal: expected an AbortSignal, got true$/],
    ["signal a controller", { signal: new AbortController() }, TypeError, /^signal: expected an AbortSignal, got /],
    ["onProgress null", { onProgress: null }, TypeError, /^onProgress: expected a function, got null$/],
    ["onProgress an object", { onProgress: {} }, TypeError, /^onProgress: expected a function, got an object$/],
    ["onprogress", { onprogress: () => {} }, TypeError, /^unknown option "onprogress": /],
    ["signals", { signals: undefined }, TypeError, /^unknown option "signals": /],
    ["dim beside a signal", { signal: undefined, dim: 1 }, TypeError, /^unknown option "dim": /],
  ])("%s rejects, saying what was expected", async (_, wrong, kind, message) => {
    for (const given of [Float32Array.of(1, 2), x()]) {
      const before = given.slice();
      for (const op of [SOFTMAX, opNamed("sigmoid"), opNamed("topK"), opNamed("softmaxJacobian")]) {
        const error = await rejection(callPool(pool, op, given, 1, { ...wrong }));
        expect(error.message).toMatch(message);
        expect(error).toBeInstanceOf(kind);
      }
      expect(bytesOf(given).equals(bytesOf(before)), "x is as before").toBe(true);
    }
  });

  it("a getter of the options that throws", async () => {
    const error = new Error("mine");
    const options = {
      shape,
      get temperature(): number {
        throw error;
      },
    };
    expect(await rejection(pool.softmax(x(), options))).toBe(error);
  });

  it.each(["x", "out", "where"] as const)("memory of %s that goes away while the call waits", async (name) => {
    const [given, out, where] = [x(), x(), new Uint8Array(SIZE)];
    const promise = callPool(pool, SOFTMAX, given, undefined, { shape, out, where });
    detach({ x: given, out, where }[name] as Float32Array<ArrayBuffer>);
    const outcome = await promise.catch((error: unknown) => error);
    if (outcome instanceof Error) expect(outcome).toBeInstanceOf(TypeError);
    else expect(outcome).toBe(out);
  });
});

describe("createPool", () => {
  it.each<[string, unknown, ErrorConstructor, RegExp]>([
    ["null", null, TypeError, /^options: expected an object, got null$/],
    ["a number", 4, TypeError, /^options: expected an object, got 4$/],
    ["thread", { thread: 2 }, TypeError, /^unknown option "thread": did you mean "threads"\?$/],
    ["max_memory", { max_memory: 2 }, TypeError, /^unknown option "max_memory": did you mean "maxMemory"\?$/],
    ["bytes", { bytes: new Uint8Array(8) }, TypeError, /^unknown option "bytes": expected one of threads, /],
    ["workers", { workers: 2 }, TypeError, /^unknown option "workers": expected one of threads, deterministic, /],
    ["threads 0", { threads: 0 }, RangeError, /^threads: expected an integer from 1 to 64, got 0$/],
    ["threads -1", { threads: -1 }, RangeError, /^threads: expected an integer from 1 to 64, got -1$/],
    ["threads 65", { threads: 65 }, RangeError, /^threads: expected an integer from 1 to 64, got 65$/],
    ["threads 1.5", { threads: 1.5 }, RangeError, /^threads: expected an integer from 1 to 64, got 1\.5$/],
    ["threads NaN", { threads: NaN }, RangeError, /^threads: expected an integer from 1 to 64, got NaN$/],
    ["threads Infinity", { threads: Infinity }, RangeError, /^threads: expected an integer from 1 to 64, got Inf/],
    ["threads a string", { threads: "2" }, TypeError, /^threads: expected an integer.*, got "2"$/],
    ["threads null", { threads: null }, TypeError, /^threads: expected an integer.*, got null$/],
    ["deterministic 1", { deterministic: 1 }, TypeError, /^deterministic: expected true or false, got 1$/],
    ["fallback null", { fallback: null }, TypeError, /^fallback: expected true or false, got null$/],
    ["maxMemory a string", { maxMemory: "1 GiB" }, TypeError, /^maxMemory: expected a number of bytes, got "1 GiB"$/],
    ["maxMemory negative", { maxMemory: -1 }, RangeError, /^maxMemory: expected an integer .* got -1$/],
  ])("refuses %s", (_, options, kind, message) => {
    const error = thrownBy(() => createPool(options as PoolOptions));
    expect(error.message).toMatch(message);
    expect(error).toBeInstanceOf(kind);
  });

  it("takes options that are undefined as absent", async () => {
    const absent = { threads: undefined, deterministic: undefined, fallback: undefined, maxMemory: undefined };
    const pool = createPool(absent);
    await pool.ready();
    await expectWorking(pool, pool.backend().threads);
    expect(pool.backend()).toMatchObject({ backend: (ONE as unknown as Pool).backend().backend, memory: "shared" });
    await pool.close();
  });
});
