// A consumer's code with the ops over threads, compiled against the packed package by check.ts and never run.

import { allocate, type LogitsOptions, type MapFunction, type NestedValues, type Ops, softmax } from "softmax-simd";
import {
  type AbortSignalLike,
  createPool,
  type Mode,
  type Pool,
  type PoolBackend,
  type PoolCallOptions,
  type PoolOptions,
  type Progress,
  type ResidentDtype,
  type SharedArray,
} from "softmax-simd/parallel";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles where the type of the value is exactly Expected: `exactly<number>()(value, true)`. */
declare function exactly<Expected>(): <Actual>(value: Actual, same: Same<Actual, Expected>) => void;

const f32 = new Float32Array(6);
const f64 = new Float64Array(6);
const i32 = new Int32Array(2);
const matrix = [[1, 2], [3, 4]]; // biome-ignore format: one line
const cube = [matrix];
declare const frozen: readonly (readonly number[])[];
const tensor = { data: f32, dims: [2, 3] };

// A pool, and what serves it.
const options: PoolOptions = { threads: 2, deterministic: true, fallback: false, maxMemory: 2 ** 20 };
const pool: Pool = createPool(options);
exactly<Pool>()(createPool(), true);
exactly<PoolBackend>()(pool.backend(), true);
exactly<number>()(pool.backend().threads, true);
exactly<"shared" | "transferred" | "none">()(pool.backend().memory, true);
exactly<string>()(pool.backend().reason, true);
exactly<Promise<void>>()(pool.ready(), true);
exactly<Promise<void>>()(pool.close(), true);

// Each kind of input as on one thread, in a promise.
exactly<Promise<typeof f32>>()(pool.softmax(f32), true);
exactly<Promise<typeof f64>>()(
  pool.softmax(f64, { shape: [2, 3], axis: 0, temperature: 2, where: [true, false] }),
  true,
);
exactly<Promise<number[]>>()(pool.softmax([1, 2, 3]), true);
exactly<Promise<number[][]>>()(pool.softmax(frozen, { beta: -1 }), true);
exactly<typeof f32>()((await pool.softmax(tensor)).data, true);
exactly<number[]>()((await pool.softmax(tensor)).dims, true);
exactly<"float16">()((await pool.softmax({ data: new Uint16Array(6), shape: [2, 3], dtype: "float16" })).dtype, true);
exactly<typeof f32>()(await pool.logSoftmax(f32, { base: 2 }), true);
exactly<typeof f64>()(await pool.sigmoid(f64, { beta: 2 }), true);
exactly<number[][]>()(await pool.hardmax(matrix), true);
exactly<number>()(await pool.logSumExp([1, 2, 3]), true);
exactly<number[]>()(await pool.logSumExp(matrix, { weights: [1, -1] }), true);
exactly<number[][][]>()(await pool.logSumExp(cube, { keepDims: true }), true);
exactly<number>()(await pool.logSumExp(cube, { axis: null }), true);
exactly<number[]>()(await pool.logSumExp([1, 2, 3, 4], { shape: [2, 2] }), true);
exactly<NestedValues>()(await pool.logSumExp(cube, { axis: [0, 1] }), true);
exactly<number[]>()((await pool.logSumExpSigned(matrix, { axis: 0 })).sign, true);
exactly<number>()(await pool.entropy([0.5, 0.5]), true);
exactly<number[]>()(await pool.klDivergence(matrix, frozen), true);
exactly<number[]>()(await pool.logProb(matrix, [0, 1]), true);
exactly<number[][][]>()(await pool.softmaxJacobian(matrix, { from: "probabilities" }), true);
exactly<number[][][]>()(await pool.softmaxHessian([1, 2]), true);
exactly<number[][]>()(await pool.softmaxHessianComponent([1, 2], 1), true);
exactly<typeof f32>()(await pool.softmaxVjp(f32, f32), true);
exactly<number[][]>()(await pool.softmaxJvp(matrix, matrix), true);
exactly<typeof f64>()(await pool.logSoftmaxVjp(f64, f64, { axis: null }), true);
exactly<Promise<number>>()(pool.crossEntropy(f32, i32, { shape: [2, 3] }), true);
exactly<number[]>()(await pool.crossEntropy(matrix, [0, 1], { reduction: "none" }), true);
exactly<typeof f32>()((await pool.crossEntropyWithGrad(f32, 1)).grad, true);
exactly<number[]>()((await pool.crossEntropyWithGrad(matrix, [0, 1], { reduction: "none" })).loss, true);
exactly<typeof i32>()(await pool.argmax(f32), true);
exactly<number[]>()(await pool.argmax(frozen, { axis: 0 }), true);
exactly<typeof f64>()((await pool.topK(f64, 2)).values, true);
exactly<number[]>()((await pool.topK([1, 2, 3], 2, { sorted: false })).indices, true);

// One function over either.
declare const either: Float32Array | Float64Array;
exactly<typeof f32 | typeof f64>()(await pool.softmax(either), true);
const generic = <X extends Float32Array | Float64Array>(x: X): Promise<Float32Array | Float64Array> => pool.softmax(x);
generic(f32);

// Arrays of the pool.
const shared32 = pool.allocate("float32", [2, 3]);
const shared64 = pool.allocate("float64", 6);
exactly<SharedArray<"float32">>()(shared32, true);
exactly<SharedArray<"float64">>()(shared64, true);
exactly<Float32Array>()(shared32.data, true);
exactly<Float64Array>()(shared64.data, true);
exactly<"float32">()(shared32.dtype, true);
exactly<readonly number[]>()(shared32.shape, true);
shared32.set(f64);
shared32.set(matrix, 1);
shared32.set(shared64);
shared32.free();
exactly<typeof f32>()(await pool.softmax(shared32), true);
exactly<typeof f64>()(await pool.logSumExp(shared64, { axis: 0, weights: shared64 }), true);
exactly<typeof f32>()(await pool.softmaxVjp(shared32, f32), true);
exactly<typeof f64>()(await pool.klDivergence(f64, shared64), true);
exactly<typeof f64>()((await pool.topK(shared64, 1)).values, true);
exactly<typeof i32>()(await pool.argmax(shared32), true);
exactly<number>()(await pool.crossEntropy(shared32, shared32, { weight: shared32 }), true);
const anyShared: SharedArray = Math.random() < 0.5 ? shared32 : shared64;
exactly<typeof f32 | typeof f64>()(await pool.softmax(anyShared), true);
declare const dtype: ResidentDtype;
anyShared.set(pool.allocate(dtype, 6));

// `out` is what comes back: as it is, over whatever memory.
exactly<Promise<typeof f32>>()(pool.softmax(f32, { out: f32 }), true);
exactly<Promise<SharedArray<"float32">>>()(pool.softmax(shared32, { out: shared32, where: [true, false] }), true);
exactly<SharedArray<"float64">>()(await pool.logSoftmax(f64, { out: shared64 }), true);
exactly<SharedArray<"float32">>()(await pool.logSumExp(shared32, { out: shared32 }), true);
exactly<SharedArray<"float32">>()(await pool.softmaxJvp(shared32, shared32, { out: shared32 }), true);
exactly<SharedArray<"float32">>()((await pool.crossEntropyWithGrad(shared32, 0, { out: shared32 })).grad, true);
exactly<typeof f64>()(await pool.softmax(shared64, { out: f64 }), true);
exactly<Float32Array>()(await pool.softmax(f32, { out: shared32.data }), true);
exactly<number[][]>()(await pool.softmax(frozen, { out: matrix }), true);
exactly<typeof tensor>()(await pool.softmax(tensor, { out: tensor }), true);

// To end a call early, and to see how far it is: with the AbortSignal of the platform, where it has one.
interface OtherSignal {
  readonly aborted: boolean;
  throwIfAborted(): void;
}
type Signal = typeof globalThis extends { AbortSignal: { readonly prototype: infer S } } ? S : OtherSignal;
declare const signal: Signal;
const like: AbortSignalLike = signal;
const seen: Progress[] = [];
const onProgress = (progress: Progress): void => void seen.push(progress);
const call: PoolCallOptions = { signal, onProgress };
exactly<typeof f32>()(await pool.softmax(f32, { signal }), true);
exactly<SharedArray<"float32">>()(await pool.softmax(shared32, { out: shared32, ...call }), true);
pool.logSumExp(f32, { keepDims: true, onProgress: ({ done, total }) => seen.push({ done, total }) });
pool.logSumExpSigned(f32, { ...call, weights: f32 });
pool.softmaxVjp(f32, f32, call);
pool.klDivergence(f32, f32, call);
pool.logProb(f32, 1, { signal: like });
pool.softmaxHessianComponent(f32, 0, call);
pool.crossEntropy(f32, 0, { reduction: "sum", signal });
exactly<number[]>()(await pool.crossEntropy(matrix, [0, 1], { reduction: "none", ...call }), true);
pool.crossEntropyWithGrad(f32, 0, { ...call, out: f32 });
pool.argmax(f32, call);
pool.topK(f32, 2, { sorted: true, ...call });
const scaling: LogitsOptions & PoolCallOptions = { shape: [2, 3], beta: -1, signal };
pool.logSoftmax(f32, scaling);

// Functions of a pool by themselves.
const { logSoftmax } = pool;
const maps: MapFunction<LogitsOptions, "promise">[] = [pool.softmax, logSoftmax];
const ops: Ops<"promise"> = pool;
const modes: Mode[] = ["value", "promise"];

// Mistakes that the types catch.
// @ts-expect-error: a result before it is awaited
const early: Float32Array = pool.softmax(f32);
// @ts-expect-error: the same of a number
const earlyLoss: number = pool.crossEntropy(f32, 0);
// @ts-expect-error: a pool is no instance
const instance: Ops = pool;
// @ts-expect-error: threads in words
createPool({ threads: "2" });
// @ts-expect-error: an unknown option
createPool({ workers: 2 });
// @ts-expect-error: a pool brings its modules along
createPool({ module: {} });
// @ts-expect-error: an unknown option
pool.softmax(f32, { dim: 0 });
// @ts-expect-error: an unknown option beside a signal
pool.logSumExp(f32, { signal, keepdims: true });
// @ts-expect-error: another op's option
pool.softmax(f32, { keepDims: true });
// @ts-expect-error: a controller is no signal
pool.softmax(f32, { signal: { abort: () => undefined } });
// @ts-expect-error: no function
pool.softmax(f32, { onProgress: 10 });
// @ts-expect-error: no such count
pool.softmax(f32, { onProgress: ({ rows }) => rows });
// @ts-expect-error: one thread has no signal
softmax(f32, { signal });
// @ts-expect-error: nor progress
softmax(f32, { onProgress });
// @ts-expect-error: out of the other dtype
pool.softmax(f32, { out: f64 });
// @ts-expect-error: an array of the other dtype
pool.softmax(shared32, { out: shared64 });
// @ts-expect-error: out of another kind
pool.softmax([1, 2, 3], { out: shared64 });
// @ts-expect-error: out where the result is one number
pool.crossEntropy(f32, 0, { out: f32 });
// @ts-expect-error: a second argument of the other dtype
pool.softmaxVjp(shared32, shared64);
// @ts-expect-error: an array of one thread
pool.softmax(allocate("float32", 6));
// @ts-expect-error: the same as out
pool.softmax(f32, { out: allocate("float32", 6) });
// @ts-expect-error: an array of a pool on one thread
softmax(shared32);
// @ts-expect-error: integers
pool.softmax(new Int32Array(3));
// @ts-expect-error: promises are to be awaited
pool.softmax(pool.softmax(f32));
// @ts-expect-error: no dtype to allocate in
pool.allocate("float16", 3);
// @ts-expect-error: its data is not to be replaced
shared32.data = f32;
// @ts-expect-error: checks are of an instance
pool.verify();

export { early, earlyLoss, generic, instance, maps, modes, ops };
