// What each op takes: the names of its inputs and options, and the form of its result.

import type { Form } from "./shape.js";

/** What the checks have to know of an op. */
export interface Signature {
  /** What its inputs are called. */
  readonly names: readonly [string, ...string[]];
  readonly options: readonly string[];
  readonly form: Form;
  /** Whether it has an option `weights`. */
  readonly weighted?: true;
  /** The betas it takes, in words, where a beta is not one of them; undefined where every beta has a meaning. */
  readonly refuses?: (beta: number) => string | false;
}

const SCALING = ["temperature", "beta", "base"];
const COMMON = ["shape", "axis", "out", "where", ...SCALING];

/** Derivatives and losses grow with beta. */
const infinite = (beta: number): string | false => !Number.isFinite(beta) && "a finite beta";
const zero = (beta: number): string | false =>
  beta === 0 && "a beta other than 0, where (1/beta) log Σ exp(beta x) has no limit";

export const SOFTMAX: Signature = { names: ["x"], options: COMMON, form: "same" };
/** What it gives is no array of x's kind. */
export const PARTIALS: Signature = { ...SOFTMAX, options: COMMON.filter((name) => name !== "out") };
export const NORMALIZE: Signature = { ...SOFTMAX, options: ["shape", "axis", "out", "where", "log"] };
export const SIGMOID: Signature = { names: ["x"], options: ["out", ...SCALING], form: "same" };
export const LOG_SUM_EXP: Signature = {
  names: ["x"],
  options: [...COMMON, "weights", "keepDims"],
  form: "reduced",
  weighted: true,
  refuses: zero,
};
export const LOG_SUM_EXP_SIGNED: Signature = {
  ...LOG_SUM_EXP,
  options: LOG_SUM_EXP.options.filter((name) => name !== "out"),
};
export const JACOBIAN: Signature = { names: ["x"], options: [...COMMON, "from"], form: "squared", refuses: infinite };
export const HESSIAN: Signature = { ...JACOBIAN, form: "cubed" };
export const SOFTMAX_VJP: Signature = { names: ["y", "dy"], options: COMMON, form: "same", refuses: infinite };
export const SOFTMAX_JVP: Signature = { ...SOFTMAX_VJP, names: ["y", "dx"] };
export const ENTROPY: Signature = {
  names: ["p"],
  options: ["shape", "axis", "out", "where", "keepDims"],
  form: "reduced",
};
export const KL_DIVERGENCE: Signature = { ...ENTROPY, names: ["p", "q"] };
export const LOG_PROB: Signature = { names: ["logits"], options: COMMON, form: "reduced", refuses: infinite };

/** Which is softmax at temperature 0. */
export const HARDMAX: Signature = { names: ["x"], options: ["shape", "axis", "out", "where"], form: "same" };
export const ARGMAX: Signature = { names: ["x"], options: ["shape", "axis", "keepDims"], form: "reduced" };
/** What it gives has k elements a row, once k is known. */
export const TOP_K: Signature = { names: ["x"], options: ["shape", "axis", "sorted"], form: "same" };

const LOSS = ["weight", "sampleWeight", "ignoreIndex", "labelSmoothing", "reduction"];

export const CROSS_ENTROPY: Signature = { ...LOG_PROB, options: [...COMMON, ...LOSS] };
/** `out` takes the gradient. */
export const CROSS_ENTROPY_GRAD: Signature = { ...CROSS_ENTROPY, form: "same" };
