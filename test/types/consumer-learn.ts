// What a consumer of softmax-simd/learn writes, compiled by test/types/check.ts.

import type { Iteration, ReliabilityBin, SoftmaxRegressionJSON } from "softmax-simd/learn";
import { expectedCalibrationError, fitTemperature, reliability, SoftmaxRegression } from "softmax-simd/learn";

const X = [
  [0, 1],
  [1, 0],
];
const options = { C: 10, tol: 1e-5, maxIter: 50, fitIntercept: true, seed: 1 };
const onIteration = ({ iteration, loss, gradientNorm }: Iteration): number => iteration + loss + gradientNorm;

const model = new SoftmaxRegression({ ...options, onIteration }).fit(X, ["no", "yes"]);
export const words: string[] = model.predict(X);
export const classes: string[] = model.classes;
export const nested: number[][] = model.predictProba(X);
export const flat: number[] = model.predictProba([0, 1]);
export const single: Float32Array = model.predictLogProba(new Float32Array(4), { shape: [2, 2] });
export const double: Float64Array = model.decisionFunction(new Float64Array(4));
export const tensor: { dims: number[] } = model.predictProba({ data: new Float32Array(4), dims: [2, 2] });
export const coef: readonly (readonly number[])[] = model.coef;
export const numbers: Uint8Array = new SoftmaxRegression().fit(X, Uint8Array.of(0, 1)).predict(X);
export const score: number = model.score(X, ["no", "yes"], { sampleWeight: Float32Array.of(1, 2) });
// @ts-expect-error: labels of another kind than the model's
export const wrong: number = model.score(X, [0, 1]);
// @ts-expect-error: no such option
new SoftmaxRegression({ max_iter: 100 });

const json: SoftmaxRegressionJSON = model.toJSON();
export const again: string[] = SoftmaxRegression.fromJSON<string[]>(json).predict(X);
export const temperature: number = fitTemperature(X, [0, 1]).temperature;
export const error: number = expectedCalibrationError(X, BigInt64Array.of(0n, 1n), { bins: 10 });
export const bins: ReliabilityBin[] = reliability(new Float32Array(4), Int32Array.of(0, 1), { shape: [2, 2] });
