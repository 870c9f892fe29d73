import { mulberry32, normal } from "../random.js";

export const ARMS = 10;

/** Independent ten-armed bandits, a row each. An arm's reward is normal around its value; values are standard normal. */
export interface Bandits {
  count: number;
  /** [count, ARMS]. */
  values: Float64Array;
  /** The arm of the highest value. */
  best: Int32Array;
}

export function createBandits(count: number, seed: number): Bandits {
  const random = normal(mulberry32(seed));
  const values = Float64Array.from({ length: count * ARMS }, random);
  const best = Int32Array.from({ length: count }, (_, row) => {
    const arms = values.subarray(row * ARMS, (row + 1) * ARMS);
    return arms.indexOf(Math.max(...arms));
  });
  return { count, values, best };
}

/** What the players know: how often each arm was pulled, and its average reward, 0 before the first. */
export interface Estimates {
  averages: Float64Array;
  pulls: Int32Array;
}

export interface Outcome {
  /** The mean reward of this step over the bandits. */
  reward: number;
  /** The share that pulled the best arm. */
  optimal: number;
}

/** Pulls one arm of each bandit, and learns from it. */
export function pull(bandits: Bandits, arms: Int32Array, estimates: Estimates, noise: () => number): Outcome {
  const { averages, pulls } = estimates;
  let [reward, optimal] = [0, 0];
  for (let row = 0; row < bandits.count; row++) {
    const arm = arms[row] as number;
    const at = row * ARMS + arm;
    const got = (bandits.values[at] as number) + noise();
    const n = (pulls[at] as number) + 1;
    pulls[at] = n;
    averages[at] = (averages[at] as number) + (got - (averages[at] as number)) / n;
    reward += got;
    if (arm === bandits.best[row]) optimal++;
  }
  return { reward: reward / bandits.count, optimal: optimal / bandits.count };
}
