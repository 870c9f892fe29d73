// What a consumer of softmax-simd/sampling writes, compiled by test/types/check.ts.

import type { LogitBias, SampleOptions, SamplerOptions, SamplesWithLogProbs } from "softmax-simd/sampling";
import { logitsToProbs, Sampler, sample, sampleWithLogProbs } from "softmax-simd/sampling";

const filters = { temperature: 0.8, topK: 50, topP: 0.95, minP: 0.05, logitBias: { 50256: -100 } };
const bias: LogitBias = new Map([[1, -Infinity]]);
const options: SampleOptions = { ...filters, numSamples: 2, replacement: false, seed: 1n, step: 3 };
const X = [
  [0, 1],
  [1, 0],
];

export const single: Int32Array = sample(new Float32Array(4), { ...options, shape: [2, 2] });
export const double: Int32Array = sample(new Float64Array(4), { rng: Math.random, where: [1, 0, 1, 1] });
export const flat: number[] = sample([0, 1]);
export const shaped: number[] = sample([0, 1, 2, 3], { shape: [2, 2] });
export const nested: number[][] = sample(X, { ...filters, numSamples: 2, seed: 1n });
export const whole: number[] = sample(X, { axis: null });
export const tensor: { data: Int32Array; dims: number[] } = sample({ data: new Float32Array(4), dims: [2, 2] });
export const bits: { dtype: "int32" } = sample({ data: new Uint16Array(4), shape: [2, 2], dtype: "float16" } as const);

const both = sampleWithLogProbs(new Float32Array(4), options);
export const samples: Int32Array = both.samples;
export const logProbs: Float32Array = both.logProbs;
export const raw: Float32Array = both.rawLogProbs;
export const pairs: SamplesWithLogProbs<number[][], number[][]> = sampleWithLogProbs(X);
export const row: number[] = sampleWithLogProbs([0, 1]).logProbs;

export const p: Float32Array = logitsToProbs(new Float32Array(4), { ...filters, out: new Float32Array(4) });
export const q: number[][] = logitsToProbs(X, { logitBias: bias });
export const t: { data: Float64Array; shape: number[] } = logitsToProbs({ data: new Float64Array(4), shape: [2, 2] });
export const again: Int32Array = sample(new Float32Array(4), {
  shape: [2, 2],
  presencePenalty: 1,
  history: [Int32Array.of(0), [1n]],
});

const settings: SamplerOptions = { ...filters, repetitionPenalty: 1.1, history: BigInt64Array.of(1n), seed: 7 };
const sampler: Sampler = new Sampler(2, settings);
export const token: number = sampler.next(new Float32Array(2));
sampler.accept(token);
export const step: number = sampler.step;
sampler.free();

// @ts-expect-error: no such option
sample([0, 1], { top_k: 3 });
// @ts-expect-error: logits are no integers
sample(Int32Array.of(1));
// @ts-expect-error: another kind than the logits'
logitsToProbs(new Float32Array(4), { out: new Float64Array(4) });
// @ts-expect-error: drawn from one row
new Sampler(2, { numSamples: 2 });
// @ts-expect-error: samples keep no axis of size 1
sample(X, { keepDims: false });
