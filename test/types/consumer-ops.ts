// A consumer's code with the ops beside softmax, compiled against the packed package by check.ts and never run.

import {
  allocate,
  argmax,
  createSoftmax,
  crossEntropy,
  crossEntropyWithGrad,
  type DerivativeOptions,
  entropy,
  hardmax,
  type Input,
  klDivergence,
  type LogitsOptions,
  type LossOptions,
  logProb,
  logSoftmax,
  logSoftmaxVjp,
  logSumExp,
  logSumExpSigned,
  type MapFunction,
  mergePartials,
  type NestedValues,
  normalizeWith,
  type Ops,
  type Partials,
  type ResidentArray,
  type Softmax,
  sigmoid,
  softmaxHessian,
  softmaxHessianComponent,
  softmaxJacobian,
  softmaxJvp,
  softmaxPartials,
  softmaxVjp,
  type Targets,
  type TopK,
  type TopKOptions,
  topK,
} from "softmax-simd";
import * as reference from "softmax-simd/reference";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles where the type of the value is exactly Expected: `exactly<number>()(value, true)`. */
declare function exactly<Expected>(): <Actual>(value: Actual, same: Same<Actual, Expected>) => void;

const f32 = new Float32Array(6);
const f64 = new Float64Array(6);
const matrix = [[1, 2], [3, 4]]; // biome-ignore format: one line
const cube = [matrix];
declare const frozen: readonly (readonly number[])[];
const tensor = { data: f32, dims: [2, 3] };
const handle32 = allocate("float32", [2, 3]);
const handle64 = allocate("float64", [2, 3]);

// As many numbers: each kind as it came.
exactly<typeof f32>()(logSoftmax(f32), true);
exactly<typeof f64>()(logSoftmax(f64, { shape: [2, 3], axis: 0, temperature: 2 }), true);
exactly<number[]>()(logSoftmax([1, 2, 3]), true);
exactly<number[]>()(logSoftmax([1, 2, 3] as const), true);
exactly<number[][]>()(logSoftmax(frozen, { where: [true, false] }), true);
exactly<typeof f32>()(logSoftmax(tensor).data, true);
exactly<number[]>()(logSoftmax(tensor).dims, true);
exactly<number[]>()(logSoftmax({ data: [1, 2], shape: [2] }).shape, true);
exactly<typeof f32>()(logSoftmax(handle32), true);
exactly<typeof f64>()(sigmoid(f64, { beta: 2 }), true);
exactly<number[][][]>()(sigmoid(cube), true);
exactly<typeof f64>()(softmaxVjp(handle64, f64), true);
exactly<number[][]>()(softmaxJvp(matrix, matrix), true);
exactly<typeof f32>()(logSoftmaxVjp(f32, handle32, { axis: null }), true);
exactly<typeof f32>()(softmaxVjp(tensor, tensor).data, true);
exactly<number[][]>()(softmaxVjp(frozen, [[1], [2]]), true);

// One number a row: a level less, or a number.
const partials = mergePartials(softmaxPartials(f32), softmaxPartials(matrix, { temperature: 2 }));
exactly<Partials>()(partials, true);
exactly<typeof f32>()(normalizeWith(f32, partials), true);
exactly<number[][]>()(normalizeWith(matrix, { max: [1], sum: [1], beta: 1 }, { log: true }), true);
// @ts-expect-error
normalizeWith(f32, partials, { beta: 1 });
// @ts-expect-error
softmaxPartials(f32, { out: f32 });
exactly<typeof f32>()(logSumExp(f32), true);
exactly<number>()(logSumExp([1, 2, 3]), true);
exactly<number>()(logSumExp([1, 2, 3] as const), true);
exactly<number[]>()(logSumExp(matrix, { weights: [1, -1] }), true);
exactly<number[]>()(logSumExp(frozen, { axis: 0 }), true);
exactly<number[][]>()(logSumExp(cube, { axis: -1, keepDims: false }), true);
exactly<number>()(logSumExp(cube, { axis: null }), true);
exactly<number[][][]>()(logSumExp(cube, { keepDims: true }), true);
exactly<number[]>()(logSumExp([1, 2, 3], { keepDims: true, axis: null }), true);
exactly<number[]>()(logSumExp([1, 2, 3, 4], { shape: [2, 2] }), true);
exactly<NestedValues>()(logSumExp(cube, { axis: [0, 1] }), true);
exactly<typeof f32>()(logSumExp(tensor, { axis: null }).data, true);
exactly<number[]>()(logSumExp(tensor, { keepDims: true }).dims, true);
exactly<typeof f64>()(logSumExp(handle64), true);
exactly<{ value: number; sign: number }>()({ ...logSumExpSigned([2, 1], { weights: [-1, 1] }) }, true);
exactly<number[]>()(logSumExpSigned(matrix, { axis: 0 }).sign, true);
exactly<number[][]>()(logSumExpSigned(matrix, { keepDims: true }).value, true);
exactly<typeof f32>()(logSumExpSigned(f32, { shape: [2, 3] }).sign, true);
exactly<number>()(entropy([0.5, 0.5]), true);
exactly<typeof f32>()(entropy(f32, { keepDims: true }), true);
exactly<number[]>()(klDivergence(matrix, frozen), true);
exactly<number>()(klDivergence(matrix, matrix, { axis: null }), true);
exactly<typeof f64>()(klDivergence(f64, handle64), true);
exactly<number[]>()(logProb(matrix, [0, 1]), true);
exactly<number>()(logProb([1, 2], 1), true);
exactly<typeof f32>()(logProb(f32, new Uint8Array([0, 1]), { shape: [2, 3], beta: 2 }), true);
exactly<typeof f32>()(logProb(tensor, { data: new BigInt64Array(2), dims: [2] }).data, true);

// Derivatives: a level more for each new axis.
exactly<typeof f32>()(softmaxJacobian(f32), true);
exactly<number[][]>()(softmaxJacobian([1, 2, 3], { from: "probabilities" }), true);
exactly<number[][][]>()(softmaxJacobian(frozen, { axis: 0 }), true);
exactly<number[]>()(softmaxJacobian([1, 2, 3, 4], { shape: [2, 2] }), true);
exactly<NestedValues>()(softmaxJacobian(matrix, { axis: null }), true);
exactly<number[][][]>()(softmaxHessian([1, 2]), true);
exactly<number[][][][]>()(softmaxHessian(matrix), true);
exactly<number[][]>()(softmaxHessianComponent([1, 2], 1), true);
exactly<typeof f64>()(softmaxHessianComponent(f64, 0, { shape: [2, 3] }), true);
exactly<number[]>()(softmaxJacobian(tensor).dims, true);

// Losses: a number, or one a row.
const labels = new Int32Array(2);
exactly<number>()(crossEntropy(f32, labels, { shape: [2, 3] }), true);
exactly<number>()(crossEntropy(matrix, [0, 1], { reduction: "sum", weight: [1, 2], sampleWeight: f64 }), true);
exactly<number>()(crossEntropy([1, 2], 1, { labelSmoothing: 0.1, ignoreIndex: -1 }), true);
exactly<number>()(crossEntropy(matrix, [[0.5, 0.5], [0, 1]], { reduction: "mean" }), true); // biome-ignore format: one line
exactly<typeof f32>()(crossEntropy(f32, labels, { shape: [2, 3], reduction: "none" }), true);
exactly<number[]>()(crossEntropy(matrix, [0, 1], { reduction: "none" }), true);
exactly<number>()(crossEntropy([1, 2], 1n, { reduction: "none" }), true);
exactly<number[]>()(crossEntropy([1, 2, 3, 4], [0, 1], { shape: [2, 2], reduction: "none" }), true);
exactly<typeof f32>()(
  crossEntropy(tensor, { data: new BigInt64Array(2), dims: [2] }, { reduction: "none" }).data,
  true,
);
exactly<{ loss: number; grad: typeof f32 }>()({ ...crossEntropyWithGrad(f32, 1) }, true);
exactly<number[][]>()(crossEntropyWithGrad(matrix, [0, 1]).grad, true);
exactly<number[]>()(crossEntropyWithGrad(matrix, [0, 1], { reduction: "none" }).loss, true);
exactly<number[][]>()(crossEntropyWithGrad(matrix, [0, 1], { reduction: "none" }).grad, true);
exactly<number[]>()(crossEntropyWithGrad(tensor, f32).grad.dims, true);
exactly<typeof f64>()(crossEntropyWithGrad(handle64, labels, { reduction: "none" }).loss, true);

// Indices: an Int32Array, or numbers where nested arrays were given.
const i32 = new Int32Array(2);
exactly<typeof i32>()(argmax(f32), true);
exactly<typeof i32>()(argmax(handle64, { axis: 0, keepDims: true }), true);
exactly<number>()(argmax([1, 2, 3]), true);
exactly<number[]>()(argmax(frozen, { axis: 0 }), true);
exactly<number[][]>()(argmax(cube), true);
exactly<number>()(argmax(cube, { axis: null }), true);
exactly<number[][]>()(argmax(matrix, { keepDims: true }), true);
exactly<number[]>()(argmax([1, 2, 3, 4], { shape: [2, 2] }), true);
exactly<NestedValues>()(argmax(cube, { axis: [0, 1] }), true);
exactly<typeof i32>()(argmax(tensor).data, true);
exactly<number[]>()(argmax(tensor).dims, true);
const bits = { data: new Uint16Array(6), shape: [2, 3], dtype: "float16" } as const;
exactly<"int32">()(argmax(bits).dtype, true);
exactly<typeof i32>()(argmax(bits).data, true);
exactly<"float16">()(topK(bits, 2).values.dtype, true);
exactly<"int32">()(topK(bits, 2).indices.dtype, true);
exactly<typeof f32>()(topK(f32, 2).values, true);
exactly<typeof i32>()(topK(f32, 2, { sorted: false }).indices, true);
exactly<typeof f64>()(topK(handle64, 2, { axis: null }).values, true);
exactly<number[]>()(topK([1, 2, 3], 2).indices, true);
exactly<number[][]>()(topK(frozen, 1, { axis: 0 }).values, true);
exactly<number[]>()(topK(matrix, 1, { axis: null }).indices, true);
exactly<number[]>()(topK([1, 2, 3, 4], 1, { shape: [2, 2] }).values, true);
exactly<NestedValues[]>()(topK(cube, 1, { axis: [0, 1] }).values, true);
exactly<number[]>()(topK(tensor, 1).indices.dims, true);
exactly<number[][]>()(hardmax(frozen, { where: [true, false] }), true);
exactly<typeof f32>()(hardmax(f32, { out: f32 }), true);

// `out` is what comes back.
exactly<typeof f32>()(logSoftmax(f32, { out: f32 }), true);
exactly<ResidentArray<"float32">>()(logSoftmax(f32, { out: handle32 }), true);
exactly<typeof f64>()(softmaxVjp(handle64, handle64, { out: f64 }), true);
exactly<ResidentArray<"float64">>()(logSumExp(handle64, { out: handle64 }), true);
exactly<number[][]>()(logSoftmax(frozen, { out: matrix }), true);
exactly<number[]>()(entropy(matrix, { out: [0, 0] }), true);
exactly<number[][][]>()(softmaxJacobian(matrix, { out: [matrix, matrix] }), true);
exactly<typeof tensor>()(klDivergence(tensor, tensor, { out: tensor }), true);
exactly<typeof f32>()(crossEntropy(f32, labels, { shape: [2, 3], reduction: "none", out: f32 }), true);
exactly<typeof f64>()(crossEntropyWithGrad(f64, 0, { out: f64 }).grad, true);
exactly<number>()(crossEntropyWithGrad(f64, 0, { out: f64, reduction: "sum" }).loss, true);
exactly<typeof f32>()(crossEntropyWithGrad(f32, labels, { shape: [2, 3], out: f32, reduction: "none" }).grad, true);

// One function over either.
declare const either: Float32Array | Float64Array;
exactly<typeof f32 | typeof f64>()(logSoftmax(either), true);
exactly<Float32Array | Float64Array>()(logSoftmax(either, { out: either }), true);
exactly<typeof f32 | typeof f64>()(logSumExp(either), true);
exactly<typeof f32 | typeof f64>()(softmaxVjp(either, either), true);
const generic = <X extends Float32Array | Float64Array>(y: X, dy: X): Float32Array | Float64Array =>
  softmaxVjp(y, dy, { axis: 0 });
generic(f32, f32);
const rows = <X extends Float32Array | Float64Array>(x: X): Float32Array | Float64Array => logSumExp(x);
rows(f64);
declare const anyHandle: ResidentArray;
exactly<typeof f32 | typeof f64>()(logSoftmax(anyHandle), true);
declare const any: Input;
softmaxJacobian(any);
argmax(any);
topK(any, 1);
exactly<typeof i32>()(argmax(either), true);
exactly<typeof f32 | typeof f64>()(topK(either, 1).values, true);
declare const targets: Targets;
crossEntropy(any, targets);

// Libraries whose tensor types leave the dtype open.
interface OpenTensor {
  readonly dims: readonly number[];
  readonly type: "float32" | "float64" | "int64" | "string";
  readonly data: Float32Array | Float64Array | BigInt64Array | string[];
}
declare const outputs: { readonly [name: string]: OpenTensor };
const logits = outputs["logits"]!;
exactly<typeof f32 | typeof f64>()(logSoftmax(logits, { where: outputs["attention_mask"]! }).data, true);
exactly<number>()(crossEntropy(logits, outputs["labels"]!), true);
exactly<typeof i32>()(argmax(logits).data, true);
exactly<number[]>()(logProb(logits, outputs["input_ids"]!).dims, true);

// Options kept in a variable.
const scaling: LogitsOptions = { shape: [2, 3], axis: [0, 1], beta: -1 };
logSoftmax(f32, scaling);
logSumExp(f64, { ...scaling, keepDims: true });
const few: TopKOptions = { shape: [2, 3], sorted: true };
const largest: TopK<Float32Array, Int32Array> = topK(f32, 1, few);
const derivative: DerivativeOptions = { ...scaling, from: "logits" };
softmaxJacobian(f32, derivative);
const mean: LossOptions<"mean"> = { ...scaling, reduction: "mean", weight: f32 };
exactly<number>()(crossEntropy(f32, labels, mean), true);

// The same functions of an instance, and of the reference.
const own: Softmax = createSoftmax();
const ops: Ops[] = [own, reference];
const maps: MapFunction<LogitsOptions>[] = [own.logSoftmax, reference.logSoftmax, logSoftmax];
exactly<typeof f32>()(own.logSumExp(f32), true);
exactly<number[]>()(reference.entropy(matrix), true);

// Mistakes that the types catch.
// @ts-expect-error: an unknown option
logSumExp(f32, { keepdims: true });
// @ts-expect-error: another op's option
logSoftmax(f32, { keepDims: true });
// @ts-expect-error: sigmoid has no axis
sigmoid(f32, { axis: 0 });
// @ts-expect-error: no result to write into
logSumExpSigned(f32, { out: f32 });
// @ts-expect-error: out of the other dtype
logSoftmax(f32, { out: f64 });
// @ts-expect-error: out of another kind
logSoftmax(matrix, { out: f64 });
// @ts-expect-error: out of another depth
logSoftmax(matrix, { out: [1, 2] });
// @ts-expect-error: a handle of the other dtype
logSumExp(handle32, { out: handle64 });
// @ts-expect-error: out where the result is one number
crossEntropy(f32, labels, { out: f32 });
// @ts-expect-error: out where the result is one number
crossEntropy(f32, labels, { out: f32, reduction: "sum" });
// @ts-expect-error: no second argument
softmaxVjp(f32);
// @ts-expect-error: a second argument of the other dtype
softmaxVjp(f32, f64);
// @ts-expect-error: nested beside float32
softmaxJvp(f32, [1, 2, 3]);
// @ts-expect-error: float32 beside nested
klDivergence([0.5, 0.5], f32);
// @ts-expect-error: a handle of the other dtype
logSoftmaxVjp(f32, handle64);
// @ts-expect-error: integers
logSoftmax(new Int32Array(3));
// @ts-expect-error: weights of integers
logSumExp(f32, { weights: new Int32Array(6) });
// @ts-expect-error: no component
softmaxHessianComponent(f32);
// @ts-expect-error: a component in words
softmaxHessianComponent(f32, "0");
// @ts-expect-error: neither logits nor probabilities
softmaxJacobian(f32, { from: "softmax" });
// @ts-expect-error: no result to write into
argmax(f32, { out: i32 });
// @ts-expect-error: no temperature
hardmax(f32, { temperature: 1 });
// @ts-expect-error: no k
topK(f32);
// @ts-expect-error: k as an option
topK(f32, { k: 2 });
// @ts-expect-error: PyTorch's option
topK(f32, 2, { largest: false });
// @ts-expect-error: logits of integers
argmax(new Int32Array(3));
// @ts-expect-error: no targets
crossEntropy(f32);
// @ts-expect-error: targets in words
crossEntropy(f32, ["cat"]);
// @ts-expect-error: an unknown reduction
crossEntropy(f32, labels, { reduction: "avg" });
// @ts-expect-error: weights in words
crossEntropy(f32, labels, { weight: "balanced" });
// @ts-expect-error: the result is an array
const wrong: number = crossEntropy(f32, labels, { shape: [2, 3], reduction: "none" });
// @ts-expect-error: the result is a number
const alsoWrong: Float32Array = crossEntropy(f32, labels);

export { alsoWrong, generic, largest, maps, ops, rows, wrong };
