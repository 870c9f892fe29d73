import { crossEntropy, softmax } from "softmax-simd";
import {
  expectedCalibrationError,
  fitTemperature,
  type Iteration,
  type ReliabilityBin,
  reliability,
  SoftmaxRegression,
} from "softmax-simd/learn";
import { type Score, score } from "./classify.js";
import { CLASSES, loadDigits, part } from "./data.js";
import { deskew } from "./deskew.js";

const BINS = 10;

export interface LearnOptions {
  trainingCount?: number;
  calibrationCount?: number;
  testCount?: number;
  seed?: number;
  /** The inverse of the penalty's strength. */
  C?: number;
  onIteration?: (iteration: Iteration) => void;
}

/** The test images' probabilities at a temperature. */
export interface Calibration extends Score {
  temperature: number;
  /** Mean cross-entropy. */
  loss: number;
  /** Expected calibration error. */
  error: number;
  bins: ReliabilityBin[];
}

export interface Learned {
  trainingCount: number;
  calibrationCount: number;
  testCount: number;
  C: number;
  iterations: number;
  converged: boolean;
  seconds: number;
  accuracy: number;
  /** Test images: rows are true digits, columns predicted ones. */
  confusion: number[][];
  before: Calibration;
  after: Calibration;
}

/** Trains softmax regression on some digits, fits its temperature on others, and tests both on a third lot. */
export function learn(options: LearnOptions = {}): Learned {
  const { trainingCount = 8000, calibrationCount = 1000, testCount = 1000, seed = 1, C = 0.03, onIteration } = options;
  const split = loadDigits(trainingCount, testCount + calibrationCount, seed);
  const training = deskew(split.training);
  const held = deskew(split.test);
  const test = part(held, 0, testCount);
  const calibration = part(held, testCount, held.count);

  const start = performance.now();
  const model = new SoftmaxRegression({ C, onIteration }).fit(training.pixels, training.labels);
  const seconds = (performance.now() - start) / 1000;
  const { temperature } = fitTemperature(model.decisionFunction(calibration.pixels), calibration.labels);
  const logits = model.decisionFunction(test.pixels);
  return {
    trainingCount,
    calibrationCount,
    testCount,
    C,
    iterations: model.nIter,
    converged: model.converged,
    seconds,
    accuracy: model.score(test.pixels, test.labels),
    confusion: confuse(test.labels, model.predict(test.pixels)),
    before: judge(logits, test.labels, 1),
    after: judge(logits, test.labels, temperature),
  };
}

function confuse(labels: Uint8Array, predicted: Uint8Array): number[][] {
  const counts = Array.from({ length: CLASSES }, () => new Array<number>(CLASSES).fill(0));
  labels.forEach((label, i) => {
    counts[label]![predicted[i]!]!++;
  });
  return counts;
}

function judge(logits: Float32Array, labels: Uint8Array, temperature: number): Calibration {
  const shape = [labels.length, CLASSES];
  const probabilities = softmax(logits, { shape, temperature });
  return {
    temperature,
    ...score(probabilities, labels),
    loss: crossEntropy(logits, labels, { shape, temperature }),
    error: expectedCalibrationError(probabilities, labels, { bins: BINS }),
    bins: reliability(probabilities, labels, { bins: BINS }),
  };
}
