// Where the uniform numbers of draws come from: the caller's rng, or Philox by seed, step, row and draw.

import { checkLength, describe } from "../check/arrays.js";
import { checkThat } from "../check/options.js";
import { philox, unitOf } from "./philox.js";

/** The caller's function, or a place in Philox's stream. */
export type Stream = (() => unknown) | Seeded;

/** Words of uint32, and the step. */
export interface Seeded {
  readonly low: number;
  readonly high: number;
  readonly step: number;
}

const WORD = 2 ** 32;
const WORD_BITS = 32n;

/** The stream that options name; without any, one that starts anywhere. */
export function checkStream(seed: unknown, step: unknown, rng: unknown): Stream {
  if (rng === undefined) {
    return { ...(seed === undefined ? anySeed() : checkSeed(seed)), step: step === undefined ? 0 : checkStep(step) };
  }
  if (seed !== undefined || step !== undefined) {
    throw new TypeError(`rng, ${seed === undefined ? "step" : "seed"}: expected at most one of them`);
  }
  if (typeof rng !== "function") throw new TypeError(`rng: expected a function, got ${describe(rng)}`);
  return () => rng();
}

function checkSeed(seed: unknown): Pick<Seeded, "low" | "high"> {
  if (typeof seed === "bigint") {
    if (seed >= 0n && seed >> (2n * WORD_BITS) === 0n) {
      return { low: Number(BigInt.asUintN(32, seed)), high: Number(seed >> WORD_BITS) };
    }
    throw new RangeError(`seed: expected a bigint from 0n to 2n ** 64n - 1n, got ${seed}n`);
  }
  return wordsOf(checkSafe(seed, "seed", "an integer or a bigint"));
}

export function checkStep(step: unknown): number {
  return checkSafe(step, "step", "an integer");
}

function checkSafe(value: unknown, name: string, kind: string): number {
  return checkThat(value, name, "an integer from 0 to 2 ** 53 - 1", (n) => Number.isSafeInteger(n) && n >= 0, kind);
}

/** An integer as two words. */
export function wordsOf(value: number): Pick<Seeded, "low" | "high"> {
  return { low: value % WORD, high: Math.floor(value / WORD) };
}

interface Crypto {
  getRandomValues(array: Uint32Array): unknown;
}

function anySeed(): Pick<Seeded, "low" | "high"> {
  const { crypto } = globalThis as { crypto?: Partial<Crypto> };
  if (typeof crypto?.getRandomValues !== "function") {
    throw new Error("seed: expected a seed or rng where there is no crypto.getRandomValues, got none");
  }
  const words = new Uint32Array(2);
  crypto.getRandomValues(words);
  return { low: words[0]!, high: words[1]! };
}

/** The numbers of Philox for all draws of rows. */
export function seededUniforms({ low, high, step }: Seeded, rows: number, draws: number): Float64Array {
  const words = new Uint32Array(4);
  const at = wordsOf(step);
  return Float64Array.from({ length: rows * draws }, (_, i) => {
    const row = Math.floor(i / draws);
    philox([i % draws, row >>> 1, at.low, at.high], low, high, words);
    // A block of words serves two rows.
    const first = 2 * (row % 2);
    return unitOf(words[first]!, words[first + 1]!);
  });
}

/** As many numbers of the caller's. */
export function callRng(rng: () => unknown, count: number): Float64Array {
  const uniforms = new Float64Array(count);
  for (let i = 0; i < count; i++) uniforms[i] = checkUniform(rng());
  return uniforms;
}

export function checkUniform(value: unknown): number {
  if (typeof value !== "number") throw new TypeError(`rng: expected a number from each call, got ${describe(value)}`);
  if (value >= 0 && value < 1) return value;
  throw new RangeError(`rng: expected numbers from 0 to below 1, got ${value}`);
}

/** The caller's code has run: the logits must still have all of their elements. */
export function checkStill(data: unknown, size: number): void {
  const length = checkLength(data, "logits");
  if (length === size) return;
  throw new RangeError(`logits: expected the ${size} elements that they had before rng was called, got ${length}`);
}
