// The distribution that is drawn from, in float64, step by step as documented and never optimised.

import type { Dtype } from "./contract.js";

/** Options of one row, as `sample` takes them. */
export interface RowOptions {
  readonly where?: ArrayLike<unknown>;
  readonly temperature?: number;
  readonly beta?: number;
  readonly base?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly logitBias?: Map<number, number> | Record<string, number> | ArrayLike<number>;
  readonly repetitionPenalty?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly history?: ArrayLike<number>;
}

/** The final probabilities of a row of logits; all NaN where there is nothing to draw from, but 0 where masked. */
export function finalDistribution(logits: ArrayLike<number>, options: RowOptions, dtype: Dtype): Float64Array {
  const probabilities = new Float64Array(logits.length);
  const beta = betaOf(options);
  const edited = editedLogits(logits, options, dtype);
  let kept = indicesOf(edited).filter((i) => keepsAt(options.where, i));
  if (kept.length === 0) return probabilities;
  // From here on, the largest are the most probable.
  const scores = edited.map((logit) => (beta < 0 ? -logit : logit));
  const undrawable =
    kept.some((i) => Number.isNaN(scores[i]) || scores[i] === Infinity) || kept.every((i) => scores[i] === -Infinity);
  if (undrawable) {
    for (const i of kept) probabilities[i] = NaN;
    return probabilities;
  }

  kept = kept.filter((i) => scores[i] !== -Infinity);
  const { topK, topP = 1, minP = 0 } = options;
  if (topK !== undefined) kept = ranked(kept, scores).slice(0, topK);
  const weights = weightsOf(kept, scores, Math.abs(beta));
  if (topP < 1) kept = smallestSet(ranked(kept, weights), weights, topP);
  // The largest weight is 1.
  kept = kept.filter((i) => (weights[i] as number) >= minP);
  const total = weightOf(kept, weights);
  for (const i of kept) probabilities[i] = (weights[i] as number) / total;
  return probabilities;
}

/** The same options where mass, and what is compared with minP, may be off by `by`: what they keep is kept, or more. */
export function loosened<O extends RowOptions>(options: O, by: number): O {
  const { topP, minP } = options;
  return {
    ...options,
    ...(topP === undefined || topP === 1 ? {} : { topP: Math.min(1, Math.max(0, topP + by)) }),
    ...(minP === undefined || minP === 1 ? {} : { minP: minP * (1 - by) }),
  };
}

/** The softmax of the classes that are kept: their probabilities when it is known which they are. */
export function distributionOver(
  logits: ArrayLike<number>,
  options: RowOptions,
  dtype: Dtype,
  kept: (i: number) => boolean,
): Float64Array {
  const { topP: _, minP: __, topK: ___, where, ...rest } = options;
  const both = Array.from({ length: logits.length }, (_, i) => keepsAt(where, i) && kept(i));
  return finalDistribution(logits, { ...rest, where: both }, dtype);
}

function betaOf({ temperature, beta, base }: RowOptions): number {
  if (beta !== undefined) return beta;
  if (base !== undefined) return Math.log(base);
  return temperature === undefined ? 1 : 1 / temperature;
}

// Not by iterators, which are slow over rows of many classes.
function indicesOf({ length }: ArrayLike<unknown>): number[] {
  const indices = new Array<number>(length);
  for (let i = 0; i < length; i++) indices[i] = i;
  return indices;
}

function keepsAt(where: ArrayLike<unknown> | undefined, i: number): boolean {
  return where === undefined || Boolean(where[i]);
}

/** Bias, then the repetition, frequency and presence penalties. */
function editedLogits(logits: ArrayLike<number>, options: RowOptions, dtype: Dtype): Float64Array {
  const { history = [], repetitionPenalty = 1, frequencyPenalty = 0, presencePenalty = 0 } = options;
  const counts = new Map<number, number>();
  for (const token of Array.from(history)) counts.set(token, (counts.get(token) ?? 0) + 1);
  return new Float64Array(logits).map((given, i) => {
    let logit = given + biasOf(options.logitBias, i);
    const count = counts.get(i) ?? 0;
    if (count > 0) {
      logit = logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty;
      logit -= count * frequencyPenalty + presencePenalty;
    }
    return dtype === "float32" ? Math.fround(logit) : logit;
  });
}

function biasOf(bias: RowOptions["logitBias"], i: number): number {
  if (bias instanceof Map) return bias.get(i) ?? 0;
  return (bias as Record<number, number> | undefined)?.[i] ?? 0;
}

/** Classes, the most probable first. Array.prototype.sort is stable: ties stay in order of index. */
function ranked(classes: readonly number[], sizes: Float64Array): number[] {
  const inOrder = [...classes].sort((a, b) => a - b);
  return inOrder.sort((a, b) => (sizes[b] as number) - (sizes[a] as number));
}

/** exp(beta (score - largest score)) of some classes, and its limits. */
function weightsOf(classes: readonly number[], scores: Float64Array, beta: number): Float64Array {
  const weights = new Float64Array(scores.length);
  const largest = classes.reduce((most, i) => Math.max(most, scores[i] as number), -Infinity);
  for (const i of classes) {
    const below = (scores[i] as number) - largest;
    weights[i] = below === 0 ? 1 : Math.exp(beta * below);
  }
  return weights;
}

/** The first classes, one at least, whose weight reaches that part of the whole. */
function smallestSet(classes: readonly number[], weights: Float64Array, mass: number): number[] {
  const wanted = mass * weightOf(classes, weights);
  const sum = new Sum();
  const end = classes.findIndex((i) => sum.add(weights[i] as number) >= wanted);
  return classes.slice(0, end === -1 ? classes.length : end + 1);
}

function weightOf(classes: readonly number[], weights: Float64Array): number {
  const sum = new Sum();
  for (const i of classes) sum.add(weights[i] as number);
  return sum.value;
}

/** Neumaier's sum: exact but for the last bit, over any number of classes. */
export class Sum {
  #sum = 0;
  #lost = 0;

  add(value: number): number {
    const next = this.#sum + value;
    this.#lost += Math.abs(this.#sum) >= Math.abs(value) ? this.#sum - next + value : value - next + this.#sum;
    this.#sum = next;
    return this.value;
  }

  get value(): number {
    return this.#sum + this.#lost;
  }
}

/** Where the share of each class ends. */
export function cumulative(probabilities: ArrayLike<number>): Float64Array {
  const sum = new Sum();
  return Float64Array.from(probabilities, (p) => sum.add(p));
}
