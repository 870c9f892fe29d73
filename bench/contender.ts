import type { ResidentArray } from "softmax-simd";
import type { Case, Mode } from "./cases.js";

export type FloatArray = Float32Array | Float64Array;

/** One batch of the caller's. The ring of them that a case goes round has several. */
export interface Batch {
  readonly given: Case;
  /** The shape that x is stored in. */
  readonly shape: readonly [number, number];
  readonly x: FloatArray;
  /** What the op takes beside x: gradients, or class indices. */
  readonly second: FloatArray | Int32Array | undefined;
  readonly out: FloatArray;
}

/** A batch made ready for repeated calls. */
export interface Prepared {
  /** The op over the batch, once. */
  run(): unknown;
  /** What the last run computed, as the case stores it; a loss comes last. Outside the clock. */
  result(): FloatArray | Promise<FloatArray>;
}

/** Sets up, outside the clock, what a program would set up once a batch. */
export type Prepare = (batch: Batch) => Prepared | Promise<Prepared>;

/** Of those that have several. */
export const THREADS = 2;

export interface Contender {
  readonly name: string;
  /** Flags of V8 that its process needs. */
  readonly flags?: readonly string[];
  /** The largest relative error that it may have, where that is not the usual one. */
  readonly tolerance?: number;
  /** What it computes, where that is not the case's op. */
  readonly exact?: (batch: Batch) => Float64Array;
  /** Its threads keep the processor busy for some time after a call. */
  readonly spins?: boolean;
  /** Whether it can compute the case. */
  takes(given: Case, mode: Mode): boolean;
  /** Loads, outside the clock, what a program would load once. */
  load(given: Case, mode: Mode): Prepare | Promise<Prepare>;
}

/** For sums added one by one in float32: they are 3e-5 off at 131072 classes. */
export const FLOAT32_SUMS = 2e-4;

export function isFloat32Rows({ dtype, axis }: Case): boolean {
  return dtype === "float32" && axis === -1;
}

/** What a call gives. */
export type Result =
  | FloatArray
  | ResidentArray
  | { readonly loss: number; readonly grad: FloatArray | ResidentArray }
  | { readonly values: FloatArray; readonly indices: Int32Array };

/** Runs a call, and keeps what it gave last. */
export function keeping(call: () => Result | Promise<Result>): Prepared {
  let last: Result | Promise<Result>;
  const run = (): unknown => {
    last = call();
    return last;
  };
  return { run, result: async () => valuesOf(await last) };
}

function valuesOf(result: Result): FloatArray {
  if ("data" in result) return result.data.slice();
  if ("loss" in result) return withLoss(valuesOf(result.grad), result.loss);
  return "indices" in result ? withIndices(result.values, result.indices) : result;
}

/** All values, then all indices. */
export function withIndices(values: ArrayLike<number>, indices: ArrayLike<number>): Float64Array {
  const both = new Float64Array(values.length + indices.length);
  both.set(values);
  both.set(indices, values.length);
  return both;
}

function withLoss(grad: FloatArray, loss: number): Float64Array {
  const values = new Float64Array(grad.length + 1);
  values.set(grad);
  values[grad.length] = loss;
  return values;
}
