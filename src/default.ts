// The instance that the package's own functions share. Nothing is compiled before the first call.

import { createSoftmax } from "./surface.js";
import type { Softmax } from "./types.js";

const shared: Softmax = /* @__PURE__ */ createSoftmax();

/**
 * softmax(β x) along an axis: exp(β x_i) / Σ exp(β x_j), stable for logits of any size.
 *
 * x: float16, float32 or float64 in a typed array (of any shape, row-major), nested arrays, or a tensor-like object; it
 * is not changed. float16 is a Float16Array, or its bits in the Uint16Array of a tensor whose `type` or `dtype` is
 * "float16". The result has x's kind, dtype and shape. NaN or +Infinity in a row makes that row NaN; -Infinity among
 * finite logits gets exactly 0.
 *
 * Accuracy: float32 within 6e-7 of the true value, relatively, for logits up to ±256 and rows of up to 2^20 elements;
 * float64 within 2e-15. Probabilities below the dtype's smallest normal number may be 0. float16 is computed in float32
 * and rounded once to the nearest, subnormal numbers included.
 *
 * Memory: batches pass through a window of 1 MiB; a longer row takes its own size.
 *
 * @throws TypeError for a wrong kind of argument; RangeError for a wrong value, or for a row that does not fit the
 * memory allowed. The message says what was got and what was expected; nothing is changed then.
 * @example
 * softmax(new Float32Array([1, 2, 3])); // Float32Array [0.09003058, 0.24472848, 0.66524094]
 * @example
 * softmax(new Float32Array(256 * 1000), { shape: [256, 1000] }); // 256 rows of 1000 classes
 * @example
 * softmax([[1, 2], [3, 4]], { axis: null, temperature: 0.5 }); // over all four
 * @example
 * softmax({ data: new Uint16Array(1000), dims: [1, 1000], type: "float16" }); // float16 bits in and out
 */
export const softmax: Softmax["softmax"] = shared.softmax;

/**
 * An array that lives in WebAssembly memory, zero-filled: work from one such array into another copies nothing in or out.
 * Pass it as x or as `out`; what is given no `out` still returns a plain typed array. It takes its memory until it is
 * freed.
 *
 * `data` is a view of its values. An `allocate` that has to grow the memory detaches the views made before, and nothing
 * else does: read `data` anew after it.
 *
 * @throws TypeError for a wrong kind of argument; RangeError for a wrong value, or for more memory than there is.
 * @example
 * using logits = allocate("float32", [256, 1000]);
 * using probabilities = allocate("float32", [256, 1000]);
 * logits.set(values);
 * softmax(logits, { out: probabilities }).data; // Float32Array(256000)
 */
export const allocate: Softmax["allocate"] = shared.allocate;

/**
 * Checks what serves, on the engine at hand, against stored exact values, the special cases of the contract, and the
 * reference. Takes some tens of milliseconds.
 *
 * @throws TypeError, RangeError for a wrong option.
 * @example
 * if (!verify().ok) throw new Error("softmax-simd miscomputes here");
 */
export const verify: Softmax["verify"] = shared.verify;

/**
 * What serves the calls: `"relaxed-simd"`, `"simd"` or `"js"`, and why. Compiles the kernels if no call has yet.
 *
 * @example
 * backend(); // { backend: "simd", reason: "this engine does not validate relaxed-simd" }
 */
export const backend: Softmax["backend"] = shared.backend;

/**
 * Compiles the kernels ahead and off the critical path. Never required: the first call compiles them too.
 *
 * @example
 * await ready();
 */
export const ready: Softmax["ready"] = shared.ready;
