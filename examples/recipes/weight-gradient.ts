// Softmax regression by hand. Of the loss L = mean -log ŷ_t with ŷ = softmax(xW + b), the gradient with respect to the
// weights is the mean of x (ŷ - y)ᵀ over the rows, and to the bias that of ŷ - y, where y is 1 at the row's class t.

import { crossEntropy, crossEntropyWithGrad, softmax } from "softmax-simd";

export interface Data {
  /** Row-major: [rows, features]. */
  x: Float64Array;
  /** The class of each row. */
  labels: Int32Array;
  rows: number;
  features: number;
  classes: number;
}

export interface Model {
  /** Row-major: [features, classes]. */
  weights: Float64Array;
  bias: Float64Array;
}

/** xW + b: [rows, classes]. */
export function logitsOf({ weights, bias }: Model, { x, rows, features, classes }: Data): Float64Array {
  return Float64Array.from({ length: rows * classes }, (_, i) => {
    const [row, k] = [Math.floor(i / classes), i % classes];
    let sum = bias[k] as number;
    for (let d = 0; d < features; d++) sum += (x[row * features + d] as number) * (weights[d * classes + k] as number);
    return sum;
  });
}

export function lossOf(model: Model, data: Data): number {
  return crossEntropy(logitsOf(model, data), data.labels, { shape: [data.rows, data.classes] });
}

/** (ŷ - y) / rows: the gradient with respect to the logits. `crossEntropyWithGrad` gives it, and the loss, in one pass. */
export function logitGradient(logits: Float64Array, { labels, rows, classes }: Data): Float64Array {
  const errors = softmax(logits, { shape: [rows, classes] });
  labels.forEach((label, row) => {
    errors[row * classes + label] = (errors[row * classes + label] as number) - 1;
  });
  return errors.map((error) => error / rows);
}

/** What that makes of the weights and the bias: Σ x gᵀ and Σ g over the rows. */
export function modelGradient(g: Float64Array, { x, rows, features, classes }: Data): Model {
  const weights = new Float64Array(features * classes);
  const bias = new Float64Array(classes);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < classes; k++) {
      const error = g[row * classes + k] as number;
      bias[k] = (bias[k] as number) + error;
      for (let d = 0; d < features; d++) {
        weights[d * classes + k] = (weights[d * classes + k] as number) + (x[row * features + d] as number) * error;
      }
    }
  }
  return { weights, bias };
}

/** One step of gradient descent. */
export function descend({ weights, bias }: Model, gradient: Model, rate: number): Model {
  return {
    weights: weights.map((value, i) => value - rate * (gradient.weights[i] as number)),
    bias: bias.map((value, k) => value - rate * (gradient.bias[k] as number)),
  };
}

/** The same gradient by central differences, two losses for each parameter. */
export function numericalGradient(model: Model, data: Data): Model {
  const h = Math.cbrt(Number.EPSILON);
  const lossWith = (name: keyof Model, at: number, by: number): number => {
    const moved = model[name].map((value, i) => (i === at ? by : value));
    return lossOf({ ...model, [name]: moved }, data);
  };
  const gradientOf = (name: keyof Model): Float64Array =>
    model[name].map((value, i) => (lossWith(name, i, value + h) - lossWith(name, i, value - h)) / (2 * h));
  return { weights: gradientOf("weights"), bias: gradientOf("bias") };
}

/** The largest difference of two gradients, relative to the largest number in the second. */
export function largestDifference(a: Model, b: Model): number {
  const expected = [...b.weights, ...b.bias];
  const differences = [...a.weights, ...a.bias].map((value, i) => Math.abs(value - (expected[i] as number)));
  return Math.max(...differences) / Math.max(...expected.map(Math.abs));
}

/** Rings of points around the corners of a triangle, a class each. */
export function triangle(pointsEach: number): Data {
  const rows = 3 * pointsEach;
  const x = new Float64Array(2 * rows);
  for (let row = 0; row < rows; row++) {
    const corner = (2 * Math.PI * (row % 3)) / 3;
    x[2 * row] = 2 * Math.cos(corner) + Math.cos(row);
    x[2 * row + 1] = 2 * Math.sin(corner) + Math.sin(row);
  }
  return { x, labels: Int32Array.from({ length: rows }, (_, row) => row % 3), rows, features: 2, classes: 3 };
}

const data = triangle(20);
const shape = [data.rows, data.classes];
let model: Model = { weights: new Float64Array(6), bias: new Float64Array(3) };

console.log("step    loss");
for (let step = 0; step <= 50; step++) {
  const logits = logitsOf(model, data);
  if (step % 10 === 0) console.log(`${String(step).padStart(4)}  ${lossOf(model, data).toFixed(6)}`);
  model = descend(model, modelGradient(logitGradient(logits, data), data), 0.5);
}

const logits = logitsOf(model, data);
const byHand = modelGradient(logitGradient(logits, data), data);
const inOnePass = modelGradient(crossEntropyWithGrad(logits, data.labels, { shape }).grad, data);
console.log("\nthe gradient by hand: largest relative difference");
console.log(`from crossEntropyWithGrad  ${largestDifference(byHand, inOnePass).toExponential(1)}`);
console.log(`from central differences   ${largestDifference(byHand, numericalGradient(model, data)).toExponential(1)}`);
