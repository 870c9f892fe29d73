// The packed package where something is missing: SIMD, WebAssembly, TextDecoder (as on Hermes), globals that may be
// changed, code made of strings. Each in a process of this Node that lacks it.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONTRACT } from "../support/contract.js";
import { installPacked, type PackedProject } from "../support/packed.js";

interface Setting {
  readonly name: string;
  readonly flags?: readonly string[];
  /** Globals that are deleted before anything is imported. */
  readonly deleted?: readonly string[];
}

interface Lacking extends Setting {
  /** Why no kernel serves. */
  readonly reason: RegExp;
}

const NO_WEBASSEMBLY = /^this engine has no WebAssembly$/;
const FROZEN = ["--frozen-intrinsics"];

const WITHOUT_KERNELS: readonly Lacking[] = [
  { name: "without a compiler (jitless), hence WebAssembly", flags: ["--jitless"], reason: NO_WEBASSEMBLY },
  { name: "with WebAssembly deleted", deleted: ["WebAssembly"], reason: NO_WEBASSEMBLY },
  { name: "with neither WebAssembly nor TextDecoder", deleted: ["WebAssembly", "TextDecoder"], reason: NO_WEBASSEMBLY },
  // Elsewhere than on x64 no flag of V8 switches SIMD off.
  ...(process.arch === "x64"
    ? [
        {
          name: "without SSE4.1, hence SIMD",
          flags: ["--no-enable-sse4-1"],
          reason: /^this engine validates no module/,
        },
      ]
    : []),
];

const USUAL: Setting = { name: "as it is" };
const WITH_KERNELS: readonly Setting[] = [
  USUAL,
  { name: "without TextDecoder", deleted: ["TextDecoder"] },
  { name: "with frozen intrinsics", flags: FROZEN },
  { name: "with frozen intrinsics, without TextDecoder", flags: FROZEN, deleted: ["TextDecoder"] },
  { name: "without code from strings", flags: ["--disallow-code-generation-from-strings"] },
];

/** What every setting runs: all functions of the entries with ops, and some of the other three. */
const PROGRAM = `
  const library = await import("softmax-simd");
  const learn = await import("softmax-simd/learn");
  const sampling = await import("softmax-simd/sampling");
  const reference = await import("softmax-simd/reference");
  const slim = await import("softmax-simd/slim");
  const call = (entry) => {
    const x = [1, 2, 3];
    const p = entry.softmax(x);
    return {
      softmax: p,
      logSoftmax: entry.logSoftmax(x),
      sigmoid: entry.sigmoid(x),
      logSumExp: entry.logSumExp(x),
      logSumExpSigned: entry.logSumExpSigned(x),
      softmaxJacobian: entry.softmaxJacobian(x).flat(),
      softmaxVjp: entry.softmaxVjp(p, [1, 0, -1]),
      softmaxJvp: entry.softmaxJvp(p, [1, 0, -1]),
      logSoftmaxVjp: entry.logSoftmaxVjp(p.map(Math.log), [1, 1, 1]),
      softmaxHessian: entry.softmaxHessian(x).flat(2),
      softmaxHessianComponent: entry.softmaxHessianComponent(x, 1).flat(),
      crossEntropy: entry.crossEntropy(x, 2),
      crossEntropyWithGrad: entry.crossEntropyWithGrad(x, 2),
      entropy: entry.entropy(p),
      klDivergence: entry.klDivergence(p, [0.5, 0.25, 0.25]),
      logProb: entry.logProb(x, 1),
      softmaxPartials: entry.softmaxPartials(x),
      mergePartials: entry.mergePartials(entry.softmaxPartials([1, 2]), entry.softmaxPartials([3])),
      normalizeWith: entry.normalizeWith([2], entry.softmaxPartials(x)),
      hardmax: entry.hardmax(x),
      argmax: entry.argmax(x),
      topK: entry.topK(x, 2),
    };
  };
  const rows = (entry) => {
    const logits = Float32Array.from({ length: 37 * 131 }, (_, i) => 9 * Math.sin(i * i));
    return entry.softmax(logits, { shape: [37, 131], temperature: 0.7 });
  };
  const outcome = (call) => {
    try {
      return call();
    } catch (error) {
      return error instanceof Error ? error.message : "not an Error";
    }
  };
  const { readFileSync } = await import("node:fs");
  const bytes = readFileSync(new URL(import.meta.resolve("softmax-simd/simd.wasm")));
  const model = new learn.SoftmaxRegression().fit([[0], [1], [2], [3]], ["a", "a", "b", "b"]);
  const report = {
    ...library.backend(),
    verified: library.verify().ok,
    exported: Object.keys(reference),
    calls: [call(reference), call(library)],
    rows: [rows(reference), rows(library)],
    strict: [{ fallback: false }, { deterministic: true }].map((options) =>
      outcome(() => library.createSoftmax(options).softmax([0, 0])),
    ),
    slim: outcome(() => slim.createSoftmax({ bytes }).softmax([1, 2, 3])),
    predicted: model.predict([[0], [3]]),
    temperature: learn.fitTemperature([[2, 0], [0, 2], [2, 0]], [0, 1, 1]).temperature,
    drawn: sampling.sample([1, 2, 3, 4], { seed: 7, numSamples: 64 }),
    filtered: sampling.logitsToProbs([1, 2, 3, 0], { topK: 3 }),
  };`;

interface Report {
  readonly backend: string;
  readonly reason: string;
  readonly verified: boolean;
  /** What the reference exports. */
  readonly exported: readonly string[];
  /** Of the reference, then of the main entry. */
  readonly calls: readonly Readonly<Record<string, unknown>>[];
  readonly rows: readonly (readonly number[])[];
  /** Of [0, 0] with `fallback: false`, then with `deterministic: true`: an error's message where they threw. */
  readonly strict: readonly unknown[];
  /** Of [1, 2, 3], likewise, over the bytes of simd.wasm. */
  readonly slim: unknown;
  readonly predicted: readonly string[];
  readonly temperature: number;
  readonly drawn: readonly number[];
  readonly filtered: readonly number[];
}

function run({ flags = [], deleted = [] }: Setting): Report {
  const text = `
    for (const name of ${JSON.stringify(deleted)}) delete globalThis[name];
    ${PROGRAM}
    console.log(JSON.stringify(report, (_, value) => (ArrayBuffer.isView(value) ? [...value] : value)));`;
  return JSON.parse(project.run(text, ["--no-warnings", ...flags]));
}

const X = [1, 2, 3];
const TOTAL = X.reduce((sum, x) => sum + Math.exp(x), 0);
const P = X.map((x) => Math.exp(x) / TOTAL);
const LOG_TOTAL = Math.log(TOTAL);
const delta = (i: number, j: number): number => Number(i === j);
const each = <T>(f: (p: number, i: number) => T): T[] => P.map(f);
/** The second derivatives of p_i. */
const hessian = (i: number): number[] =>
  P.flatMap((pj, j) => each((pk, k) => P[i]! * ((delta(i, j) - pj) * (delta(i, k) - pk) - pj * (delta(j, k) - pk))));
/** <p, (1, 0, -1)> */
const MEAN = P[0]! - P[2]!;
const VJP = each((p, i) => p * (1 - i - MEAN));

/** What those calls give, by the formulas of textbooks. */
const EXPECTED: Readonly<Record<string, unknown>> = {
  softmax: P,
  logSoftmax: X.map((x) => x - LOG_TOTAL),
  sigmoid: X.map((x) => 1 / (1 + Math.exp(-x))),
  logSumExp: LOG_TOTAL,
  logSumExpSigned: { value: LOG_TOTAL, sign: 1 },
  softmaxJacobian: P.flatMap((pi, i) => each((pj, j) => pi * (delta(i, j) - pj))),
  softmaxVjp: VJP,
  softmaxJvp: VJP,
  logSoftmaxVjp: each((p) => 1 - 3 * p),
  softmaxHessian: [0, 1, 2].flatMap(hessian),
  softmaxHessianComponent: hessian(1),
  crossEntropy: LOG_TOTAL - 3,
  crossEntropyWithGrad: { loss: LOG_TOTAL - 3, grad: each((p, i) => p - delta(i, 2)) },
  entropy: -each((p) => p * Math.log(p)).reduce((sum, term) => sum + term),
  klDivergence: each((p, i) => p * Math.log(p / (i === 0 ? 0.5 : 0.25))).reduce((sum, term) => sum + term),
  logProb: 2 - LOG_TOTAL,
  softmaxPartials: { max: [3], sum: [TOTAL / Math.exp(3)], beta: 1 },
  mergePartials: { max: [3], sum: [TOTAL / Math.exp(3)], beta: 1 },
  normalizeWith: [P[1]],
  hardmax: [0, 0, 1],
  argmax: 2,
  topK: { values: [3, 2], indices: [2, 1] },
};

/** The numbers in an object, wherever they stand. */
function numbersIn(value: unknown): number[] {
  return typeof value === "number" ? [value] : Object.values(value as object).flatMap(numbersIn);
}

function expectNear(got: unknown, expected: unknown, what: string): void {
  const numbers = numbersIn(got);
  const wanted = numbersIn(expected);
  expect(numbers.length, what).toBe(wanted.length);
  numbers.forEach((number, i) => {
    expect(Math.abs(number - wanted[i]!), `${what}: ${number}, expected ${wanted[i]}`).toBeLessThanOrEqual(1e-14);
  });
}

let project: PackedProject;
let usual: Report;
beforeAll(() => {
  project = installPacked();
  usual = run(USUAL);
});
afterAll(() => project?.remove());

/** What holds in every setting. */
function expectRight({ verified, exported, calls, rows, ...rest }: Report): void {
  expect(verified).toBe(true);
  expect([...exported].sort()).toEqual(Object.keys(EXPECTED).sort());
  for (const [name, expected] of Object.entries(EXPECTED)) {
    for (const results of calls) expectNear(results[name], expected, name);
  }
  const [reference = [], got = []] = rows;
  expect(got.length).toBe(37 * 131);
  const worst = Math.max(...got.map((p, i) => Math.abs(p - reference[i]!) / reference[i]!));
  expect(worst).toBeLessThanOrEqual(CONTRACT.float32.anyLogits);
  expect(rest.predicted).toEqual(["a", "b"]);
  // Two of three labels agree with logits (2, 0): the best temperature makes that p = 2/3.
  expect(rest.temperature).toBeCloseTo(2 / Math.LN2, 6);
  expectNear(rest.filtered, [...P, 0], "logitsToProbs");
}

describe("the package where kernels serve", () => {
  it.each(WITH_KERNELS)("gives what formulas give, $name", (setting) => {
    const report = run(setting);
    expectRight(report);
    expectNear(report.slim, P, "slim");
    const strict = [0, 0].map(() => [0.5, 0.5]);
    expect(report).toMatchObject({ backend: usual.backend, drawn: usual.drawn, strict });
  });
});

describe("the package where no kernel can serve", () => {
  it.each(WITHOUT_KERNELS)("gives the reference's results and says why, $name", ({ reason, ...setting }) => {
    const report = run(setting);
    expectRight(report);
    expect(report.backend).toBe("js");
    expect(report.reason).toMatch(reason);
    expect(report.calls[1]).toEqual(report.calls[0]);
    expect(report.rows[1]).toEqual(report.rows[0]);
    // The same random numbers choose.
    expect(report.drawn).toEqual(usual.drawn);
    for (const message of report.strict) {
      const [refused, why] = String(message).split(": ", 2);
      expect(refused).toBe("no kernel can serve, and falling back is not allowed");
      expect(why).toMatch(reason);
    }
    expectNear(report.slim, P, "slim");
  });
});
