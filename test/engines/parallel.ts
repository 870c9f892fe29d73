// A pool of two threads: the bits of one thread in every kind of call, and what it does beside computing.

import { integers } from "../conformance/numbers.js";
import { Suite } from "../conformance/suite.js";
import type { Loaders, Program } from "./program.js";
import type { Report } from "./report.js";

/** Ops of one thread, or of a pool: arguments as JavaScript has them. */
type Ops = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;
/** A call, of one op. */
type Call = (ops: Ops) => unknown;

type CreatePool = Awaited<ReturnType<Loaders["parallel"]>>["createPool"];
type Pool = ReturnType<CreatePool>;

/** A pool, what has to give the same bits, and what they are asked about. */
interface Context {
  readonly suite: Suite;
  readonly createPool: CreatePool;
  readonly pool: Pool;
  readonly one: Ops;
  readonly x: Float32Array;
  readonly shape: readonly [rows: number, columns: number];
}

const THREADS = 2;
const LONG = 2 ** 20;
const SAME = "the bits of one thread";

const program: Program = async (load) => {
  const suite = new Suite();
  const { createPool } = await load.parallel();
  const pool = createPool({ threads: THREADS });
  await pool.ready();
  const served = pool.backend();
  const { backend, reason, threads, memory } = served;
  const expected = memory === "none" ? 0 : THREADS;
  suite.check("threads", threads === expected, served, expected);
  // The reference takes some hundred times as long.
  const shape = [backend === "js" ? 64 : 4096, 1000] as const;
  const x = logits(Float32Array, shape[0] * shape[1]);
  const context: Context = { suite, createPool, pool, one: await singleThread(backend, load), x, shape };
  const calls = callsOn(context);
  for (const [name, call] of Object.entries(calls)) await checkCall(context, name, call);
  await checkTogether(context, Object.values(calls).slice(0, 6));
  await checkArrays(context);
  await checkControl(context);
  await checkErrors(context);
  const after = pool.backend();
  suite.check("the backend after all calls", difference(after, served) === undefined, after, served);
  await checkClose(context);
  await checkAtOnce(context);
  return { backend, reason, threads, memory, checks: suite.checks, failures: suite.failures } satisfies Partial<Report>;
};
export default program;

/** What has to give the same bits: where no kernel serves the pool, the reference. */
async function singleThread(backend: string, load: Loaders): Promise<Ops> {
  if (backend === "js") return (await load.reference()) as unknown as Ops;
  const library = await load.library();
  await library.ready();
  return library as unknown as Ops;
}

/** Of every kind that takes another way: the larger ones on threads. */
function callsOn({ x, shape }: Context): Readonly<Record<string, Call>> {
  const [rows, columns] = shape;
  const quarter = { shape: [rows / 4, columns] };
  const wide = logits(Float64Array, x.length / 4);
  const y = logits(Float32Array, x.length);
  const bits = { data: bitsOf(x.length / 4), ...quarter, dtype: "float16" };
  const targets = Int32Array.from({ length: rows }, (_, r) => (r * 7) % columns);
  const where = Uint8Array.from({ length: columns }, (_, c) => (c % 3 === 0 ? 0 : 1));
  return {
    softmax: ({ softmax }) => softmax!(x, { shape }),
    logSoftmax: ({ logSoftmax }) => logSoftmax!(x, { shape, temperature: 0.7 }),
    logSumExp: ({ logSumExp }) => logSumExp!(x, { shape }),
    crossEntropyWithGrad: ({ crossEntropyWithGrad }) => crossEntropyWithGrad!(x, targets, { shape }),
    topK: ({ topK }) => topK!(x, 10, { shape }),
    argmax: ({ argmax }) => argmax!(x, { shape }),
    "losses of each row": ({ crossEntropy }) => crossEntropy!(x, targets, { shape, reduction: "none" }),
    softmaxVjp: ({ softmaxVjp }) => softmaxVjp!(x, y, { shape }),
    float64: ({ softmax }) => softmax!(wide, quarter),
    "float16 bits": ({ softmax }) => softmax!(bits),
    "axis 0": ({ softmax }) => softmax!(x, { shape: [columns, rows], axis: 0 }),
    "an axis between": ({ logSoftmax }) => logSoftmax!(x, { shape: [8, columns, rows / 8], axis: 1 }),
    mask: ({ softmax }) => softmax!(x, { shape, where }),
    "one row": ({ softmax }) => softmax!(x.subarray(0, LONG)),
    "one row of float64": ({ softmax }) => softmax!(wide, { beta: -0.5 }),
    "one row of logSoftmax": ({ logSoftmax }) => logSoftmax!(x.subarray(0, LONG)),
    out: ({ softmax }) => softmax!(x, { shape, out: new Float32Array(x.length) }),
    "few rows": ({ softmax }) => softmax!(x.subarray(0, 3 * 16_384), { shape: [3, 16_384] }),
    nested: ({ softmax }) => softmax!([[1, 2, 3], [4, 5, 7]]), // biome-ignore format: one line
    softmaxJacobian: ({ softmaxJacobian }) => softmaxJacobian!(x.subarray(0, 3000), { shape: [10, 300] }),
  };
}

async function checkCall({ suite, pool, one }: Context, name: string, call: Call): Promise<void> {
  const wrong = await caught(async () => difference(await call(asOps(pool)), call(one)));
  suite.check(name, wrong === undefined, wrong, SAME);
}

async function checkTogether({ suite, pool, one }: Context, calls: readonly Call[]): Promise<void> {
  const results = await Promise.all(calls.map((call) => caught(async () => call(asOps(pool)))));
  const wrong = results.flatMap((result, i) => difference(result, calls[i]!(one)) ?? []);
  suite.check("calls beside one another", wrong.length === 0, wrong, SAME);
}

/** Arrays of the pool, in and out of place. */
async function checkArrays({ suite, pool, one, x, shape }: Context): Promise<void> {
  const expected = one["softmax"]!(x, { shape });
  const a = pool.allocate("float32", shape);
  const b = pool.allocate("float32", shape);
  a.set(x);
  const isShared = Object.prototype.toString.call(a.data.buffer) === "[object SharedArrayBuffer]";
  const isServed = pool.backend().backend !== "js";
  suite.check("an array in shared memory", isShared === isServed, isShared, isServed);
  const wrong = await caught(async () => difference((await pool.softmax(a, { out: b })).data, expected));
  suite.check("from array to array", wrong === undefined, wrong, SAME);
  const kept = difference(a.data, x);
  suite.check("what an array held", kept === undefined, kept, "the same");
  const within = await caught(async () => difference((await pool.softmax(a, { out: a })).data, expected));
  suite.check("within an array", within === undefined, within, SAME);
  a.free();
  b.free();
}

async function checkControl({ suite, pool, x, shape }: Context): Promise<void> {
  const reason = new Error("no longer wanted");
  const early = await caught(() => pool.softmax(x, { shape, signal: AbortSignal.abort(reason) }));
  suite.check("a call aborted before", early === reason, early, reason);
  const control = new AbortController();
  const onProgress = (): void => control.abort(reason);
  const midway = await caught(() => pool.softmax(x, { shape, signal: control.signal, onProgress }));
  // The calling thread does all of a call at once.
  const inPieces = pool.backend().threads > 0;
  suite.check("a call aborted meanwhile", !inPieces || midway === reason, midway, reason);
  const steps: { readonly done: number; readonly total: number }[] = [];
  await pool.softmax(x, { shape, onProgress: (progress) => steps.push(progress) });
  const rises = steps.every(({ done }, i) => done > (steps[i - 1]?.done ?? 0));
  const isWhole = steps.at(-1)?.done === shape[0] && steps.every(({ total }) => total === shape[0]);
  // The reference says nothing of it.
  const isTold = pool.backend().backend !== "js";
  suite.check("progress", !isTold || (rises && isWhole), steps, "up to all rows");
}

async function checkErrors({ suite, pool, x }: Context): Promise<void> {
  const { softmax } = asOps(pool);
  const shape = await caught(async () => softmax!(x, { shape: [3, 5] }));
  suite.check("a wrong shape", shape instanceof RangeError, shape, "a RangeError");
  const option = await caught(async () => softmax!(x, { temprature: 2 }));
  suite.check("an unknown option", option instanceof TypeError, option, "a TypeError");
}

async function checkClose({ suite, pool, x, shape }: Context): Promise<void> {
  const underWay = caught(() => pool.softmax(x, { shape }));
  await pool.close();
  await pool.close();
  const settled = await underWay;
  suite.check("a call that a close met", settled !== undefined, settled, "a result or an error");
  const after = await caught(() => pool.softmax(x, { shape }));
  suite.check("a call of a closed pool", after instanceof Error && /closed/.test(after.message), after, "an error");
}

/** A pool that nobody waits for. */
async function checkAtOnce({ suite, createPool, one, x, shape }: Context): Promise<void> {
  const pool = createPool({ threads: THREADS });
  const wrong = await caught(async () => difference(await pool.softmax(x, { shape }), one["softmax"]!(x, { shape })));
  suite.check("a call before ready()", wrong === undefined, wrong, SAME);
  await pool.close();
}

/** What a call gives, or throws. */
async function caught(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return error;
  }
}

function asOps(pool: Pool): Ops {
  return pool as unknown as Ops;
}

/** The first place where two results differ in a bit, any NaN counted as the same; undefined where none does. */
function difference(got: unknown, expected: unknown): string | undefined {
  if (Object.is(got, expected)) return undefined;
  if (typeof expected !== "object" || expected === null || typeof got !== "object" || got === null) {
    return `${got}, not ${expected}`;
  }
  if (ArrayBuffer.isView(expected)) return differentElement(got as Float32Array, expected as Float32Array);
  if (got instanceof Error) return String(got);
  const names = Object.keys(expected);
  if (Object.keys(got).join() !== names.join()) return `${Object.keys(got)}, not ${names}`;
  const wrong = names.map((name) => difference(got[name as keyof object], expected[name as keyof object]));
  const first = wrong.findIndex((each) => each !== undefined);
  return first < 0 ? undefined : `${names[first]}: ${wrong[first]}`;
}

function differentElement(got: Float32Array, expected: Float32Array): string | undefined {
  if (got.constructor.name !== expected.constructor.name || got.length !== expected.length) {
    return `${got.constructor.name} of ${got.length}, not ${expected.constructor.name} of ${expected.length}`;
  }
  for (let i = 0; i < expected.length; i++) {
    if (!Object.is(got[i], expected[i])) return `element ${i}: ${got[i]}, not ${expected[i]}`;
  }
  return undefined;
}

/** Logits within ±8, of which some of the first are special. */
function logits<A extends Float32Array | Float64Array>(type: new (length: number) => A, count: number): A {
  const x = new type(count);
  const next = integers(count, 2 ** 16);
  for (let i = 0; i < count; i++) x[i] = next() / 2 ** 12 - 8;
  x.set([Number.NEGATIVE_INFINITY, -0, 1e-40]);
  return x;
}

/** Bits of float16 numbers from 2^-7 to 4, of either sign. */
function bitsOf(count: number): Uint16Array {
  const bits = new Uint16Array(count);
  const next = integers(count, 9 * 1024);
  for (let i = 0; i < count; i++) bits[i] = (8 * 1024 + next()) | (i % 2 === 0 ? 0x8000 : 0);
  return bits;
}
