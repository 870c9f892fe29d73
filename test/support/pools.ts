// Pools beside one thread.

import { expect } from "vitest";
import { createSoftmax } from "../../src/index.js";
import { createPool, type Pool, type PoolOptions } from "../../src/parallel.js";
import type { FloatArray } from "../../src/types.js";
import { outcome } from "./callbacks.js";
import type { Dtype } from "./contract.js";
import { Float16, toBits } from "./float16.js";
import { nest } from "./kinds.js";
import { ALL, callOp, type Library, type Op, type Options, opNamed } from "./ops.js";
import { random } from "./random.js";
import { refuseSharing, troubled } from "./workers.js";

/** From how many elements on threads do the work. */
export const SMALL: number = 2 ** 19;

/** From how many bytes on threads share a row. */
export const LONG_BYTES: number = 2 ** 23;

/** A batch for threads, of more rows than a kernel takes at once. */
export const BATCH: readonly [rows: number, length: number] = [1100, 487];

/** A batch of 16 MB: many pieces of work. */
export const LARGE: readonly [rows: number, length: number] = [4096, 1000];

/** How elements reach threads: in shared memory or, where that may not be, transferred. */
export type Memory = "shared" | "transferred";

/** One thread. */
export const ONE: Library = createSoftmax();

export const SOFTMAX: Op = { ...opNamed("logSoftmax"), name: "softmax" };

/** The ops that go row by row, which threads share. */
export const ROWWISE: readonly Op[] = [SOFTMAX, ...ALL.filter(({ form }) => form === "same" || form === "reduced")];

/** A pool whose threads have started. */
export async function startPool(memory: Memory, options: PoolOptions): Promise<Pool> {
  const start = async (): Promise<Pool> => {
    const pool = createPool(options);
    await pool.ready();
    return pool;
  };
  const pool = memory === "shared" ? await start() : await troubled({ post: refuseSharing }, start);
  expect(pool.backend()).toMatchObject({ memory, threads: options.threads });
  return pool;
}

const NUMBERS: Float64Array = numbers(2 ** 20 + 1009);

function numbers(count: number): Float64Array {
  const source = random(7);
  return Float64Array.from({ length: count }, () => source.uniform(0, 1));
}

/** Numbers that an op takes as its first input, or as one like it: probabilities, or within ±10. */
export function valuesFor({ names }: Op, count: number, seed = 0): Float64Array {
  const values = new Float64Array(count);
  // The same numbers, which stand elsewhere for each seed.
  for (let start = -(seed * 7919) % NUMBERS.length; start < count; start += NUMBERS.length) {
    values.set(NUMBERS.subarray(Math.max(0, -start), Math.min(NUMBERS.length, count - start)), Math.max(0, start));
  }
  if (names[0] === "p") return values;
  for (let i = 0; i < count; i++) values[i] = 20 * (values[i] as number) - 10;
  return values;
}

/** Logits of a dtype. */
export function logitsOf(dtype: Dtype, shape: readonly number[], seed = 0): FloatArray {
  return typed(dtype, valuesFor(SOFTMAX, sizeOf(shape), seed));
}

export function typed(dtype: Dtype, values: Float64Array): FloatArray {
  return dtype === "float32" ? new Float32Array(values) : values;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Ways to pass numbers of a shape: as an input, and the options that go with it. */
export const KINDS: Readonly<Record<string, (values: Float64Array, shape: readonly number[]) => [unknown, Options]>> = {
  Float32Array: (values, shape) => [new Float32Array(values), { shape }],
  Float64Array: (values, shape) => [values, { shape }],
  ...(Float16 && { Float16Array: (values, shape) => [new Float16!(values), { shape }] }),
  "float16 bits": (values, shape) => [{ data: toBits(values), dims: shape, type: "float16" }, {}],
  "nested arrays": (values, shape) => [nest([...values], shape), {}],
  "a flat array": (values, shape) => [[...values], { shape }],
  "a tensor with dims": (values, dims) => [{ data: new Float32Array(values), dims }, {}],
  "a tensor with shape": (values, shape) => [{ data: values, shape }, {}],
};

/** What an op takes beside x: as `like` makes it, or classes of `length` for so many rows, some of them to be ignored. */
export function secondOf(op: Op, like: () => unknown, rows: number, length: number): unknown {
  if (op.second === "like x") return like();
  if (op.second === "component") return length - 1;
  if (op.second === "count") return Math.min(3, length);
  const ignores = op.second === "targets";
  return Int32Array.from({ length: rows }, (_, i) => (ignores && i % 50 === 7 ? -100 : (i * 31) % length));
}

/** Where two values differ: the bits of their numbers, NaN counted as NaN, their kinds, their forms. */
export function difference(got: unknown, expected: unknown, where = "the result"): string | undefined {
  if (ArrayBuffer.isView(expected)) return viewDifference(got, expected, where);
  if (typeof expected !== "object" || expected === null || typeof got !== "object" || got === null) {
    return Object.is(got, expected) ? undefined : `${where}: got ${String(got)}, expected ${String(expected)}`;
  }
  if (Array.isArray(expected) && typeof expected[0] === "number") return listDifference(got, expected, where);
  const names = Object.keys(expected);
  if (String(Object.keys(got)) !== String(names)) return `${where}: another form`;
  for (const name of names) {
    const found = difference(Reflect.get(got, name), Reflect.get(expected, name), `${where}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function listDifference(got: object, expected: readonly number[], where: string): string | undefined {
  if (!Array.isArray(got) || got.length !== expected.length) return `${where}: another form`;
  const i = expected.findIndex((value, k) => !Object.is(value, got[k]));
  return i < 0 ? undefined : `${where}[${i}]: got ${got[i]}, expected ${expected[i]}`;
}

function viewDifference(got: unknown, expected: ArrayBufferView, where: string): string | undefined {
  if (!ArrayBuffer.isView(got) || got.constructor !== expected.constructor) return `${where}: another kind`;
  if (got.byteLength !== expected.byteLength) return `${where}: another length`;
  if (bytesOf(got).equals(bytesOf(expected))) return undefined;
  const [a, b] = [got as Float64Array, expected as Float64Array];
  const i = a.findIndex((value, k) => !Object.is(value, b[k]));
  return i < 0 ? undefined : `${where}[${i}] of ${a.length}: got ${a[i]}, expected ${b[i]}`;
}

/** The bytes of an array, not copied. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

export function expectSameBits(got: unknown, expected: unknown, what?: string): void {
  expect(difference(got, expected), what).toBeUndefined();
}

/** Holds that a pool gives what one thread gives, or rejects with what that throws; never throws itself. */
export function expectAsOne(pool: Pool, op: Op, x: unknown, second?: unknown, options?: unknown): Promise<void> {
  return expectAllAsOne([pool], op, x, second, options);
}

/** The same of several pools, one after the other. */
export async function expectAllAsOne(
  pools: readonly Pool[],
  op: Op,
  x: unknown,
  second?: unknown,
  options?: unknown,
): Promise<void> {
  const alone = outcome(() => callOp(ONE, op, x, second, options));
  for (const pool of pools) await expectOutcome(callPool(pool, op, x, second, options), alone);
}

async function expectOutcome(
  promise: Promise<unknown>,
  [expected, error]: readonly [unknown, Error | undefined],
): Promise<void> {
  expect(promise).toBeInstanceOf(Promise);
  if (error === undefined) {
    expectSameBits(await promise, expected);
    return;
  }
  const got = await rejection(promise);
  expect(got.message).toBe(error.message);
  expect(got.constructor).toBe(error.constructor);
}

/** Calls a pool's op with what its types forbid. */
export function callPool(pool: Pool, op: Op, x: unknown, second?: unknown, options?: unknown): Promise<unknown> {
  return callOp(pool as unknown as Library, op, x, second, options) as Promise<unknown>;
}

/** What a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  return expect.fail("expected a rejection, got a result");
}

/** Holds that a pool gives the right bits, on all of its threads. */
export async function expectWorking(pool: Pool, threads: number): Promise<void> {
  const shape = BATCH;
  const x = logitsOf("float32", shape, 3);
  await expectAsOne(pool, SOFTMAX, x, undefined, { shape });
  await pool.ready();
  expect(pool.backend().threads).toBe(threads);
}
