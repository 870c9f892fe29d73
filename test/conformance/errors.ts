// Calls with what is wrong: the right kind of error that says what, arguments as they were, and the next call works.

import type { Context, Options, Subject } from "./entries.js";
import { alike } from "./numbers.js";

/** What `act` throws; undefined if nothing. */
export function thrown(act: () => unknown): Error | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** An op, its arguments, the kind of the error, and the name that its text begins with or has in it. */
type Case = readonly [op: string, args: readonly unknown[], kind: ErrorConstructor, text: RegExp];

const X: Float32Array = Float32Array.of(1, 2, 3, 4, 5, 6);
const shape: readonly number[] = [2, 3];
const Q: Float32Array = Float32Array.of(0.5, 0.5, 0, 0.25, 0.25, 0.5);

/** For each op with these options. */
const COMMON: readonly (readonly [options: unknown, kind: ErrorConstructor, text: RegExp])[] = [
  [null, TypeError, /^options/],
  [7, TypeError, /^options/],
  [{ dim: 0 }, TypeError, /dim/],
  [{ shape: [2, 4] }, RangeError, /^shape/],
  [{ shape: [1.5, 4] }, RangeError, /^shape/],
  [{ shape: [-2, -3] }, RangeError, /^shape/],
  [{ shape: "2,3" }, TypeError, /^shape/],
  [{ shape: [2n, 3n] }, TypeError, /^shape/],
  [{ shape, axis: 2 }, RangeError, /^axis/],
  [{ shape, axis: 0.5 }, RangeError, /^axis/],
  [{ shape, axis: "1" }, TypeError, /^axis/],
  [{ shape, axis: [1, 1] }, RangeError, /^axis/],
];
const SCALING: typeof COMMON = [
  [{ temperature: NaN }, RangeError, /^temperature/],
  [{ temperature: "1" }, TypeError, /^temperature/],
  [{ beta: NaN }, RangeError, /^beta/],
  [{ beta: 1n }, TypeError, /^beta/],
  [{ base: -1 }, RangeError, /^base/],
  [{ base: NaN }, RangeError, /^base/],
  [{ temperature: 1, beta: 1 }, TypeError, /temperature, beta/],
  [{ beta: 1, base: 2 }, TypeError, /beta, base/],
];
const MASKS: typeof COMMON = [
  [{ where: [1, 0] }, RangeError, /^where/],
  [{ where: [1, 1, 1, 1, 1, 2] }, RangeError, /^where/],
  [{ where: new Float32Array(6) }, TypeError, /^where/],
  [{ where: "110110" }, TypeError, /^where/],
];
const OUTS: typeof COMMON = [
  [{ out: new Float64Array(6) }, TypeError, /^out/],
  [{ out: [0, 0, 0, 0, 0, 0] }, TypeError, /^out/],
  [{ out: null }, TypeError, /^out/],
];

const INPUTS: readonly (readonly [x: unknown, kind: ErrorConstructor])[] = [
  [undefined, TypeError],
  [null, TypeError],
  [3, TypeError],
  ["123", TypeError],
  [new Int32Array(6), TypeError],
  [new Uint16Array(6), TypeError],
  [new BigInt64Array(6), TypeError],
  [new ArrayBuffer(8), TypeError],
  [["1", "2"], TypeError],
  [[1, undefined], TypeError],
  [[[1, 2], [3]], RangeError],
  [{ data: X, shape: [7] }, RangeError],
  [{ data: X }, TypeError],
  [{ data: "123456", shape }, TypeError],
  [{ data: new Uint16Array(6), shape }, TypeError],
];

/** What ops take after x. */
const SECONDS: Readonly<Record<string, unknown>> = {
  softmaxVjp: Q,
  softmaxJvp: Q,
  logSoftmaxVjp: Q,
  klDivergence: Q,
  crossEntropy: Int32Array.of(2),
  crossEntropyWithGrad: Int32Array.of(2),
  logProb: Int32Array.of(2),
  softmaxHessianComponent: 1,
  topK: 1,
};
const OPS = [
  ...["softmax", "logSoftmax", "logSumExp", "logSumExpSigned", "sigmoid", "hardmax", "entropy", "argmax"],
  ...["softmaxJacobian", "softmaxHessian", ...Object.keys(SECONDS)],
];
const NO_SCALING = /^(hardmax|entropy|klDivergence|argmax|topK)$/;

const OWN: readonly Case[] = [
  ["logSumExp", [X, { beta: 0 }], RangeError, /beta 0$/],
  ["logSumExp", [X, { keepDims: 1 }], TypeError, /^keepDims/],
  ["logSumExp", [X, { weights: [1, 2] }], RangeError, /^weights/],
  ["softmaxJacobian", [X, { temperature: 0 }], RangeError, /^temperature/],
  ["softmaxJacobian", [X, { from: "logs" }], RangeError, /^from/],
  ["softmaxJacobian", [X, { out: new Float32Array(6) }], RangeError, /^out/],
  ["softmaxHessianComponent", [X, 6], RangeError, /6/],
  ["softmaxHessianComponent", [X, 0.5], RangeError, /0\.5/],
  ["softmaxVjp", [X, X.subarray(0, 5)], RangeError, /^dy/],
  ["softmaxVjp", [X, new Float64Array(6)], TypeError, /^dy/],
  ["softmaxVjp", [X, X.slice(), { beta: Infinity }], RangeError, /beta Infinity$/],
  ["klDivergence", [Q, Q.subarray(0, 5)], RangeError, /^q/],
  ["argmax", [new Float32Array(0), { shape: [2, 0] }], RangeError, /./],
  ["topK", [X, 7], RangeError, /^k/],
  ["topK", [X, -1], RangeError, /^k/],
  ["topK", [X, 1.5], RangeError, /^k/],
  ["topK", [X, "1"], TypeError, /^k/],
  ["topK", [X, 1, { sorted: 1 }], TypeError, /^sorted/],
  // A class index out of range names its row and itself.
  ["crossEntropy", [X, Int32Array.of(1, 3), { shape }], RangeError, /^targets\[1\].*3$/],
  ["crossEntropy", [X, Int32Array.of(-1, 0), { shape }], RangeError, /^targets\[0\].*-1$/],
  [
    "crossEntropy",
    [
      [
        [0, 0],
        [0, 0],
      ],
      [0, 0.5],
    ],
    RangeError,
    /^targets\[1\].*0\.5$/,
  ],
  ["crossEntropyWithGrad", [X, BigInt64Array.of(0n, 9n), { shape }], RangeError, /^targets\[1\].*9$/],
  ["logProb", [X, Int32Array.of(0, 3), { shape }], RangeError, /^actions\[1\].*3$/],
  ["crossEntropy", [X, Int32Array.of(0, 0, 0), { shape }], RangeError, /^targets/],
  ["crossEntropy", [X, "cat"], TypeError, /^targets/],
  ["crossEntropy", [X, new Float64Array(6), { shape }], TypeError, /^targets/],
  ["crossEntropy", [X, Int32Array.of(0, 0), { shape, reduction: "average" }], RangeError, /^reduction/],
  ["crossEntropy", [X, Int32Array.of(0, 0), { shape, labelSmoothing: 2 }], RangeError, /^labelSmoothing/],
  ["crossEntropy", [X, Int32Array.of(0, 0), { shape, weight: Float32Array.of(1, -1, 1) }], RangeError, /^weight/],
  ["crossEntropy", [X, Int32Array.of(0, 0), { shape, sampleWeight: Float32Array.of(1) }], RangeError, /^sampleWeight/],
  ["allocate", ["int32", 3], RangeError, /^dtype/],
  ["allocate", [undefined, 3], TypeError, /^dtype/],
  ["allocate", ["float32", -1], RangeError, /^shape/],
  ["allocate", ["float32"], TypeError, /^shape/],
  ["allocate", ["float64", [2 ** 50, 2 ** 50]], RangeError, /memory/],
  ["verify", [{ seed: 0.5 }], RangeError, /^seed/],
  ["verify", [{ seeds: 1 }], TypeError, /seeds/],
];

const CREATION: readonly (readonly [options: unknown, kind: ErrorConstructor, text: RegExp])[] = [
  [null, TypeError, /^options/],
  [{ wasm: 1 }, TypeError, /wasm/],
  [{ module: {} }, TypeError, /^module/],
  [{ bytes: "simd.wasm" }, TypeError, /^bytes/],
  [{ deterministic: 1 }, TypeError, /^deterministic/],
  [{ fallback: 0 }, TypeError, /^fallback/],
  [{ maxMemory: -1 }, RangeError, /^maxMemory/],
];

export function checkErrors(context: Context): void {
  const { suite, entries } = context;
  for (const subject of context.subjects) {
    for (const given of casesOf()) checkCase(context, subject, given);
    suite.group(`${subject.name}, overlapping out`, () => checkOverlap(context, subject));
  }
  const create = entries.library.createSoftmax as (options: unknown) => unknown;
  for (const [options, kind, text] of CREATION) {
    const error = thrown(() => create(options));
    suite.check(`createSoftmax(${nameOf(options)})`, right(error, kind, text), error, `${kind.name} ${text}`);
  }
}

function casesOf(): Case[] {
  const cases: Case[] = [...OWN];
  for (const op of OPS) {
    const rest = op in SECONDS ? [SECONDS[op]] : [];
    for (const [x, kind] of INPUTS) cases.push([op, [x, ...rest], kind, /^(x|y|p|logits)/]);
    const sets = [COMMON, NO_SCALING.test(op) ? [] : SCALING];
    const alone = op === "sigmoid" ? [SCALING, COMMON.slice(0, 3)] : sets;
    const mapping = op === "softmax" || op === "logSoftmax" || op === "hardmax";
    for (const [options, kind, text] of [...alone, ...(mapping ? [MASKS, OUTS] : [])].flat()) {
      cases.push([op, [X, ...rest, options], kind, text]);
    }
  }
  return cases;
}

function right(error: Error | undefined, kind: ErrorConstructor, text: RegExp): boolean {
  return error instanceof kind && text.test(error.message);
}

function checkCase({ suite }: Context, { name, loose, softmax }: Subject, [op, args, kind, text]: Case): void {
  const what = `${op}: ${name} (${args.map(nameOf)})`;
  suite.group(what, () => {
    const before = args.map(nameOf).join();
    const error = thrown(() => loose[op]!(...args));
    suite.check(what, right(error, kind, text), error, `${kind.name} ${text}`);
    suite.check(`${what}: arguments as they were`, args.map(nameOf).join() === before, args.map(nameOf), before);
    const next = softmax(Float32Array.of(0, 1, 2, 2), { shape: [2, 2], where: [1, 0, 1, 1] });
    suite.check(`${what}: the next call`, alike(next, [1, 0, 0.5, 0.5]), next, [1, 0, 0.5, 0.5]);
  });
}

/** A result over part of x would read what it wrote. */
function checkOverlap({ suite }: Context, { name, softmax }: Subject): void {
  const room = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const x = room.subarray(0, 6);
  for (const out of [room.subarray(1, 7), room.subarray(2, 8)]) {
    const error = thrown(() => softmax(x, { out } as Options));
    suite.check(`${name}: out over x`, right(error, RangeError, /^out/), error, "RangeError");
  }
  suite.check(`${name}: x as it was`, alike(room, [1, 2, 3, 4, 5, 6, 7, 8]), room, [1, 2, 3, 4, 5, 6, 7, 8]);
}

/** A value in words, with all that is in it. */
function nameOf(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "string") return JSON.stringify(value);
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}[${Array.from(value as Float32Array)}]`;
  if (Array.isArray(value)) return `[${value.map(nameOf)}]`;
  if (typeof value !== "object" || value === null || value instanceof ArrayBuffer) return String(value);
  return `{ ${Object.entries(value).map(([key, part]) => `${key}: ${nameOf(part)}`)} }`;
}
