import { mulberry32, normal } from "../random.js";
import { ARMS, type Bandits, createBandits, type Estimates, pull } from "./bandits.js";
import { STRATEGIES, type Strategy } from "./strategies.js";

export interface RunOptions {
  /** Independent bandits, which the rewards are averaged over. */
  count?: number;
  steps?: number;
  seed?: number;
  strategies?: readonly Strategy[];
}

/** A strategy's rewards and its share of best arms, at each step, over all bandits. */
export interface Curve {
  name: string;
  rewards: Float64Array;
  optimal: Float64Array;
}

export interface Figures {
  count: number;
  steps: number;
  /** The mean value of the best arm. */
  best: number;
  curves: Curve[];
}

/** Plays the same bandits with each strategy; prints and writes nothing. */
export function run(options: RunOptions = {}): Figures {
  const { count = 2000, steps = 1000, seed = 1, strategies = STRATEGIES } = options;
  const bandits = createBandits(count, seed);
  const best = bandits.best.reduce((sum, arm, row) => sum + (bandits.values[row * ARMS + arm] as number), 0) / count;
  return { count, steps, best, curves: strategies.map((strategy) => play(bandits, strategy, steps, seed + 1)) };
}

function play(bandits: Bandits, { name, start }: Strategy, steps: number, seed: number): Curve {
  const estimates: Estimates = {
    averages: new Float64Array(bandits.count * ARMS),
    pulls: new Int32Array(bandits.count * ARMS),
  };
  const choose = start(seed);
  const noise = normal(mulberry32(seed + 1));
  const curve: Curve = { name, rewards: new Float64Array(steps), optimal: new Float64Array(steps) };
  for (let step = 0; step < steps; step++) {
    const { reward, optimal } = pull(bandits, choose(estimates.averages, step), estimates, noise);
    curve.rewards[step] = reward;
    curve.optimal[step] = optimal;
  }
  return curve;
}

/** The average over the elements from `start` up to, without, `end`. */
export function mean(values: Float64Array, start = 0, end: number = values.length): number {
  return values.subarray(start, end).reduce((sum, value) => sum + value, 0) / (end - start);
}
