// Implementations with one thing wrong, each to be noticed by a part of the conformance suite.

import type { Entries, Floats, Loose } from "../conformance/entries.js";

/** What becomes of a function. */
export type Change = (real: Loose, ...args: readonly unknown[]) => unknown;
export type Mutant = readonly [what: string, subject: string, entry: keyof Entries, name: string, change: Change];

type Options = Readonly<Record<string, unknown>> | undefined;

/** Changes the numbers of results that are arrays; other results stay. */
const numbers =
  (change: (v: number, i: number, all: Floats) => number): Change =>
  (real, ...args) => {
    const result = real(...args);
    return ArrayBuffer.isView(result) ? (result as Float64Array).map((v, i, all) => change(v, i, all)) : result;
  };

/** Takes options away from an op of x. */
const without =
  (...names: readonly string[]): Change =>
  (real, ...args) =>
    real(...args.map((arg) => (isOptions(arg) ? omit(arg, names) : arg)));

function isOptions(value: unknown): value is Record<string, unknown> {
  return Object.getPrototypeOf(value ?? 0) === Object.prototype && !("data" in (value as object));
}

function omit(options: Record<string, unknown>, names: readonly string[]): Options {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)));
}

/** Changes x after the call. */
const overwriting: Change = (real, x, ...rest) => {
  const result = real(x, ...rest);
  if (ArrayBuffer.isView(x) && (x as Floats).length > 1) (x as Floats)[1] = 0;
  return result;
};

export const MUTANTS: readonly Mutant[] = [
  ["softmax off by 1e-4", "seed values", "library", "softmax", numbers((v) => v + 1e-4)],
  ["a Jacobian of another sign", "seed values", "library", "softmaxJacobian", numbers((v) => -v)],
  ["a mask ignored", "special cases", "library", "softmax", without("where")],
  ["a temperature ignored", "special cases", "library", "logSoftmax", without("temperature")],
  ["NaN taken for 0", "special cases", "library", "logSumExp", numbers((v) => (Number.isNaN(v) ? 0 : v))],
  [
    "a class without probability",
    "special cases",
    "library",
    "crossEntropy",
    (real, ...args) => Math.min(real(...args) as number, 1e30),
  ],
  [
    "a last element off by 1e-5",
    "ladder",
    "library",
    "softmax",
    numbers((v, i, all) => (i === 32 && all.length > 32 ? v * (1 + 1e-5) : v)),
  ],
  ["float32 rounded to 16 bits", "ladder", "library", "logSumExp", numbers((v) => Math.round(v * 2 ** 12) / 2 ** 12)],
  ["x written to", "ladder", "library", "softmax", overwriting],
  ["out ignored", "ladder", "library", "logSoftmax", without("out")],
  ["an axis ignored", "ladder", "library", "softmax", without("axis")],
  ["probabilities that sum to 1 + 1e-5", "properties", "library", "softmax", numbers((v) => v * (1 + 1e-5))],
  ["a negative probability", "properties", "library", "softmax", numbers((v) => (v < 1e-30 ? -v : v))],
  ["a mask ignored", "properties", "library", "logSumExp", without("where")],
  ["a beta ignored", "derivatives", "library", "softmaxVjp", without("beta", "temperature")],
  ["a Hessian of another sign", "derivatives", "library", "softmaxHessian", numbers((v) => -v)],
  ["a mask ignored", "derivatives", "library", "logSoftmaxVjp", without("where")],
  ["smoothing ignored", "losses", "library", "crossEntropy", without("labelSmoothing")],
  ["weights ignored", "losses", "library", "crossEntropyWithGrad", without("weight")],
  ["an entropy off by 1e-5", "entropies", "library", "entropy", numbers((v) => v * (1 + 1e-5))],
  ["p and q exchanged", "entropies", "library", "klDivergence", (real, p, q, options) => real(q, p, options)],
  ["the last of equal maxima", "choice", "library", "argmax", lastOfTies],
  [
    "the chosen not sorted",
    "choice",
    "library",
    "topK",
    (real, x, k, options) => real(x, k, { ...(options as object), sorted: false }),
  ],
  ["one maximum taken of all", "choice", "library", "hardmax", numbers((v) => Math.ceil(v))],
  ["sigmoid of -x", "choice", "library", "sigmoid", numbers((v) => 1 - v)],
  ["dims named shape", "kinds", "library", "softmax", (real, x, options) => renamed(real(x, options))],
  ["float16 cut off", "kinds", "library", "softmax", cutOff],
  ["a level lost", "kinds", "library", "logSumExp", without("keepDims")],
  ["memory not cleared", "handles", "library", "allocate", (real, ...args) => filled(real(...args))],
  ["out ignored", "handles", "library", "softmax", without("out")],
  ["an error of no kind", "errors", "library", "softmax", ofNoKind],
  [
    "a wrong class taken",
    "errors",
    "library",
    "crossEntropy",
    (real, x, targets, options) =>
      targets instanceof Int32Array
        ? real(
            x,
            targets.map((c) => Math.min(c, 0)),
            options,
          )
        : real(x, targets, options),
  ],
  ["an unknown option taken", "errors", "library", "argmax", without("dim")],
  ["a step ignored", "sampling", "sampling", "sample", without("step")],
  ["a bias ignored", "sampling", "sampling", "logitsToProbs", without("logitBias")],
  ["draws off by one", "sampling", "sampling", "sample", numbers((v) => Math.max(v - 1, 0))],
  [
    "log-probabilities of the filters",
    "sampling",
    "sampling",
    "sampleWithLogProbs",
    (real, ...args) => ({
      ...(real(...args) as object),
      rawLogProbs: (real(...args) as { logProbs: unknown }).logProbs,
    }),
  ],
  [
    "a temperature off by 1e-3",
    "learn",
    "learn",
    "fitTemperature",
    (real, ...args) => ({
      ...(real(...args) as object),
      temperature: 1.001 * (real(...args) as { temperature: number }).temperature,
    }),
  ],
  [
    "an accuracy for the error",
    "learn",
    "learn",
    "expectedCalibrationError",
    (real, ...args) => 1 - (real(...args) as number),
  ],
  [
    "a failed check of itself",
    "verify",
    "library",
    "verify",
    (real, ...args) => ({ ...(real(...args) as object), ok: false }),
  ],
  [
    "a call that throws",
    "verify",
    "library",
    "verify",
    () => {
      throw new Error("broken");
    },
  ],
];

function lastOfTies(real: Loose, x: unknown, options?: unknown): unknown {
  const result = real(x, options);
  if (!(result instanceof Int32Array) || !ArrayBuffer.isView(x)) return result;
  const length = (x as Floats).length / result.length;
  return result.map((i, r) => {
    const row = (x as Floats).subarray(r * length, (r + 1) * length);
    return Math.max(i, row.lastIndexOf(row[i] as number));
  });
}

function renamed(result: unknown): unknown {
  const { dims, ...rest } = result as { dims?: unknown };
  return dims === undefined ? result : { ...rest, shape: dims };
}

/** Away from nearest. */
function cutOff(real: Loose, x: unknown, options: unknown): unknown {
  const result = real(x, options) as { data?: unknown };
  return result.data instanceof Uint16Array ? { ...result, data: result.data.map((bits) => bits & ~1) } : result;
}

function filled(handle: unknown): unknown {
  (handle as { data: Floats }).data.fill(1);
  return handle;
}

function ofNoKind(real: Loose, ...args: readonly unknown[]): unknown {
  try {
    return real(...args);
  } catch (error) {
    throw new Error((error as Error).message);
  }
}
