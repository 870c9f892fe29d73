// The plain JavaScript reference: textbook formulas in float64, never optimised. It says what the kernels must compute,
// serves where no kernel can run, and is the entry `softmax-simd/reference`, with no WebAssembly in it.

import { SOFTMAX } from "./check/signatures.js";
import { allocate, checkCall, copyInto, deliver, type Request } from "./check.js";
import { decodeFloat16, encodeFloat16 } from "./float16.js";
import { softmaxRow } from "./reference/rows.js";
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
  forEachRow(request, (indices) => keptSoftmax(request, values, indices, result));
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

function keptSoftmax({ mask, beta }: Request, values: Float64Array, indices: number[], result: Float64Array): void {
  const kept = indices.filter((i) => mask === undefined || mask[i] === 1);
  const row = softmaxRow(
    Float64Array.from(kept, (i) => values[i] as number),
    beta,
  );
  kept.forEach((i, k) => {
    result[i] = row[k] as number;
  });
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
