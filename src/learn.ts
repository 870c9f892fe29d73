/**
 * Softmax regression, trained by L-BFGS, and the calibration of probabilities.
 *
 * @module softmax-simd/learn
 */

export { expectedCalibrationError, reliability } from "./learn/calibration.js";
export { SoftmaxRegression } from "./learn/softmax-regression.js";
export { fitTemperature } from "./learn/temperature.js";
export type {
  CalibrationOptions,
  ClassIndices,
  ClassLabel,
  Features,
  FittedTemperature,
  Iteration,
  LabelArray,
  PerSample,
  Predicted,
  ReliabilityBin,
  SampleOptions,
  ShapeOption,
  SoftmaxRegressionJSON,
  SoftmaxRegressionOptions,
  Weights,
} from "./learn/types.js";
