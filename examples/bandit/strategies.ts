import { sample } from "softmax-simd/sampling";
import { mulberry32 } from "../random.js";
import { ARMS } from "./bandits.js";

/** Chooses an arm for each row of `averages` ([count, ARMS]) at a step, counted from 0. */
export type Choose = (averages: Float64Array, step: number) => Int32Array;

export interface Strategy {
  name: string;
  /** Choices are a function of the seed, the averages and the step. */
  start: (seed: number) => Choose;
}

/** Draws from the softmax of the averages, at each step's temperature. */
export function softmaxBy(name: string, temperatureAt: (step: number) => number): Strategy {
  return {
    name,
    start: (seed) => (averages, step) => choose(averages, temperatureAt(step), seed, step),
  };
}

/** The best average so far, but any arm with probability ε. */
export function epsilonGreedy(epsilon: number): Strategy {
  return {
    name: `ε-greedy, ε = ${epsilon}`,
    start: (seed) => {
      const uniform = mulberry32(seed);
      return (averages, step) => {
        const arms = choose(averages, 0, seed, step);
        return arms.map((arm) => (uniform() < epsilon ? Math.floor(uniform() * ARMS) : arm));
      };
    },
  };
}

/** An arm for each row, all in one call. At temperature 0 arms of the same average are as likely as each other. */
function choose(averages: Float64Array, temperature: number, seed: number, step: number): Int32Array {
  return sample(averages, { shape: [averages.length / ARMS, ARMS], temperature, seed, step });
}

/** Falls from `from` to `to` over `steps` steps, by the same factor at each, and stays there. */
export function falling(from: number, to: number, steps: number): (step: number) => number {
  return (step) => from * (to / from) ** Math.min(1, step / steps);
}

export const STRATEGIES: readonly Strategy[] = [
  softmaxBy("softmax, temperature 1 to 0.05", falling(1, 0.05, 300)),
  softmaxBy("softmax, temperature 0.25", () => 0.25),
  epsilonGreedy(0.1),
  epsilonGreedy(0.01),
];

/** What no strategy should fall below. */
export const RANDOM: Strategy = softmaxBy("any arm", () => Infinity);
