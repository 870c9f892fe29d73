// The plain JavaScript reference: textbook formulas in float64, never optimised. It says what the kernels must compute,
// serves where no kernel can run, and is the entry `softmax-simd/reference`, with no WebAssembly in it.

import { SOFTMAX } from "./check/signatures.js";
import { allocate, checkCall, copyInto, deliver, type Request } from "./check.js";
import { decodeFloat16, encodeFloat16 } from "./float16.js";
import type { Store } from "./store.js";
import type { SoftmaxFunction, SoftmaxOptions } from "./types.js";

/** softmax(β x) along an axis, in float64 JavaScript, rounded once to x's dtype. The same arguments as the kernels'. */
export const softmax: SoftmaxFunction = ((x: unknown, options?: SoftmaxOptions, store?: Store) => {
  const request = checkCall(SOFTMAX, [x], options, store);
  // Read once: x may be shared memory that changes meanwhile.
  const elements = new Float64Array(request.data);
  const isFloat16 = request.dtype === "float16";
  const values = isFloat16 ? elements.map(decodeFloat16) : elements;
  const result = new Float64Array(values.length);
  forEachRow(request, (indices) => softmaxRow(request, values, indices, result));
  const target = request.target ?? allocate(request.dtype, values.length);
  copyInto(target, isFloat16 ? result.map(encodeFloat16) : result);
  return deliver(request, target);
}) as SoftmaxFunction;

/** Calls back with the indices of each row's elements. */
function forEachRow({ extent: { outer, length, inner } }: Request, visit: (indices: number[]) => void): void {
  if (length === 0) return;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      visit(Array.from({ length }, (_, l) => (o * length + l) * inner + i));
    }
  }
}

function softmaxRow({ mask, beta }: Request, values: Float64Array, indices: number[], result: Float64Array): void {
  const kept = indices.filter((i) => mask === undefined || mask[i] === 1);
  const z = kept.map((i) => (beta < 0 ? -(values[i] as number) : (values[i] as number)));
  const max = z.reduce((a, b) => Math.max(a, b), -Infinity);
  // A row with NaN, with +Infinity, or of -Infinity alone has no softmax.
  const powers = Number.isFinite(max) ? z.map((v) => boltzmann(v, max, Math.abs(beta))) : z.map(() => NaN);
  const sum = powers.reduce((a, b) => a + b, 0);
  kept.forEach((i, k) => {
    result[i] = (powers[k] as number) / sum;
  });
}

/** exp(beta (z - max)), and its limits at beta 0 and Infinity. */
function boltzmann(z: number, max: number, beta: number): number {
  if (z === max) return 1;
  if (z === -Infinity || beta === Infinity) return 0;
  // Halved, the difference of two finite numbers cannot overflow.
  return Math.exp(2 * (beta * (z / 2 - max / 2)));
}

export type {
  Mask,
  NestedNumbers,
  NestedResult,
  SoftmaxFunction,
  SoftmaxOptions,
  TensorLike,
  TensorResult,
} from "./types.js";
