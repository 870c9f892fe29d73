// The special cases of the numerical contract, every op's, with the one right answer to each.

import type { PartialsLike } from "../../src/partials-types.js";
import type { Options } from "./entries.js";

const INF = Infinity;
const { LN2 } = Math;
const THIRD = 1 / 3;

/** What an op of some arguments gives. Arrays of numbers become arrays of the dtype. */
export type Case = readonly [
  op: string,
  args: readonly (readonly number[] | number | Int32Array | PartialsLike)[],
  options: Options,
  ...results: unknown[],
];

/** softmax(x) = p. The other maps follow: log-softmax is its logarithm, hardmax the case of temperature 0. */
export const ROWS: readonly (readonly [x: readonly number[], options: Options, p: readonly number[]])[] = [
  // NaN takes its row, and no other; +Infinity too, at whatever limit.
  [[1, NaN, 2, 1, 1, 1], { shape: [2, 3] }, [NaN, NaN, NaN, THIRD, THIRD, THIRD]],
  [[4, 4, 4, NaN, 1, 2, 7, 7, 7], { shape: [3, 3] }, [THIRD, THIRD, THIRD, NaN, NaN, NaN, THIRD, THIRD, THIRD]],
  ...[{}, { temperature: 0 }, { temperature: INF }, { beta: 0 }, { base: INF }, { temperature: 1e-40 }].flatMap(
    (options) => [
      [[3, NaN, 1], options, [NaN, NaN, NaN]] as const,
      [[3, INF, 1], options, [NaN, NaN, NaN]] as const,
      [[-INF, INF], options, [NaN, NaN]] as const,
      // Nothing of any mass.
      [[-INF, -INF, -INF], options, [NaN, NaN, NaN]] as const,
      [[-INF], options, [NaN]] as const,
    ],
  ),
  [[3, INF, 1], { temperature: -0 }, [NaN, NaN, NaN]],
  // Without mass among others.
  [[-INF, 5, 5], {}, [0, 0.5, 0.5]],
  [[-INF, 5], { temperature: 1e30 }, [0, 1]],
  // What is masked has none, whatever value it has; a row of nothing else has none at all.
  [[NaN, 1, INF, 1], { where: [false, true, false, true] }, [0, 0.5, 0, 0.5]],
  [[NaN, 1, INF, 1, 8, 2, 9, 2], { where: [0, 1, 0, 1], shape: [2, 4] }, [0, 0.5, 0, 0.5, 0, 0.5, 0, 0.5]],
  [[NaN, INF, -INF, 1], { where: [0, 0, 0, 0] }, [0, 0, 0, 0]],
  [[NaN, INF], { where: [0, 0], beta: 0 }, [0, 0]],
  [[1, NaN, INF, 5, 5, 5], { where: [0, 0, 0, 1, 1, 1], shape: [2, 3] }, [0, 0, 0, THIRD, THIRD, THIRD]],
  // One class.
  [[3.4e38, -3.4e38, 0, 1e-40], { shape: [4, 1] }, [1, 1, 1, 1]],
  [[7], { temperature: 0 }, [1]],
  [[7], { beta: -3 }, [1]],
  // None, and no rows.
  [[], { shape: [0] }, []],
  [[], { shape: [3, 0] }, []],
  [[], { shape: [0, 3] }, []],
  [[], { shape: [0, 3], axis: 0 }, []],
  // All to the maxima.
  ...[{ temperature: 0 }, { temperature: -0 }, { beta: INF }, { base: INF }].flatMap((options) => [
    [[1, 3, 3], options, [0, 0.5, 0.5]] as const,
    [[2, 1, 3], options, [0, 0, 1]] as const,
    [[-INF, 3, 1], options, [0, 1, 0]] as const,
  ]),
  // The same to each that has any.
  ...[{ temperature: INF }, { temperature: -INF }, { beta: 0 }, { beta: -0 }, { base: 1 }].flatMap((options) => [
    [[1, 3, 3], options, [THIRD, THIRD, THIRD]] as const,
    [[1e38, -1e38], options, [0.5, 0.5]] as const,
  ]),
  [[1, -INF, 9], { beta: 0 }, [0.5, 0, 0.5]],
  [[1, -INF, 9], { temperature: INF }, [0.5, 0, 0.5]],
  // All to the minima.
  ...[{ beta: -INF }, { base: 0 }].flatMap((options) => [
    [[1, 3, 1], options, [0.5, 0, 0.5]] as const,
    [[1, 3, INF], options, [1, 0, 0]] as const,
  ]),
  // A beta below 0 turns order and infinities.
  [[0, LN2], { beta: -1 }, [2 * THIRD, THIRD]],
  [[0, LN2], { temperature: -1 }, [2 * THIRD, THIRD]],
  [[0, 1], { base: 0.5 }, [2 * THIRD, THIRD]],
  [[1, 1, INF], { beta: -1 }, [0.5, 0.5, 0]],
  [[1, 1, -INF], { beta: -1 }, [NaN, NaN, NaN]],
  [[INF, INF], { beta: -1 }, [NaN, NaN]],
  [[1e30, 1e30, 1e30], { temperature: 1e-5 }, [THIRD, THIRD, THIRD]],
  [[-3.4e38, -3.4e38], {}, [0.5, 0.5]],
];

/** Rows whose logarithms say more than their probabilities. */
export const FAR_ROWS: typeof ROWS = [
  // A beta that is too large for float32, or too small, stands for its limit.
  [[1, 2, 2], { temperature: 1e-40 }, [0, 0.5, 0.5]],
  [[1, 2, 1], { temperature: -1e-40 }, [0.5, 0, 0.5]],
  [[1, 2, 2], { beta: 1e300 }, [0, 0.5, 0.5]],
  [[0, 0, -INF], { temperature: 1e-40 }, [0.5, 0.5, 0]],
  [[1, 2, 2], { beta: 1e-60 }, [THIRD, THIRD, THIRD]],
  // Far from each other, and from 0.
  [[1000, 2000, 3000, 4000, 5000], {}, [0, 0, 0, 0, 1]],
  [[3.4e38, -3.4e38, 3.4e38], {}, [0.5, 0, 0.5]],
  [[3.4e38, 3.4e38, -3.4e38], { beta: 2 }, [0.5, 0.5, 0]],
];

/** Log-sum-exp has answers of its own: of no mass at all, infinities, and limits, in the unit of the logits. */
export const REDUCED: readonly Case[] = [
  ["logSumExp", [[1, NaN]], {}, [NaN]],
  ["logSumExp", [[INF, NaN]], {}, [NaN]],
  ["logSumExp", [[1, INF, -INF]], {}, [INF]],
  ["logSumExp", [[1, INF]], { beta: INF }, [INF]],
  ["logSumExp", [[-INF, -INF]], {}, [-INF]],
  ["logSumExp", [[NaN, INF]], { where: [0, 0] }, [-INF]],
  ["logSumExp", [[NaN, 2, INF]], { where: [0, 1, 0] }, [2]],
  ["logSumExp", [[]], { shape: [2, 0] }, [-INF, -INF]],
  ["logSumExp", [[]], { shape: [0, 2] }, []],
  ["logSumExp", [[7, -3]], { shape: [2, 1] }, [7, -3]],
  ["logSumExp", [[3, 1, 3]], { temperature: 0 }, [3]],
  ["logSumExp", [[3, 1, 3]], { beta: -INF }, [1]],
  ["logSumExp", [[3, 1, 3]], { temperature: 1e-40 }, [3]],
  ["logSumExp", [[3, 3]], { base: 2 }, [4]],
  ["logSumExp", [[3.4e38, 3.4e38]], {}, [3.4e38]],
  ["logSumExp", [[-3.4e38, -3.4e38]], {}, [-3.4e38]],
  ["logSumExp", [[0, 0, 0, 0]], { beta: 2 }, [LN2]],
  ["logSumExp", [[0, 0, 0, 0]], { beta: -2 }, [-LN2]],
  ["logSumExp", [[-INF, 4]], { beta: -1 }, [-INF]],
  ["logSumExp", [[INF, INF]], { beta: -1 }, [INF]],
  ["logSumExp", [[0, 0]], { weights: [1, 3] }, [2 * LN2]],
  ["logSumExp", [[INF, 4]], { weights: [0, 1] }, [4]],
  ["logSumExp", [[NaN, 4]], { weights: [0, 1] }, [NaN]],
  ["logSumExp", [[0, 0]], { weights: [-3, 1] }, [NaN]],
  ["logSumExpSigned", [[0, 0]], { weights: [-3, 1] }, [LN2], [-1]],
  ["logSumExpSigned", [[5, 5]], { weights: [-1, 1] }, [-INF], [0]],
  ["logSumExpSigned", [[5, NaN]], {}, [NaN], [NaN]],
  // A part of a row: its maximum, what it adds over that, and beta.
  ["softmaxPartials", [[3, 1, 3]], { temperature: 0 }, [3], [2], [INF]],
  ["softmaxPartials", [[3, 1, 1]], { beta: -INF }, [1], [2], [-INF]],
  ["softmaxPartials", [[3, -INF, 1]], { beta: 0 }, [3], [2], [0]],
  ["softmaxPartials", [[3, NaN]], {}, [NaN], [NaN], [1]],
  ["softmaxPartials", [[3, INF]], {}, [INF], [NaN], [1]],
  ["softmaxPartials", [[-INF, -INF]], {}, [-INF], [0], [1]],
  ["softmaxPartials", [[INF, INF]], { beta: -1 }, [INF], [0], [-1]],
  ["softmaxPartials", [[NaN, 5]], { where: [0, 0] }, [-INF], [0], [1]],
  ["softmaxPartials", [[]], { shape: [2, 0], beta: -2 }, [INF, INF], [0, 0], [-2]],
  ["softmaxPartials", [[3.4e38, -3.4e38]], {}, [3.4e38], [1], [1]],
  ["normalizeWith", [[1, 2], { max: [2], sum: [4], beta: 0 }], {}, [0.25, 0.25]],
  ["normalizeWith", [[1, 2], { max: [2], sum: [4], beta: INF }], {}, [0, 0.25]],
  ["normalizeWith", [[1, 2], { max: [2], sum: [NaN], beta: 1 }], {}, [NaN, NaN]],
  ["normalizeWith", [[-INF, -INF], { max: [2], sum: [4], beta: 1 }], {}, [0, 0]],
  ["normalizeWith", [[-INF, 2], { max: [2], sum: [4], beta: 1 }], { log: true }, [-INF, -2 * LN2]],
  ["normalizeWith", [[7, 2], { max: [2], sum: [4], beta: 1 }], { where: [0, 1], log: true }, [-INF, -2 * LN2]],
  ["entropy", [[0.5, 0.5, 0]], {}, [LN2]],
  ["entropy", [[1, 0, 0]], {}, [0]],
  ["entropy", [[NaN, 1]], {}, [NaN]],
  ["entropy", [[-0.5, 1.5]], {}, [NaN]],
  ["entropy", [[0.5, 0.5, NaN]], { where: [1, 1, 0] }, [LN2]],
  [
    "klDivergence",
    [
      [0.5, 0.5],
      [0.5, 0.5],
    ],
    {},
    [0],
  ],
  [
    "klDivergence",
    [
      [1, 0],
      [0.5, 0.5],
    ],
    {},
    [LN2],
  ],
  [
    "klDivergence",
    [
      [0.5, 0.5],
      [1, 0],
    ],
    {},
    [INF],
  ],
  [
    "klDivergence",
    [
      [1, 0],
      [1, 0],
    ],
    {},
    [0],
  ],
  [
    "klDivergence",
    [
      [1, NaN],
      [1, 0.5],
    ],
    {},
    [NaN],
  ],
];

const classes = (...indices: number[]): Int32Array => Int32Array.from(indices);

/** Losses, actions, derivatives and single elements. */
export const OTHERS: readonly Case[] = [
  // Every row ignored.
  ["crossEntropy", [[1, 2, 3, 4], classes(-100, -100)], { shape: [2, 2], reduction: "none" }, [0, 0]],
  ["crossEntropy", [[1, 2, 3, 4], classes(-100, -100)], { shape: [2, 2], reduction: "sum" }, 0],
  ["crossEntropy", [[1, 2, 3, 4], classes(-100, -100)], { shape: [2, 2] }, NaN],
  // NaN in an ignored row is nothing to the others.
  ["crossEntropyWithGrad", [[0, 0, NaN, INF], classes(0, -100)], { shape: [2, 2] }, LN2, [-0.5, 0.5, 0, 0]],
  [
    "crossEntropyWithGrad",
    [[0, 0, NaN, 0], classes(0, 7)],
    { shape: [2, 2], ignoreIndex: 7, reduction: "none" },
    [LN2, 0],
    [-0.5, 0.5, 0, 0],
  ],
  ["crossEntropy", [[0, 0, NaN, 0], classes(0, 1)], { shape: [2, 2], reduction: "none" }, [LN2, NaN]],
  // A target without probability; a share of 0 there.
  ["crossEntropy", [[-INF, 0], classes(0)], {}, INF],
  [
    "crossEntropy",
    [
      [-INF, 0, 0],
      [0, 0.5, 0.5],
    ],
    {},
    LN2,
  ],
  ["crossEntropy", [[5, 0, 0], classes(0)], { where: [0, 1, 1] }, INF],
  ["crossEntropyWithGrad", [[NaN, 0, 0], classes(1)], { where: [0, 1, 1] }, LN2, [0, -0.5, 0.5]],
  ["crossEntropy", [[1e30, 1e30], classes(0)], {}, LN2],
  ["crossEntropy", [[5], classes(0)], {}, 0],
  ["logProb", [[0, 0, -INF, 3], classes(1, 0)], { shape: [2, 2] }, [-LN2, -INF]],
  ["logProb", [[0, 0, NaN, 3], classes(1, 1)], { shape: [2, 2] }, [-LN2, NaN]],
  ["logProb", [[7], classes(0)], {}, [0]],
  // No gradient from what is masked, nor to it.
  [
    "softmaxVjp",
    [
      [0.5, 0, 0.5],
      [1, NaN, 3],
    ],
    { where: [1, 0, 1] },
    [-0.5, 0, 0.5],
  ],
  [
    "softmaxVjp",
    [
      [0.5, 0.5, NaN],
      [1, 3, INF],
    ],
    { where: [1, 1, 0] },
    [-0.5, 0.5, 0],
  ],
  [
    "softmaxVjp",
    [
      [NaN, NaN, 0.5, 0.5],
      [1, 2, 1, 3],
    ],
    { shape: [2, 2] },
    [NaN, NaN, -0.5, 0.5],
  ],
  [
    "softmaxJvp",
    [
      [0.5, 0, 0.5],
      [1, NaN, 3],
    ],
    { where: [1, 0, 1] },
    [-0.5, 0, 0.5],
  ],
  ["softmaxJvp", [[1], [7]], {}, [0]],
  [
    "logSoftmaxVjp",
    [
      [-LN2, NaN, -LN2],
      [1, 7, 3],
    ],
    { where: [1, 0, 1] },
    [-1, 0, 1],
  ],
  [
    "logSoftmaxVjp",
    [
      [-INF, -LN2, -LN2],
      [0, 1, 0],
    ],
    {},
    [0, 0.5, -0.5],
  ],
  ["softmaxJacobian", [[0, 0]], {}, [0.25, -0.25, -0.25, 0.25]],
  ["softmaxJacobian", [[NaN, 0]], {}, [NaN, NaN, NaN, NaN]],
  ["softmaxJacobian", [[0, NaN, 0]], { where: [1, 0, 1] }, [0.25, 0, -0.25, 0, 0, 0, -0.25, 0, 0.25]],
  ["softmaxJacobian", [[0, 5, -INF]], { beta: 0 }, Array(9).fill(0)],
  ["softmaxJacobian", [[9]], {}, [0]],
  ["softmaxHessian", [[9]], {}, [0]],
  ["softmaxHessian", [[0, 0]], {}, Array(8).fill(0)],
  ["softmaxHessian", [[NaN, 1]], {}, Array(8).fill(NaN)],
  ["softmaxHessianComponent", [[0.25, 0.75], 1], { from: "probabilities" }, [-0.09375, 0.09375, 0.09375, -0.09375]],
  ["sigmoid", [[-INF, 0, -0, INF, NaN, 1000, -1000]], {}, [0, 0.5, 0.5, 1, NaN, 1, 0]],
  ["sigmoid", [[-2, 0, 3]], { temperature: 0 }, [0, 0.5, 1]],
  ["sigmoid", [[-2, 0, 3]], { beta: 0 }, [0.5, 0.5, 0.5]],
  ["sigmoid", [[-2, 0, 3]], { beta: -INF }, [1, 0.5, 0]],
  ["sigmoid", [[1]], { base: 2 }, [2 * THIRD]],
  ["hardmax", [[1, 3, 3, NaN, 1, 1]], { shape: [2, 3] }, [0, 0.5, 0.5, NaN, NaN, NaN]],
  ["hardmax", [[1, 3, NaN]], { where: [1, 0, 0] }, [1, 0, 0]],
  ["argmax", [[1, 3, 3, NaN, 1, INF]], { shape: [2, 3] }, [1, 0]],
  ["argmax", [[-INF, -INF, -0, 0]], { shape: [2, 2] }, [0, 0]],
  ["topK", [[1, NaN, INF], 2], {}, [NaN, INF], [1, 2]],
];
