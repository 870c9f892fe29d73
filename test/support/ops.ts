// The ops beside softmax as tables see them: what they take, and what becomes of a row of K.

import { expect } from "vitest";
import * as reference from "../../src/reference.js";
import type { Softmax } from "../../src/types.js";
import { MAKERS } from "./implementations.js";
import { expectIntact } from "./misuse.js";

export type Options = Readonly<Record<string, unknown>>;
export type Library = Omit<Softmax, "allocate" | "backend" | "ready" | "verify">;

/** What becomes of a row of K: as many numbers, one, K x K or K x K x K. */
export type Form = "same" | "reduced" | "squared" | "cubed";

/** What an op takes beside x: nothing, an array like x, a class a row, targets, the number of a component, or a count. */
export type Second = "none" | "like x" | "actions" | "targets" | "component" | "count";

export interface Op {
  readonly name: keyof Library;
  /** What its inputs are called. */
  readonly names: readonly [string, string?];
  readonly second: Second;
  readonly form: Form;
  readonly options: readonly string[];
  /** What its beta must not be. */
  readonly refuses?: "infinite" | "zero";
}

const SCALING = ["temperature", "beta", "base"];
const ALONG = ["shape", "axis", "out", "where"];
const COMMON = [...ALONG, ...SCALING];
const LOSS = ["weight", "sampleWeight", "ignoreIndex", "labelSmoothing", "reduction"];

const unary = (name: Op["name"], form: Form, options: readonly string[], refuses?: "infinite" | "zero"): Op => ({
  name,
  names: ["x"],
  second: "none",
  form,
  options,
  ...(refuses && { refuses }),
});
const product = (name: Op["name"], second: string): Op => ({
  name,
  names: ["y", second],
  second: "like x",
  form: "same",
  options: COMMON,
  refuses: "infinite",
});
const loss = (name: Op["name"], form: Form): Op => ({
  name,
  names: ["logits", "targets"],
  second: "targets",
  form,
  options: [...COMMON, ...LOSS],
  refuses: "infinite",
});

export const OPS: readonly Op[] = [
  unary("logSoftmax", "same", COMMON),
  unary("sigmoid", "same", ["out", ...SCALING]),
  unary("logSumExp", "reduced", [...COMMON, "weights", "keepDims"], "zero"),
  unary(
    "logSumExpSigned",
    "reduced",
    [...COMMON, "weights", "keepDims"].filter((name) => name !== "out"),
    "zero",
  ),
  unary("softmaxJacobian", "squared", [...COMMON, "from"], "infinite"),
  unary("softmaxHessian", "cubed", [...COMMON, "from"], "infinite"),
  { ...unary("softmaxHessianComponent", "squared", [...COMMON, "from"], "infinite"), second: "component" },
  unary("hardmax", "same", ALONG),
  product("softmaxVjp", "dy"),
  product("softmaxJvp", "dx"),
  product("logSoftmaxVjp", "dy"),
  loss("crossEntropy", "reduced"),
  loss("crossEntropyWithGrad", "same"),
  { ...unary("entropy", "reduced", [...ALONG, "keepDims"]), names: ["p"] },
  { ...unary("klDivergence", "reduced", [...ALONG, "keepDims"]), names: ["p", "q"], second: "like x" },
  { ...unary("logProb", "reduced", COMMON, "infinite"), names: ["logits", "actions"], second: "actions" },
];

/** Those that give indices. */
export const CHOOSING: readonly Op[] = [
  unary("argmax", "reduced", ["shape", "axis", "keepDims"]),
  { ...unary("topK", "reduced", ["shape", "axis", "sorted"]), second: "count" },
];

/** Every one. */
export const ALL: readonly Op[] = [...OPS, ...CHOOSING];

export const opNamed = (name: Op["name"]): Op => ALL.find((op) => op.name === name)!;

/** Calls an op with what its types forbid; `second` stands for nothing where it takes none. */
export function callOp(library: Library, op: Op, x: unknown, second: unknown, options?: unknown): unknown {
  const run = library[op.name] as (...args: unknown[]) => unknown;
  return op.second === "none" ? run(x, options) : run(x, second, options);
}

/** A right second argument for x: x's twin, or classes for so many rows. */
export function secondFor(op: Op, twin: () => unknown, rows: number): unknown {
  if (op.second === "component") return 0;
  if (op.second === "count") return 2;
  return op.second === "like x" ? twin() : new Int32Array(rows);
}

/** The options, and `reduction: "none"` where a loss' result is an array only then. */
export function rowwise(op: Op, options: Options = {}): Options {
  return op.name === "crossEntropy" ? { reduction: "none", ...options } : options;
}

/** The options that do not ask `op` for what it has not. */
export function taken(op: Op, options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([name]) => op.options.includes(name)));
}

/** Whether an op takes an array beside x. */
export function takesTwo({ second }: Op): boolean {
  return second !== "none" && second !== "component" && second !== "count";
}

/** The result that is written into `out`, or would be; of topK the indices. */
export function written(op: Op, result: unknown): unknown {
  if (op.name === "topK") return (result as { indices: unknown }).indices;
  return op.name === "crossEntropyWithGrad" ? (result as { grad: unknown }).grad : result;
}

/** The shape that rows of a shape become. */
export function formShape(form: Form, before: readonly number[], length: number): number[] {
  const power = { same: 1, reduced: 0, squared: 2, cubed: 3 }[form];
  return [...before, ...new Array<number>(power).fill(length)];
}

/** Holds that a call throws the error, in words that say what is wrong, changes nothing, and that calls work after it. */
export function expectOpError(
  library: Library,
  act: () => unknown,
  reachable: unknown,
  kind: ErrorConstructor,
  message: RegExp,
): void {
  const error = expectIntact(library.softmax, act, reachable);
  expect(error.message).toMatch(message);
  expect(error).toBeInstanceOf(kind);
  expect(library.crossEntropyWithGrad([0, 0], 1)).toEqual({ loss: Math.LN2, grad: [0.5, -0.5] });
}

/** The libraries that a suite of all ops has to hold for. */
export const LIBRARIES: readonly { readonly name: string; readonly library: Library }[] = [
  ...MAKERS.map(([name, make]) => ({ name, library: make() })),
  { name: "reference", library: reference as unknown as Library },
];
