/**
 * Draws from rows of logits, under the filters that language models are sampled with.
 *
 * @module softmax-simd/sampling
 */

export { logitsToProbs } from "./sampling/probabilities.js";
export { sample, sampleWithLogProbs } from "./sampling/sample.js";
export { Sampler } from "./sampling/sampler.js";
export type {
  ClassHistory,
  LogitBias,
  Logits,
  NestedDraws,
  ProbabilitiesFunction,
  ProbabilityOptions,
  SampleFunction,
  SampleOptions,
  SamplerOptions,
  SamplesWithLogProbs,
  SampleWithLogProbsFunction,
} from "./sampling/types.js";
