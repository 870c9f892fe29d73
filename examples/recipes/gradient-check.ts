// Are these gradients right? Each is held against central differences, (f(x + h) - f(x - h)) / 2h, in float64.

import { crossEntropy, crossEntropyWithGrad, softmax, softmaxJacobian, softmaxVjp } from "softmax-simd";

/** The best step in float64: rounding and the third derivative then err by about as much. */
const STEP = Math.cbrt(Number.EPSILON);

/** The gradient of a function of an array, a central difference for each element. */
export function numericalGradient(f: (x: Float64Array) => number, x: Float64Array): Float64Array {
  return x.map((value, i) => {
    const step = STEP * Math.max(1, Math.abs(value));
    const [above, below] = [value + step, value - step];
    // Divided by the steps as they were rounded.
    return (f(replaced(x, i, above)) - f(replaced(x, i, below))) / (above - below);
  });
}

const replaced = (x: Float64Array, at: number, by: number): Float64Array =>
  x.map((value, i) => (i === at ? by : value));

/** The largest difference of two arrays, relative to the largest number in the second. */
export function largestDifference(got: Float64Array, expected: Float64Array): number {
  const differences = got.map((value, i) => Math.abs(value - (expected[i] as number)));
  return Math.max(...differences) / Math.max(...expected.map(Math.abs));
}

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);

// Four rows of five logits, their classes, and something that all probabilities flow into: L = Σ g y.
const shape = [4, 5];
const logits = Float64Array.from({ length: 20 }, (_, i) => 3 * Math.sin(7 * i));
const classes = [0, 3, 4, 1];
const g = Float64Array.from({ length: 20 }, (_, i) => Math.cos(5 * i));

/** The largest relative difference for each gradient. */
export function check(): Record<string, number> {
  const loss = (x: Float64Array): number => crossEntropy(x, classes, { shape, labelSmoothing: 0.1 });
  const { grad } = crossEntropyWithGrad(logits, classes, { shape, labelSmoothing: 0.1 });

  const beta = 0.5;
  const flowing = (x: Float64Array): number => dot(g, softmax(x, { shape, beta }));
  const vjp = softmaxVjp(softmax(logits, { shape, beta }), g, { shape, beta });

  // Row i of the Jacobian is the gradient of output i.
  const row = logits.slice(0, 5);
  const jacobian = softmaxJacobian(row);
  const rows = Array.from(row, (_, i) => [...numericalGradient((x) => softmax(x)[i] as number, row)]);

  return {
    crossEntropyWithGrad: largestDifference(grad, numericalGradient(loss, logits)),
    softmaxVjp: largestDifference(vjp, numericalGradient(flowing, logits)),
    softmaxJacobian: largestDifference(jacobian, Float64Array.from(rows.flat())),
  };
}

console.log("largest relative difference from central differences");
for (const [name, difference] of Object.entries(check()))
  console.log(`${name.padEnd(22)}${difference.toExponential(1)}`);
