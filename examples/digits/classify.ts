import { CLASSES } from "./data.js";

/** `accuracy` is the share of images classified right, `confidence` the mean probability of the predicted class. */
export interface Score {
  accuracy: number;
  confidence: number;
}

/** Averages the labels of the training images with each row's weights: class probabilities, one test image a row. */
export function averageLabels(weights: Float32Array, labels: Uint8Array): Float64Array {
  const columns = labels.length;
  const rows = weights.length / columns;
  const probabilities = new Float64Array(rows * CLASSES);
  for (let x = 0; x < rows; x++) {
    for (let r = 0; r < columns; r++) {
      const i = x * CLASSES + (labels[r] as number);
      probabilities[i] = (probabilities[i] as number) + (weights[x * columns + r] as number);
    }
  }
  return probabilities;
}

export function score(probabilities: Float32Array | Float64Array, labels: Uint8Array): Score {
  let right = 0;
  let confidence = 0;
  labels.forEach((label, x) => {
    const row = probabilities.subarray(x * CLASSES, (x + 1) * CLASSES);
    const highest = Math.max(...row);
    if (row.indexOf(highest) === label) right++;
    confidence += highest;
  });
  return { accuracy: right / labels.length, confidence: confidence / labels.length };
}

export function largestDifference(a: Float32Array, b: Float64Array): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] as number))), 0);
}
