import { softmax } from "softmax-simd";
import { softmax as reference } from "softmax-simd/reference";
import { averageLabels, largestDifference, type Score, score } from "./classify.js";
import { CLASSES, type Images, loadDigits } from "./data.js";
import { classMeans, distanceLogits, type OnProgress } from "./logits.js";
import { compare, plainSoftmax, type Timing } from "./timing.js";

export const TEMPERATURES: readonly number[] = [0.1, 0.5, 1, 10, 100];

export interface RunOptions {
  testCount?: number;
  trainingCount?: number;
  seed?: number;
  /** Rounds of the timing; its figures are their medians. */
  rounds?: number;
  onProgress?: OnProgress;
}

/** One softmax over a batch of logits, `difference` being the largest from the float64 reference. */
export interface Result extends Score {
  temperature: number;
  difference: number;
}

export interface TimedShape {
  shape: [rows: number, columns: number];
  timing: Timing;
}

export interface Figures {
  testCount: number;
  trainingCount: number;
  linear: Result;
  attention: Result[];
  timings: TimedShape[];
}

interface Batch {
  logits: Float32Array;
  shape: [rows: number, columns: number];
}

/** Classifies handwritten digits in both ways; prints and writes nothing. */
export function run(options: RunOptions = {}): Figures {
  const { testCount = 1000, trainingCount = 4000, seed = 1, rounds = 7, onProgress } = options;
  const { training, test } = loadDigits(trainingCount, testCount, seed);
  const linear: Batch = {
    logits: distanceLogits(test.pixels, classMeans(training)),
    shape: [testCount, CLASSES],
  };
  const attention: Batch = {
    logits: distanceLogits(test.pixels, training.pixels, onProgress),
    shape: [testCount, trainingCount],
  };
  return {
    testCount,
    trainingCount,
    linear: classifyLinearly(linear, test),
    attention: attend(attention, training, test),
    timings: [time(linear, rounds), time(attention, rounds)],
  };
}

/** The probabilities of the classes are the softmax of ten linear functions of the image. */
function classifyLinearly({ logits, shape }: Batch, test: Images): Result {
  const probabilities = softmax(logits, { shape });
  const exact = reference(Float64Array.from(logits), { shape });
  return { temperature: 1, ...score(probabilities, test.labels), difference: largestDifference(probabilities, exact) };
}

/** The probabilities of the classes are the labels of the training images, averaged with softmax weights. */
function attend({ logits, shape }: Batch, training: Images, test: Images): Result[] {
  const weights = new Float32Array(logits.length);
  const exactLogits = Float64Array.from(logits);
  const exact = new Float64Array(logits.length);
  return TEMPERATURES.map((temperature) => {
    softmax(logits, { shape, temperature, out: weights });
    reference(exactLogits, { shape, temperature, out: exact });
    const probabilities = averageLabels(weights, training.labels);
    return { temperature, ...score(probabilities, test.labels), difference: largestDifference(weights, exact) };
  });
}

function time({ logits, shape }: Batch, rounds: number): TimedShape {
  const out = new Float32Array(logits.length);
  const ours = (): unknown => softmax(logits, { shape, out });
  const plain = (): void => plainSoftmax(logits, out, shape[1]);
  return { shape, timing: compare(ours, plain, logits.length, rounds) };
}
