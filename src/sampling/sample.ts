import { deliverIndices, deliverNumbers, type Request, reformed } from "../check.js";
import { type Call, checkSample, type Draws } from "./call.js";
import { engine } from "./engine.js";
import { type Drawn, drawPlain, rawLogProbsPlain } from "./fallback.js";
import { drawInKernels, rawLogProbsInKernels } from "./kernels.js";
import type { SampleFunction, SampleWithLogProbsFunction } from "./types.js";

/**
 * Draws classes from rows of logits: the indices, `numSamples` a row, in a last axis that takes the place of `axis`.
 *
 * The distribution is that of {@link logitsToProbs}, which says in what order filters are applied. `temperature: 0` draws
 * evenly among the maxima. With `replacement: false` a row's draws are all different: each is from what the ones before
 * have left. A class of probability 0 is never drawn.
 *
 * Draw d of row r at `step` s depends on (`seed`, s, r, d) and the row alone: not on the batch's size, nor on the engine
 * where the kernels serve. The same seed and step give the same draws: in a loop, count `step` up, or use {@link Sampler}.
 *
 * logits: as for {@link logitsToProbs}. The result is an Int32Array for typed arrays, nested numbers for nested arrays (of
 * one row, an array of numbers), a tensor of int32 for a tensor.
 *
 * Accuracy: sums of probabilities are float64 and random numbers have 53 bits, so that each class comes with its
 * probability by {@link logitsToProbs}; in float32 one below about 1e-38 may never come.
 *
 * @function
 * @throws TypeError for a wrong kind of argument, a penalty without `history`, or `rng` beside `seed` or `step`;
 * RangeError for a wrong value, and for a row that nothing can be drawn from: of NaN, +Infinity, -Infinity alone, all
 * masked, or without replacement of fewer classes than `numSamples`. What `rng` throws is passed on.
 * @example
 * sample([0, 5, 0], { topK: 1, numSamples: 3 }); // [1, 1, 1]
 * @example
 * sample(new Float32Array(2 * 1000), { shape: [2, 1000], temperature: 0.8, topP: 0.95, seed: 7 }); // Int32Array(2)
 */
export const sample: SampleFunction = ((logits: unknown, options?: unknown): unknown => {
  const { call, draws } = checkSample(logits, options);
  return deliverIndices(reformed(call.request, "chosen", draws.count), draw(call, draws, false).tokens);
}) as SampleFunction;

/**
 * {@link sample} with the log-probability of each draw: `logProbs` under the distribution that it is drawn from (with
 * `replacement: false` too), `rawLogProbs` under softmax of the logits as given, at temperature 1 and with `where` alone.
 * Both are of the samples' shape, and of the logits' kind and dtype. Draws and their accuracy as {@link sample}'s.
 *
 * @function
 * @throws As {@link sample}.
 * @example
 * sampleWithLogProbs([0, Math.log(3)], { topK: 1 }); // { samples: [1], logProbs: [0], rawLogProbs: [-0.287682072451780…] }
 */
export const sampleWithLogProbs: SampleWithLogProbsFunction = ((logits: unknown, options?: unknown): unknown => {
  const { call, draws } = checkSample(logits, options);
  const { tokens, logProbs } = draw(call, draws, true);
  const request = reformed(call.request, "chosen", draws.count);
  return {
    samples: deliverIndices(request, tokens),
    logProbs: deliverNumbers(request, logProbs!),
    rawLogProbs: deliverNumbers(request, rawLogProbs(call.request, tokens)),
  };
}) as SampleWithLogProbsFunction;

function draw(call: Call<Request>, draws: Draws, withLogProbs: boolean): Drawn {
  const memory = engine.memory();
  return memory === undefined ? drawPlain(call, draws, withLogProbs) : drawInKernels(memory, call, draws, withLogProbs);
}

function rawLogProbs(request: Request, tokens: Int32Array): Float64Array {
  const memory = engine.memory();
  return memory === undefined ? rawLogProbsPlain(request, tokens) : rawLogProbsInKernels(memory, request, tokens);
}
