import type { Allocated, Mode } from "./mode.js";
import type { Ops } from "./op-types.js";

/** The element types taken. float16 is computed in float32 and rounded once. */
export type Dtype = "float16" | "float32" | "float64";

/** Float16Array where the libraries that a program is compiled with have it, else never. */
export type Float16 = typeof globalThis extends { Float16Array: { readonly prototype: infer A } } ? A : never;

/** The typed arrays taken as logits. */
export type FloatArray = Float32Array | Float64Array | Float16;

/** The elements of an array as they are moved: those of float16 as their bits. */
export type Elements = Float32Array | Float64Array | Uint16Array;

/** A fresh array of X's type, over memory that is not shared (TypeScript tells that from 5.7 on). */
export type FreshArray<X extends FloatArray | Uint16Array> = X extends Float32Array
  ? ReturnType<Float32ArrayConstructor["of"]>
  : X extends Float64Array
    ? ReturnType<Float64ArrayConstructor["of"]>
    : X extends Uint16Array
      ? ReturnType<Uint16ArrayConstructor["of"]>
      : typeof globalThis extends { Float16Array: { of(...items: number[]): infer A } }
        ? A
        : never;

/** Numbers in arrays of arrays, all of one length at each level; computed in float64. */
export type NestedNumbers = readonly number[] | readonly NestedNumbers[];

/** What comes back for nested arrays: the same nesting, of fresh arrays. */
export type NestedResult<X> = X extends readonly (infer E)[]
  ? E extends number
    ? number[]
    : NestedResult<E>[]
  : never;

/** What tells the type of an allocated array from a tensor's. No value has it. */
export declare const resident: unique symbol;

/**
 * A tensor of another library: row-major, contiguous `data` with its `shape` or `dims`. Of many libraries the type
 * leaves open what `data` is; it must be float16, float32, float64, or an array of numbers. Float16 is a Float16Array, or
 * its bits in a Uint16Array where `type` or `dtype` is "float16".
 */
export interface TensorLike {
  /** @hidden */
  readonly [resident]?: never;
  /** Its elements, row-major. */
  readonly data: ArrayLike<unknown>;
  /** The sizes of its axes: this or `dims`. */
  readonly shape?: readonly number[];
  /** The sizes of its axes, as ONNX Runtime calls them. */
  readonly dims?: readonly number[];
  /** "float16" where `data` are bits, as ONNX Runtime says it. */
  readonly type?: unknown;
  /** "float16" where `data` are bits, as others say it. */
  readonly dtype?: unknown;
}

/** What comes back for a tensor: fresh `data` of its type, and its shape and "float16" under the names that it used. */
export type TensorResult<X extends TensorLike> = {
  /** Its elements, row-major. */
  data: TensorData<X["data"], X>;
} & ShapeOf<X> &
  (X["data"] extends Uint16Array ? BitsLabel<X> : unknown);

/** The shape under the name that a tensor used. */
export type ShapeOf<X> = X extends { readonly dims: readonly number[] } ? { dims: number[] } : { shape: number[] };

/** What comes back for X where indices are asked for: Nested for nested arrays. */
export type Indices<X, Nested> = X extends Allocated<Mode> | FloatArray
  ? IndexArray
  : X extends NestedNumbers
    ? Nested
    : X extends TensorLike
      ? IndexTensor<X>
      : never;

/** A fresh array of indices. */
type IndexArray = ReturnType<Int32ArrayConstructor["of"]>;

/** The same for a tensor: its shape under the name that it used, and "int32" where it said "float16". */
type IndexTensor<X extends TensorLike> = { data: IndexArray } & ShapeOf<X> &
  (X["data"] extends Uint16Array ? { [Name in keyof BitsLabel<X>]: "int32" } : unknown);

/** The type that `data` is given back in; no other data has a result. */
export type TensorData<Data, X> = Data extends FloatArray
  ? FreshArray<Data>
  : Data extends Uint16Array
    ? BitsLabel<X> extends never
      ? never
      : FreshArray<Uint16Array>
    : Data extends readonly number[]
      ? FreshArray<Float64Array>
      : never;

/** Where a tensor says that its data are float16 bits; never if it cannot. */
export type BitsLabel<X> = X extends { readonly type: infer T }
  ? "float16" extends T
    ? { type: "float16" }
    : DtypeLabel<X>
  : DtypeLabel<X>;

type DtypeLabel<X> = X extends { readonly dtype: infer T }
  ? "float16" extends T
    ? { dtype: "float16" }
    : never
  : never;

/** The typed arrays taken as class indices. */
export type IntegerArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** Mask values: true, 1 or 1n keeps an element; false, 0 or 0n masks it. */
export type MaskValues = readonly (boolean | number)[] | IntegerArray;

/** A mask in arrays of arrays. */
export type NestedMask = readonly (boolean | number)[] | readonly NestedMask[];

/**
 * A mask: as long as x; or as long as the axis, and then the same for all rows; or with a shape of its own (nested, or
 * `{ data, shape }`) that broadcasts against x's as in NumPy.
 */
export type Mask = MaskValues | NestedMask | TensorLike;

/** Options of {@link softmax}, without `out` or with one of type Out. At most one of `temperature`, `beta` and `base`. */
export interface SoftmaxOptions<Out = never> {
  /** Row-major shape of x. Default: one row; for nested arrays and tensors their own. */
  readonly shape?: readonly number[];
  /**
   * The axis whose elements sum to 1. Negative counts from the end; a list of adjacent axes is taken together; `null` is
   * the whole array. Default -1.
   */
  readonly axis?: number | readonly number[] | null;
  /** Where the result is written; it is returned. Of x's kind, dtype and size; x itself, or no part of it. */
  readonly out?: Out;
  /** Mask: elements where it is false get probability 0 and count for nothing, whatever value stands there. */
  readonly where?: Mask;
  /** softmax(x / temperature). 0: the mass split evenly among the maxima. Infinity: uniform. */
  readonly temperature?: number;
  /** softmax(beta x). Negative: the smallest logits get the most. */
  readonly beta?: number;
  /** softmax(x ln base): base^x over its sum. Default e. */
  readonly base?: number;
}

/** Options where nested arrays lose or gain a level for each axis. */
export interface OneAxis {
  readonly axis?: number;
  readonly shape?: undefined;
  readonly keepDims?: false;
}

/** Options where nested arrays are taken whole. */
export interface WholeArray {
  readonly axis: null;
  readonly shape?: undefined;
  readonly keepDims?: false;
}

/** Options where a flat array of numbers stays flat. */
export interface Shaped {
  readonly shape: readonly number[];
}

/** Softmax along an axis, for each kind of input. */
export interface SoftmaxFunction {
  (x: Float32Array, options?: SoftmaxOptions<Float32Array>): FreshArray<Float32Array>;
  (x: Float64Array, options?: SoftmaxOptions<Float64Array>): FreshArray<Float64Array>;
  (x: Float16, options?: SoftmaxOptions<Float16>): FreshArray<Float16>;
  <X extends FloatArray>(x: X, options?: SoftmaxOptions<NoInfer<X>>): FreshArray<X>;
  <X extends NestedNumbers>(x: X, options?: SoftmaxOptions<NestedResult<X>>): NestedResult<X>;
  <X extends TensorLike>(x: X, options?: SoftmaxOptions<TensorLike>): TensorResult<X>;
}

/** The dtypes that arrays can be allocated in. */
export type ResidentDtype = "float32" | "float64";

/** `Symbol.dispose`, where TypeScript is told that there is one. */
type Dispose = SymbolConstructor extends { readonly dispose: infer S extends symbol } ? S : never;

/** What `using` asks for. */
export type Disposing = { readonly [K in Dispose]: () => void };

/** What all allocated arrays have. */
export interface AllocatedArray<D extends ResidentDtype> extends Disposing {
  /** The type of its elements. */
  readonly dtype: D;
  /** How many elements it has along each axis. */
  readonly shape: readonly number[];
  /** Gives the memory back. The array, and views of it, are of no use from then on. To do so again is no error. */
  free(): void;
}

/** An array that lives in WebAssembly memory until it is freed, as {@link Softmax.allocate} gives it. */
export interface ResidentArray<D extends ResidentDtype = ResidentDtype> extends AllocatedArray<D> {
  /** @hidden */
  readonly [resident]: D;
  /**
   * Its values, row-major, to read and write. The same view until an `allocate` has to grow the memory, which detaches
   * the views of all arrays; this property always gives one that is right.
   */
  readonly data: D extends "float32" ? FreshArray<Float32Array> : FreshArray<Float64Array>;
  /**
   * Copies values in: of this array's size, and of its shape where they have one; or from `offset` on, in row-major order,
   * and then as many as there is room for.
   */
  set(values: FloatArray | NestedNumbers | TensorLike | ResidentArray, offset?: number): void;
}

/** Allocates a zero-filled array of a shape, or of a number of elements. */
export type AllocateFunction<M extends Mode = "value"> = <D extends ResidentDtype>(
  dtype: D,
  shape: number | readonly number[],
) => Allocated<M, D>;

/** {@link SoftmaxFunction}, for allocated arrays too: what is given one as `out` returns it. */
export interface ResidentSoftmaxFunction extends SoftmaxFunction {
  (x: Float32Array | ResidentArray<"float32">, options: IntoResident<"float32">): ResidentArray<"float32">;
  (x: Float64Array | ResidentArray<"float64">, options: IntoResident<"float64">): ResidentArray<"float64">;
  (x: ResidentArray<"float32">, options?: SoftmaxOptions<Float32Array>): FreshArray<Float32Array>;
  (x: ResidentArray<"float64">, options?: SoftmaxOptions<Float64Array>): FreshArray<Float64Array>;
}

/** Options of {@link softmax} with an allocated array as `out`. */
export interface IntoResident<D extends ResidentDtype> extends SoftmaxOptions<ResidentArray<D>> {
  readonly out: ResidentArray<D>;
}

/** What serves the calls. */
export type BackendName = "relaxed-simd" | "simd" | "js";

/** What serves the calls, and why. */
export interface Backend {
  /** "js": plain JavaScript, since no kernel can serve. */
  readonly backend: BackendName;
  /** In words: what an engine lacks, or what forbids compiling. */
  readonly reason: string;
}

/** Options of {@link verify}. */
export interface VerifyOptions {
  /** Seed of the random cases, an integer. Default 1. */
  readonly seed?: number;
}

/** How one op fared. */
export interface VerifiedOp {
  /** Its name. */
  readonly op: string;
  /** What it was checked in. */
  readonly dtype: Dtype;
  /**
   * The largest error, in units in the last place of the dtype: of softmax against the stored exact values; of other ops
   * against the reference, of sums that may cancel beside the result's largest number, and 1.
   */
  readonly maxUlp: number;
  /** How many rows were checked. */
  readonly cases: number;
  /** The cases that missed, in words; empty when all is well. */
  readonly failures: readonly string[];
}

/** What {@link verify} found. */
export interface Verification {
  /** Whether no case missed. */
  readonly ok: boolean;
  /** What was checked. */
  readonly backend: BackendName;
  /** Each op in each dtype. */
  readonly ops: readonly VerifiedOp[];
}

/** Options of {@link createSoftmax}. */
export interface CreateOptions {
  /** A compiled `WebAssembly.Module` of `softmax-simd/simd.wasm` or `softmax-simd/relaxed-simd.wasm`. */
  readonly module?: object;
  /** The bytes of one of these files. */
  readonly bytes?: ArrayBuffer | ArrayBufferView;
  /** Only the baseline module, whose results are the same bits on every engine; throws where it cannot serve. */
  readonly deterministic?: boolean;
  /** false: throw where no kernel can serve, in place of falling back to JavaScript. Default true. */
  readonly fallback?: boolean;
  /** The most bytes the instance's memory may grow to. Default and ceiling 4 GiB. */
  readonly maxMemory?: number;
}

/** Options of `createSoftmax` of `softmax-simd/slim`: with `module` or `bytes`, which it does not bring. */
export type SlimOptions = CreateOptions &
  (Required<Pick<CreateOptions, "module">> | Required<Pick<CreateOptions, "bytes">>);

/** The library's surface over one instance of the kernels; its functions are those that the package exports. */
export interface Softmax extends Ops {
  /** softmax(β x) along an axis. */
  readonly softmax: ResidentSoftmaxFunction;
  /** An array that lives in the memory of this instance, until it is freed. */
  readonly allocate: AllocateFunction;
  /** Checks what serves against stored exact values and the reference. */
  readonly verify: (options?: VerifyOptions) => Verification;
  /** What serves the calls, and why. */
  readonly backend: () => Backend;
  /** Compiles the kernels ahead. */
  readonly ready: () => Promise<void>;
}
