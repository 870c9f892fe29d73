// A consumer's code, compiled against the packed package by check.ts and never run.

import {
  allocate,
  type Backend,
  type BackendName,
  backend,
  type CreateOptions,
  createSoftmax,
  type Mask,
  type ResidentArray,
  ready,
  type Softmax,
  type SoftmaxFunction,
  type SoftmaxOptions,
  softmax,
  type TensorLike,
  type Verification,
  verify,
} from "softmax-simd";
import { softmax as reference } from "softmax-simd/reference";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles where the type of the value is exactly Expected: `exactly<number>()(value, true)`. */
declare function exactly<Expected>(): <Actual>(value: Actual, same: Same<Actual, Expected>) => void;

const f32 = new Float32Array(6);
const f64 = new Float64Array(6);

// Typed in, typed out; over memory of its own, so that it takes the place of what `new` gives.
exactly<typeof f32>()(softmax(f32), true);
exactly<typeof f64>()(softmax(f64), true);
let probabilities = new Float32Array(6);
probabilities = softmax(f32, { shape: [2, 3], axis: -1, out: probabilities });
probabilities = softmax(probabilities, { out: probabilities, temperature: 0.5 });

// One function over either.
declare const either: Float32Array | Float64Array;
exactly<typeof f32 | typeof f64>()(softmax(either), true);
const generic = <X extends Float32Array | Float64Array>(x: X): Float32Array | Float64Array => softmax(x, { axis: 0 });
generic(f32);

// Nested in, nested out, from readonly arrays too.
exactly<number[]>()(softmax([1, 2, 3]), true);
exactly<number[][]>()(softmax([[1, 2], [3, 4]]), true); // biome-ignore format: one case a line
exactly<number[][][]>()(softmax([[[1], [2]], [[3], [4]]], { axis: 1 }), true); // biome-ignore format: one case a line
exactly<number[]>()(softmax([1, 2, 3] as const), true);
declare const frozen: readonly (readonly number[])[];
exactly<number[][]>()(softmax(frozen, { out: [[0, 0]] }), true);

// Tensors: the shape comes back under the name that it had.
const tensor = softmax({ data: f32, shape: [2, 3] });
exactly<typeof f32>()(tensor.data, true);
exactly<number[]>()(tensor.shape, true);
const dims = softmax({ data: f64, dims: [2, 3] as readonly number[] }, { out: { data: f64, dims: [2, 3] } });
exactly<typeof f64>()(dims.data, true);
exactly<number[]>()(dims.dims, true);
exactly<typeof f64>()(softmax({ data: [1, 2], shape: [2] }).data, true);
exactly<typeof f32>()(softmax({ data: f32, shape: [2], stride: [1], offset: 4 }).data, true);

// Libraries whose tensor types leave the dtype open, as ONNX Runtime's and transformers.js' do.
interface OpenTensor {
  readonly dims: readonly number[];
  readonly type: "float32" | "float64" | "int64" | "string";
  readonly data: Float32Array | Float64Array | BigInt64Array | string[];
  dispose(): void;
}
declare const outputs: { readonly [name: string]: OpenTensor };
const open = softmax(outputs["logits"]!, { where: outputs["attention_mask"]! });
exactly<typeof f32 | typeof f64>()(open.data, true);
exactly<number[]>()(open.dims, true);
const like: TensorLike = open;
softmax(like);

// Masks of every kind.
const masks: Mask[] = [
  [true, false, true],
  [1, 0, 1],
  [[true], [false]],
  new Uint8Array(6),
  new BigInt64Array(6),
  { data: new Uint8Array(3), shape: [1, 3] },
  { data: [true, false], dims: [2, 1] },
];
for (const where of masks) softmax(f32, { shape: [2, 3], where });

// Options kept in a variable serve every input; with `out` they name its type.
const options: SoftmaxOptions = { shape: [2, 3], axis: [0, 1], beta: -1 };
softmax(f32, options);
softmax(f64, { ...options, axis: null });
softmax([1, 2, 3], { base: 2 });
const withOut: SoftmaxOptions<Float32Array> = { out: f32 };
softmax(f32, withOut);

// The rest of the surface.
exactly<Verification>()(verify({ seed: 3 }), true);
exactly<number>()(verify().ops.map(({ maxUlp }) => maxUlp)[0]!, true);
exactly<Backend>()(backend(), true);
const name: BackendName = backend().backend;
exactly<Promise<void>>()(ready(), true);
const created: CreateOptions = { bytes: new Uint8Array(8), deterministic: true, fallback: false, maxMemory: 2 ** 20 };
const own: Softmax = createSoftmax(created);
createSoftmax({ bytes: new ArrayBuffer(8) });
createSoftmax({ module: {} });
exactly<typeof f32>()(own.softmax(f32), true);
exactly<typeof f32>()(reference(f32), true);
const swappable: SoftmaxFunction[] = [softmax, reference, own.softmax];

// Arrays that live in the module's memory.
const handle32 = allocate("float32", [2, 3]);
const handle64 = own.allocate("float64", 6);
exactly<ResidentArray<"float32">>()(handle32, true);
exactly<ResidentArray<"float64">>()(handle64, true);
exactly<typeof f32>()(handle32.data, true);
exactly<typeof f64>()(handle64.data, true);
exactly<"float32">()(handle32.dtype, true);
exactly<readonly number[]>()(handle32.shape, true);
handle32.set(f64);
handle32.set([[1, 2, 3], [4, 5, 6]]); // biome-ignore format: one case a line
handle32.set([1, 2], 3);
handle32.set({ data: f32, dims: [2, 3] });
handle32.set(handle64);
exactly<typeof f32>()(softmax(handle32), true);
exactly<typeof f64>()(softmax(handle64, { axis: 0, temperature: 2 }), true);
exactly<typeof f32>()(softmax(handle32, { out: f32 }), true);
exactly<ResidentArray<"float32">>()(softmax(handle32, { out: handle32, where: masks[0]! }), true);
exactly<ResidentArray<"float32">>()(softmax(f32, { shape: [2, 3], out: handle32 }), true);
exactly<ResidentArray<"float64">>()(own.softmax(f64, { out: handle64 }), true);
const anyHandle: ResidentArray = Math.random() < 0.5 ? handle32 : handle64;
exactly<typeof f32 | typeof f64>()(anyHandle.data, true);
anyHandle.free();
// The reference takes them for tensors.
exactly<typeof f32>()(reference(handle32).data, true);

// Mistakes that the types catch.
// @ts-expect-error: an unknown option
softmax(f32, { dim: 0 });
// @ts-expect-error: an unknown option of createSoftmax
createSoftmax({ threads: 4 });
// @ts-expect-error: an unknown option of verify
verify({ sed: 1 });
// @ts-expect-error: out of the other dtype
softmax(f32, { out: f64 });
// @ts-expect-error: out of the other dtype
softmax(f64, { out: f32 });
// @ts-expect-error: out of another kind
softmax([1, 2, 3], { out: f32 });
// @ts-expect-error: out that is nested where x is typed
softmax(f32, { out: [1, 2, 3] });
// @ts-expect-error: out of another depth
softmax([[1, 2]], { out: [1, 2] });
// @ts-expect-error: a string
softmax("1, 2, 3");
// @ts-expect-error: strings
softmax(["1", "2"]);
// @ts-expect-error: integers have no dtype to compute in
softmax(new Int32Array(3));
// @ts-expect-error: BigInts
softmax(new BigInt64Array(3));
// @ts-expect-error: a number
softmax(3);
// @ts-expect-error: nothing
softmax();
// @ts-expect-error: null
softmax(null);
// @ts-expect-error: a tensor whose data is yet to be fetched
softmax({ data: () => f32, shape: [6] });
// @ts-expect-error: a shape of strings
softmax(f32, { shape: ["6"] });
// @ts-expect-error: an axis by name
softmax(f32, { axis: "rows" });
// @ts-expect-error: a temperature in words
softmax(f32, { temperature: "hot" });
// @ts-expect-error: a mask of floats
softmax(f32, { where: new Float32Array(6) });
// @ts-expect-error: the result is no other kind
const wrong: Float64Array = softmax(f32);
// @ts-expect-error: a handle of the other dtype
softmax(handle32, { out: handle64 });
// @ts-expect-error: a handle of the other dtype
softmax(f32, { out: handle64 });
// @ts-expect-error: out of the other dtype
softmax(handle32, { out: f64 });
// @ts-expect-error: out of another kind
softmax(handle32, { out: { data: f32, shape: [2, 3] } });
// @ts-expect-error: out of another kind
softmax([1, 2, 3], { out: handle64 });
// @ts-expect-error: a mask of floats
softmax(f32, { where: handle32 });
// @ts-expect-error: no dtype to allocate in
allocate("int32", 3);
// @ts-expect-error: no shape
allocate("float32");
// @ts-expect-error: values in words
handle32.set(["1"]);
// @ts-expect-error: its data is not to be replaced
handle32.data = f32;
// @ts-expect-error: nor its shape
handle32.shape[0] = 1;
// @ts-expect-error: results of verify are not to be written
verify().ok = true;

export { generic, name, swappable, wrong };
