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
