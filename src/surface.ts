// The surface over an instance: for each op, the kernels where they serve and the reference where they cannot.

import { describe } from "./check/arrays.js";
import { checkBoolean, checkIndex, checkOptions } from "./check/options.js";
import { Engine, type EngineOptions } from "./engine.js";
import { CEILING_BYTES } from "./memory.js";
import type { Ops } from "./op-types.js";
import * as ops from "./ops/index.js";
import { carryOut, type Plan, type Whole } from "./plan.js";
import * as reference from "./reference.js";
import { Store } from "./store.js";
import type {
  AllocateFunction,
  Backend,
  CreateOptions,
  ResidentSoftmaxFunction,
  Softmax,
  Verification,
  VerifyOptions,
} from "./types.js";
import { runVerification } from "./verify.js";
import { type BuiltIn, checkCode } from "./wasm.js";

/** The options of `createSoftmax`. */
export const CREATE_OPTIONS: readonly string[] = ["module", "bytes", "deterministic", "fallback", "maxMemory"];

/** A surface over modules that an entry brings, best first; over none, the caller has to bring one. */
export function surfaceOver(modules: readonly BuiltIn[], options: CreateOptions | undefined): Softmax {
  const engine = new Engine(checkCreateOptions(modules, options));
  const store = new Store(engine);
  const all = opsBy(unary(engine, store), binary(engine, store));
  const allocate = ((dtype: unknown, shape: unknown) => store.allocate(dtype, shape)) as unknown as AllocateFunction;
  const backend = (): Backend => engine.backend();
  const verify = (given?: VerifyOptions): Verification =>
    runVerification(all, opsBy(plainly, plainly), engine.backend().backend, given);
  const ready = (): Promise<void> => engine.ready();
  return { ...all, allocate, verify, backend, ready };
}

/** What an engine is made with. */
export function checkCreateOptions(modules: readonly BuiltIn[], options: CreateOptions | undefined): EngineOptions {
  const { module, bytes, deterministic, fallback, maxMemory }: CreateOptions = checkOptions(options, CREATE_OPTIONS);
  const baseline = checkBoolean(deterministic, "deterministic", false);
  const code = checkCode(module, bytes);
  if (code === undefined && modules.length === 0) throw new TypeError("module, bytes: expected one of them, got none");
  return {
    code,
    candidates: baseline ? modules.filter(({ backend }) => backend === "simd") : modules,
    deterministic: baseline,
    fallback: checkBoolean(fallback, "fallback", true) && !baseline,
    maxMemory: checkMemory(maxMemory),
  };
}

type Unary = (x: unknown, options: unknown, store: Store) => unknown;
type Binary = (x: unknown, second: unknown, options: unknown, store: Store) => unknown;
export type UnaryPlan = (...call: Parameters<Unary>) => Plan | Whole;
export type BinaryPlan = (...call: Parameters<Binary>) => Plan | Whole;

/** Makes an op of what plans it for the kernels and of its reference. */
export type Serve<Planned> = <F>(plan: Planned, plain: F) => F;

/** An op of one input: by the kernels, or by the reference, which takes arrays that the store allocated too. */
function unary(engine: Engine, store: Store): Serve<UnaryPlan> {
  return <F>(plan: UnaryPlan, plain: F) => {
    const served = (x: unknown, options?: unknown): unknown => {
      const memory = engine.memory();
      return memory === undefined ? (plain as Unary)(x, options, store) : carryOut(memory, plan(x, options, store));
    };
    return served as F;
  };
}

/** An op of two. */
function binary(engine: Engine, store: Store): Serve<BinaryPlan> {
  return <F>(plan: BinaryPlan, plain: F) => {
    const served = (x: unknown, second: unknown, options?: unknown): unknown => {
      const memory = engine.memory();
      if (memory === undefined) return (plain as Binary)(x, second, options, store);
      return carryOut(memory, plan(x, second, options, store));
    };
    return served as F;
  };
}

/** The reference alone. */
const plainly = <F>(_plan: unknown, plain: F): F => plain;

/** The ops, each by `one` or by `two` inputs. */
export function opsBy(one: Serve<UnaryPlan>, two: Serve<BinaryPlan>): Ops & Pick<Softmax, "softmax"> {
  return {
    softmax: one(ops.softmax, reference.softmax as unknown as ResidentSoftmaxFunction),
    logSoftmax: one(ops.logSoftmax, reference.logSoftmax),
    logSumExp: one(ops.logSumExp, reference.logSumExp),
    logSumExpSigned: one(ops.logSumExpSigned, reference.logSumExpSigned),
    softmaxJacobian: one(ops.softmaxJacobian, reference.softmaxJacobian),
    softmaxVjp: two(ops.softmaxVjp, reference.softmaxVjp),
    softmaxJvp: two(ops.softmaxJvp, reference.softmaxJvp),
    logSoftmaxVjp: two(ops.logSoftmaxVjp, reference.logSoftmaxVjp),
    softmaxHessian: one(ops.softmaxHessian, reference.softmaxHessian),
    softmaxHessianComponent: two(ops.softmaxHessianComponent, reference.softmaxHessianComponent),
    crossEntropy: two(ops.crossEntropy, reference.crossEntropy),
    crossEntropyWithGrad: two(ops.crossEntropyWithGrad, reference.crossEntropyWithGrad),
    entropy: one(ops.entropy, reference.entropy),
    klDivergence: two(ops.klDivergence, reference.klDivergence),
    logProb: two(ops.logProb, reference.logProb),
    softmaxPartials: one(ops.softmaxPartials, reference.softmaxPartials),
    normalizeWith: two(ops.normalizeWith, reference.normalizeWith),
    argmax: one(ops.argmax, reference.argmax),
    hardmax: one(ops.hardmax, reference.hardmax),
    topK: two(ops.topK, reference.topK),
    sigmoid: one(ops.sigmoid, reference.sigmoid),
  };
}

function checkMemory(bytes: unknown): number {
  if (bytes === undefined) return CEILING_BYTES;
  if (typeof bytes !== "number") throw new TypeError(`maxMemory: expected a number of bytes, got ${describe(bytes)}`);
  return checkIndex(bytes, "maxMemory", CEILING_BYTES + 1);
}
