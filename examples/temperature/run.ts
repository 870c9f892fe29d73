import { softmax } from "softmax-simd";
import { sample } from "softmax-simd/sampling";

export const LOGITS: readonly number[] = [2, 1, 3, 5, 4];
export const TEMPERATURES: readonly number[] = [0.1, 0.5, 1, 10];

/** A class at one temperature: how probable it is, and which share of the draws it got. */
export interface Share {
  index: number;
  logit: number;
  probability: number;
  frequency: number;
}

export interface Draws {
  temperature: number;
  count: number;
  shares: Share[];
}

export interface RunOptions {
  logits?: readonly number[];
  temperatures?: readonly number[];
  count?: number;
  seed?: number;
}

/** Draws classes at each temperature; prints and writes nothing. */
export function run(options: RunOptions = {}): Draws[] {
  const { logits = LOGITS, temperatures = TEMPERATURES, count = 1000, seed = 1 } = options;
  return temperatures.map((temperature, step) => {
    const probabilities = softmax(logits, { temperature });
    // Another step for each temperature: the same seed and step would give the same random numbers again.
    const drawn = sample(logits, { temperature, numSamples: count, seed, step });
    const shares = logits.map((logit, index) => ({
      index,
      logit,
      probability: probabilities[index] as number,
      frequency: drawn.filter((one) => one === index).length / count,
    }));
    return { temperature, count, shares };
  });
}

export interface Point {
  temperature: number;
  index: number;
  logit: number;
  probability: number;
}

/** The probabilities at `steps` temperatures from 0.05 to 100, evenly spaced by their logarithm. */
export function sweep(logits: readonly number[], steps = 200): Point[] {
  const [from, to] = [Math.log(0.05), Math.log(100)];
  return Array.from({ length: steps }, (_, i) => Math.exp(from + ((to - from) * i) / (steps - 1))).flatMap(
    (temperature) =>
      softmax(logits, { temperature }).map((probability, index) => {
        return { temperature, index, logit: logits[index] as number, probability };
      }),
  );
}
