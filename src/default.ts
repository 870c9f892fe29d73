// The instance that the package's own functions share. Nothing is compiled before the first call.

import { createSoftmax } from "./create.js";
import type { Softmax } from "./types.js";

const shared: Softmax = /* @__PURE__ */ createSoftmax();

/**
 * softmax(β x) along an axis: exp(β x_i) / Σ exp(β x_j), for logits of any size. As PyTorch's `softmax` and SciPy's
 * `scipy.special.softmax`.
 *
 * x: float16, float32 or float64 in a typed array (of any `shape`, row-major; by default one row), nested arrays
 * (computed in float64), a tensor-like object or an array from {@link allocate}; it is not changed. float16 is a
 * Float16Array, or its bits in the Uint16Array of a tensor whose `type` or `dtype` is "float16". The result has x's
 * kind, dtype and shape. NaN or +Infinity in a row makes that row NaN; -Infinity among finite logits gets exactly 0.
 * Options: {@link SoftmaxOptions}.
 *
 * Accuracy: float32 within 6e-7 of the true value, relatively, for logits up to ±256 and rows of up to 2^20 elements;
 * float64 within 2e-15. Probabilities below the dtype's smallest normal number may be 0. float16 is computed in float32
 * and rounded once to the nearest, subnormal numbers included.
 *
 * Memory: batches pass through a window of 1 MiB; a longer row takes its own size.
 *
 * @function
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
 * log softmax(β x) along an axis: β x_i - log Σ exp(β x_j). As PyTorch's `log_softmax` and SciPy's
 * `scipy.special.log_softmax`. -Infinity among finite logits stays -Infinity; a row with NaN or +Infinity is NaN.
 *
 * Arguments, result, memory and errors as for {@link softmax}. Masked elements are -Infinity.
 *
 * Accuracy: within 6e-7 of the result in float32, 2e-15 in float64, for logits up to ±256. Where one logit dominates,
 * too: its result is log(1 + the others' share).
 *
 * @function
 * @throws TypeError, RangeError as {@link softmax}.
 * @example
 * logSoftmax(new Float32Array([16, 0])); // Float32Array [-1.1253516e-7, -16]
 */
export const logSoftmax: Softmax["logSoftmax"] = shared.logSoftmax;

/**
 * (1/β) log Σ w_j exp(β x_j) along an axis, the smooth maximum, in the logits' unit; its gradient is w exp(β x) over
 * that sum. As PyTorch's `logsumexp` and, `weights` being its `b`, SciPy's `scipy.special.logsumexp`. One number a row,
 * in x's kind and dtype: typed arrays flat, nested arrays one level less (of one row, a number).
 *
 * `weights` (default 1) may be of either sign; a negative sum gives NaN here, and its sign with {@link
 * logSumExpSigned}. +Infinity in a row gives +Infinity, a row of -Infinity alone or nothing at all -Infinity, NaN gives
 * NaN. β = ±Infinity gives the maximum or minimum.
 *
 * Accuracy: within 1.2e-7 (float64: 1e-15) of the larger of |max x| and log K. Weights of both signs may cancel.
 *
 * @function
 * @throws TypeError, RangeError as {@link softmax}; RangeError for β = 0, where it has no limit.
 * @example
 * logSumExp([1, 2, 3]); // 3.4076059644443806
 * @example
 * logSumExp(new Float32Array([1000, 1000]), { weights: [1, 3], keepDims: true }); // Float32Array [1001.3863]
 */
export const logSumExp: Softmax["logSumExp"] = shared.logSumExp;

/**
 * {@link logSumExp} for sums that may be negative: `value` is (1/β) log |Σ w_j exp(β x_j)|, `sign` is -1, 0 or 1, both
 * as its result is. As SciPy's `logsumexp` with `return_sign`. Accuracy as {@link logSumExp}'s; it takes no `out`.
 *
 * @function
 * @throws TypeError, RangeError as {@link logSumExp}.
 * @example
 * logSumExpSigned([2, 1], { weights: [-1, 1] }); // { value: 1.541324854612918, sign: -1 }
 */
export const logSumExpSigned: Softmax["logSumExpSigned"] = shared.logSumExpSigned;

/**
 * The Jacobian β (diag(s) - s sᵀ) of s = softmax(β x), for every row: from shape […, K] to […, K, K], the two new axes
 * last whatever `axis` was. As `torch.func.jacrev` and `jax.jacobian` give it. `from: "probabilities"` takes x as s
 * itself. Symmetric; rows sum to 0. Masked classes have rows and columns of 0.
 *
 * Accuracy: within 1e-6 (float64: 4e-15) of the sizes of the terms that are added, β s_i and β s_i s_j.
 *
 * Memory: large ones are made a window at a time; the result needs its own K² elements a row, and no more.
 *
 * @function
 * @throws TypeError, RangeError as {@link softmax}; RangeError for an infinite β.
 * @example
 * softmaxJacobian([0, Math.log(3)]); // [[0.1875, -0.1875], [-0.1875, 0.1875]]
 */
export const softmaxJacobian: Softmax["softmaxJacobian"] = shared.softmaxJacobian;

/**
 * Backpropagation through softmax along an axis: from its output y and the gradient dy with respect to it, the gradient
 * with respect to x, β y (dy - Σ y dy). As PyTorch's `backward` and `jax.vjp` compute it. The Jacobian is never built.
 * Both of one kind, dtype and shape, as is the result; `out` may be either.
 *
 * Accuracy: within 1e-6 (float64: 4e-15) of the sizes of the terms that are added, β y dy and β y Σ |y dy|.
 *
 * @function
 * @throws TypeError, RangeError as {@link softmax}; RangeError for an infinite β.
 * @example
 * const y = softmax(new Float32Array([1, 2, 3]));
 * softmaxVjp(y, new Float32Array([0, 0, 1])); // the third row of the Jacobian
 */
export const softmaxVjp: Softmax["softmaxVjp"] = shared.softmaxVjp;

/**
 * The change of softmax's output y with a change dx of x: J dx = β y (dx - Σ y dx), as `torch.func.jvp` and `jax.jvp`
 * give it. The Jacobian is symmetric: arguments, accuracy and errors as for {@link softmaxVjp}.
 *
 * @function
 * @throws TypeError, RangeError as {@link softmaxVjp}.
 * @example
 * softmaxJvp(softmax([1, 2, 3]), [1, 0, 0]); // the first column of the Jacobian
 */
export const softmaxJvp: Softmax["softmaxJvp"] = shared.softmaxJvp;

/**
 * Backpropagation through log-softmax along an axis: from its output y and the gradient dy with respect to it, the
 * gradient with respect to x, β (dy - exp(y) Σ dy). Arguments and result as for {@link softmaxVjp}.
 *
 * Accuracy: within 1e-6 (float64: 4e-15) of the sizes of the terms that are added, β dy and β exp(y) Σ |dy|.
 *
 * @function
 * @throws TypeError, RangeError as {@link softmaxVjp}.
 * @example
 * logSoftmaxVjp(logSoftmax([0, 0]), [1, 0]); // [0.5, -0.5]
 */
export const logSoftmaxVjp: Softmax["logSoftmaxVjp"] = shared.logSoftmaxVjp;

/**
 * The second derivatives of s = softmax(β x) for every row: from […, K] to […, K, K, K], where [i, j, k] is that of s_i
 * with respect to x_j and x_k. As `jacfwd(jacrev(f))` of PyTorch and JAX. Options, memory (K³ elements a row) and
 * accuracy as for {@link softmaxJacobian}, relative to the terms of second derivatives.
 *
 * @function
 * @throws TypeError, RangeError as {@link softmaxJacobian}.
 * @example
 * softmaxHessian([0, 0]); // [[[0, 0], [0, 0]], [[0, 0], [0, 0]]]
 */
export const softmaxHessian: Softmax["softmaxHessian"] = shared.softmaxHessian;

/**
 * The second derivatives of one output, s_i with i = `component`: from […, K] to […, K, K]. Options, memory and
 * accuracy as for {@link softmaxHessian}.
 *
 * @function
 * @throws TypeError, RangeError as {@link softmaxJacobian}; RangeError for a component that is not 0 to K - 1.
 * @example
 * softmaxHessianComponent([0, Math.log(3)], 1); // [[-0.09375, 0.09375], [0.09375, -0.09375]]
 */
export const softmaxHessianComponent: Softmax["softmaxHessianComponent"] = shared.softmaxHessianComponent;

/**
 * The cross-entropy in nats of p = softmax(β logits) and targets: -log p_t for class indices (integers in a typed array
 * or in nested arrays, one a row), -Σ t log p for probabilities (as many as the logits). Options `weight`,
 * `sampleWeight`, `ignoreIndex`, `labelSmoothing` and `reduction` have the meaning of PyTorch's `cross_entropy`; a mean
 * divides by the weights of the rows that count, so that of none is NaN. A target at a logit of -Infinity is Infinity;
 * a target of 0 there counts for 0.
 *
 * Accuracy: within 1e-6 (float64: 4e-15) of the sizes of the terms that are added, weights times -log p. Losses near 0
 * keep it: -log p is log(1 + the others' share).
 *
 * @function
 * @returns A number; with `reduction: "none"` one a row, in the logits' kind and dtype.
 * @throws TypeError, RangeError as {@link softmax}; RangeError for an infinite β, and for a class index that is out of
 * range, with its row.
 * @example
 * crossEntropy([[0, Math.log(3)], [0, 0]], [1, 0], { reduction: "none" }); // [0.2876820724517809, 0.6931471805599453]
 */
export const crossEntropy: Softmax["crossEntropy"] = shared.crossEntropy;

/**
 * {@link crossEntropy} and its gradient with respect to the logits, (p - target) over the number of rows for a mean, in
 * one pass. The gradient has the logits' kind, dtype and shape, and is what `out` takes; with `reduction: "none"` it is
 * that of the sum. Accuracy as {@link crossEntropy}'s, at the target too, where the gradient is minus the others'
 * share.
 *
 * @function
 * @throws TypeError, RangeError as {@link crossEntropy}.
 * @example
 * crossEntropyWithGrad([0, Math.log(3)], 1); // { loss: 0.2876820724517809, grad: [0.25, -0.25] }
 */
export const crossEntropyWithGrad: Softmax["crossEntropyWithGrad"] = shared.crossEntropyWithGrad;

/**
 * The entropy -Σ p log p of probabilities along an axis, in nats, with 0 log 0 = 0; computed in float64. As PyTorch's
 * `special.entr` summed; p is not divided by its sum. Of a negative number NaN. One number a row, as for {@link
 * logSumExp}.
 *
 * Accuracy: within 1.2e-7 (float64: 1e-15) of the sizes of the terms that are added, |p log p|.
 *
 * @function
 * @throws TypeError, RangeError as {@link softmax}.
 * @example
 * entropy([0.5, 0.5]); // 0.6931471805599453
 */
export const entropy: Softmax["entropy"] = shared.entropy;

/**
 * The Kullback-Leibler divergence Σ p log(p / q) of two sets of probabilities of one kind, dtype and shape, along an
 * axis, in nats; computed in float64. As SciPy's `rel_entr` summed; neither is divided by its sum. Infinity where q is
 * 0 and p is not. One number a row, as for {@link logSumExp}.
 *
 * Accuracy: within 1.2e-7 (float64: 1e-15) of the sizes of the terms that are added, |p log(p / q)|.
 *
 * @function
 * @throws TypeError, RangeError as {@link softmax}.
 * @example
 * klDivergence([0.5, 0.5], [0.25, 0.75]); // 0.14384103622589045
 */
export const klDivergence: Softmax["klDivergence"] = shared.klDivergence;

/**
 * The log-probability of one class a row under softmax(β logits): log-softmax at `actions`, without computing the rest.
 * As PyTorch's `Categorical(logits=logits).log_prob(actions)`. One number a row, as for {@link logSumExp}. Accuracy as
 * {@link crossEntropy}'s.
 *
 * @function
 * @throws TypeError, RangeError as {@link crossEntropy}.
 * @example
 * logProb([[0, Math.log(3)], [0, 0]], [1, 0]); // [-0.2876820724517809, -0.6931471805599453]
 */
export const logProb: Softmax["logProb"] = shared.logProb;

/**
 * What one place knows of rows whose columns stand in several: of each the maximum and Σ exp(β (x - max)), in float64
 * whatever x's kind. {@link mergePartials} puts what all places know together, and {@link normalizeWith} makes each
 * place's part of the softmax of it. As what online softmax (Milakov and Gimelshein 2018) keeps of a row.
 *
 * Arguments, memory and errors as for {@link softmax}, without `out`. `max` and `sum` have a number a row, in row-major
 * order. A row of which nothing is here (no columns, all masked, all -Infinity) has max -Infinity and sum 0; NaN makes
 * both NaN, +Infinity the sum.
 *
 * Accuracy: a sum is within 6e-7 (float64: 4e-15) of the true one, relatively, for logits up to ±256 (float64: ±10).
 *
 * @function
 * @throws TypeError, RangeError as {@link softmax}.
 * @example
 * softmaxPartials([1, 2, 3]).sum; // Float64Array [1.5032147244080551]
 */
export const softmaxPartials: Softmax["softmaxPartials"] = shared.softmaxPartials;

/**
 * softmax of the columns that are here, of rows that also have others: exp(β (x - max)) / sum, with `partials` those of
 * all places, merged; with `log: true` log-softmax. β is that of the partials. Kinds, masks, special values and memory
 * as for {@link softmax}.
 *
 * Accuracy: that of {@link softmax}, however the columns are split; in float64 the error of {@link mergePartials} is
 * added. In logarithms, a sum that float64 rounds to 1 gives 0 at the maximum.
 *
 * @function
 * @throws TypeError, RangeError as {@link softmax}; RangeError for partials of another number of rows.
 * @example
 * const partials = mergePartials(softmaxPartials([1, 2]), softmaxPartials([3]));
 * normalizeWith([1, 2], partials); // [0.09003057317038046, 0.24472847105479764]
 */
export const normalizeWith: Softmax["normalizeWith"] = shared.normalizeWith;

/**
 * The index of the maximum along an axis, one a row: the first of equal ones, or of NaN in a row that has any (NumPy's
 * and PyTorch's `argmax`); -0 equals 0. An Int32Array for typed arrays, numbers one level less for nested ones (of one
 * row, a number), a tensor of an Int32Array for tensors. Accuracy: exact, nothing is rounded.
 *
 * @function
 * @throws TypeError, RangeError as {@link softmax}; RangeError for rows of no elements.
 * @example
 * argmax([[1, 3, 2], [5, 4, 5]]); // [1, 0]
 */
export const argmax: Softmax["argmax"] = shared.argmax;

/**
 * softmax at temperature 0: 1/m at each of m maxima along an axis, 0 elsewhere; ONNX's Hardmax gives the first alone 1.
 * Kinds, masks, NaN and errors as for {@link softmax}. Accuracy: 1/m rounded once to the dtype.
 *
 * @function
 * @throws TypeError, RangeError as {@link softmax}.
 * @example
 * hardmax([1, 3, 3]); // [0, 0.5, 0.5]
 */
export const hardmax: Softmax["hardmax"] = shared.hardmax;

/**
 * The k largest along an axis and their indices, each of shape [… without the axis, k]: `values` in x's kind and dtype,
 * `indices` as {@link argmax} gives them. The largest first and ties by index; with `sorted: false` in order of index.
 * NaN counts as larger than every number (PyTorch's `topk`, JAX's `top_k`), -0 as equal to 0. Accuracy: exact, `values`
 * are x's own numbers.
 *
 * @function
 * @throws TypeError, RangeError as {@link softmax}; RangeError for a k that is not 0 to K.
 * @example
 * topK([0.1, 0.4, 0.2, 0.3], 2); // { values: [0.4, 0.3], indices: [1, 3] }
 */
export const topK: Softmax["topK"] = shared.topK;

/**
 * The logistic function 1 / (1 + exp(-β x)) of each element: softmax of (x, 0), the two-class case. As PyTorch's
 * `sigmoid` and SciPy's `expit`. Like x; of the options of {@link softmax}, `out` and β's.
 *
 * Accuracy: within 4e-7 (float64: 1e-15), relatively, down to the smallest normal number. For 1 - sigmoid(x) take
 * sigmoid(-x).
 *
 * @function
 * @throws TypeError, RangeError as {@link softmax}.
 * @example
 * sigmoid(new Float32Array([0, 2])); // Float32Array [0.5, 0.8807971]
 */
export const sigmoid: Softmax["sigmoid"] = shared.sigmoid;

/**
 * An array that lives in WebAssembly memory, zero-filled: work from one such array into another copies nothing in or out.
 * Pass it as x or as `out`; what is given no `out` still returns a plain typed array. It takes its memory until it is
 * freed.
 *
 * `data` is a view of its values. An `allocate` that has to grow the memory detaches the views made before, and nothing
 * else does: read `data` anew after it.
 *
 * @function
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
 * reference. Takes about a tenth of a second.
 *
 * @function
 * @throws TypeError, RangeError for a wrong option.
 * @example
 * if (!verify().ok) throw new Error("softmax-simd miscomputes here");
 */
export const verify: Softmax["verify"] = shared.verify;

/**
 * What serves the calls: `"relaxed-simd"`, `"simd"` or `"js"`, and why. Compiles the kernels if no call has yet.
 *
 * @function
 * @example
 * backend(); // { backend: "simd", reason: "this engine does not validate relaxed-simd" }
 */
export const backend: Softmax["backend"] = shared.backend;

/**
 * Compiles the kernels ahead and off the critical path. Never required: the first call compiles them too.
 *
 * @function
 * @example
 * await ready();
 */
export const ready: Softmax["ready"] = shared.ready;
