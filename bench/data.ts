import type { Shape } from "./shapes.js";

export const SEED = 20;

/** Logits as a classifier gives them: normal, standard deviation 3, the same on every machine. */
export function logits([rows, columns]: Shape, seed: number = SEED): Float32Array {
  const random = mulberry32(seed);
  return Float32Array.from({ length: rows * columns }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    return 3 * radius * Math.cos(2 * Math.PI * random());
  });
}

/** Uniform numbers in [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
