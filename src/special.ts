// The special cases of the numerical contract, as rows that have one right answer to the last bit.

import type { SoftmaxOptions } from "./types.js";

/** x, options and expected, where softmax(x, options) = expected. */
export type Case = readonly [readonly number[], SoftmaxOptions, readonly number[]];

const INF: number = Infinity;
const THIRD: number = 1 / 3;

export const SPECIAL_CASES: readonly Case[] = [
  // NaN in a row, and in a tail.
  [[1, NaN, 2, 1, 1, 1], { shape: [2, 3] }, [NaN, NaN, NaN, THIRD, THIRD, THIRD]],
  [[1, 2, 3, 4, 5, 6, NaN], {}, Array(7).fill(NaN)],
  // +Infinity in a row, whatever the limit.
  [[1, INF, 2], {}, [NaN, NaN, NaN]],
  [[1, INF, 2], { temperature: 0 }, [NaN, NaN, NaN]],
  [[1, INF, 2], { beta: 0 }, [NaN, NaN, NaN]],
  // A row of -Infinity alone.
  [[-INF, -INF], {}, [NaN, NaN]],
  [[-INF, -INF], { beta: 0 }, [NaN, NaN]],
  // -Infinity among finite logits.
  [[-INF, 5, 5], {}, [0, 0.5, 0.5]],
  // Masked rows and entries.
  [[1, NaN, INF], { where: [0, 0, 0] }, [0, 0, 0]],
  [[NaN, 1, INF, 1], { where: [0, 1, 0, 1] }, [0, 0.5, 0, 0.5]],
  // One class.
  [[-3.25e38, 1e30, 7], { shape: [3, 1] }, [1, 1, 1]],
  // All to the maxima.
  [[1, 3, 3], { temperature: 0 }, [0, 0.5, 0.5]],
  [[2, 1, 3], { beta: INF }, [0, 0, 1]],
  [[2, 1, 3], { base: INF }, [0, 0, 1]],
  // Evenly to all that are not -Infinity.
  [[1, 3, 3], { temperature: INF }, [THIRD, THIRD, THIRD]],
  [[1, -INF, 9], { beta: 0 }, [0.5, 0, 0.5]],
  [[1, 2, 3], { base: 1 }, [THIRD, THIRD, THIRD]],
  // All to the minima.
  [[1, 3, 1], { beta: -INF }, [0.5, 0, 0.5]],
  [[1, 3, 2], { base: 0 }, [1, 0, 0]],
  // With a negative beta the infinities change places.
  [[1, 1, INF], { beta: -1 }, [0.5, 0.5, 0]],
  [[1, 1, -INF], { beta: -1 }, [NaN, NaN, NaN]],
  // A beta that float32 cannot hold, and one that it has as 0.
  [[1, 2, 2], { temperature: 1e-40 }, [0, 0.5, 0.5]],
  [[1, 2, 2], { beta: 1e-60 }, [THIRD, THIRD, THIRD]],
  // No classes, no rows.
  [[], { shape: [3, 0] }, []],
  [[], { shape: [0, 3] }, []],
  // Equal logits, far ones, the largest float32 numbers.
  [[2.75, 2.75, 2.75, 2.75], {}, [0.25, 0.25, 0.25, 0.25]],
  [[1000, 2000, 3000, 4000, 5000], {}, [0, 0, 0, 0, 1]],
  [[3.4e38, -3.4e38, 3.4e38], {}, [0.5, 0, 0.5]],
];
