// Sampling as its documents show it: worked distributions, nested logits, numbers of one's own, and wrong calls.

import type { Context } from "./entries.js";
import { thrown } from "./errors.js";
import { alike, largestError, valuesOf } from "./numbers.js";

const LN = Math.log;

export function checkSamplingCalls(context: Context): void {
  checkWorked(context);
  checkWrong(context);
}

/** By hand, nested. */
function checkWorked(context: Context): void {
  const { suite, entries } = context;
  const { logitsToProbs, sample } = entries.sampling;
  const P = [0.1, 0.4, 0.2, 0.3].map(LN);
  for (const [options, expected] of [
    [{}, [0.1, 0.4, 0.2, 0.3]],
    [{ temperature: 0.5 }, [1 / 30, 16 / 30, 4 / 30, 9 / 30]],
    [{ temperature: 0 }, [0, 1, 0, 0]],
    [{ temperature: Infinity }, [0.25, 0.25, 0.25, 0.25]],
    [{ topK: 2 }, [0, 4 / 7, 0, 3 / 7]],
    [{ topP: 0.6 }, [0, 4 / 7, 0, 3 / 7]],
    [{ topP: 0.7001 }, [0, 4 / 9, 2 / 9, 3 / 9]],
    [{ topK: 3, topP: 0.44 }, [0, 1, 0, 0]],
    [{ minP: 0.6 }, [0, 4 / 7, 0, 3 / 7]],
    [{ where: [1, 0, 1, 0] }, [1 / 3, 0, 2 / 3, 0]],
    [{ logitBias: { 1: -Infinity } }, [1 / 6, 0, 2 / 6, 3 / 6]],
  ] as const) {
    const what = `logitsToProbs: ${JSON.stringify(options)}`;
    suite.group(what, () => {
      const got = logitsToProbs(P, options);
      suite.check(what, largestError(got, expected, "float64") <= 1e-14, got, expected);
    });
  }
  suite.group("sample: nested", () => {
    const rows = [
      [9, 0, 0],
      [0, 0, 9],
    ];
    const draws = sample(rows, { temperature: 0, numSamples: 2 });
    suite.check("sample: nested", JSON.stringify(draws) === "[[0,0],[2,2]]", draws, [
      [0, 0],
      [2, 2],
    ]);
    const uniforms = [0, 0.0999, 0.1001, 0.4999, 0.5001, 0.6999, 0.7001, 1 - 2 ** -53];
    let calls = 0;
    const classes = sample(P, { numSamples: uniforms.length, rng: () => uniforms[calls++] as number });
    suite.check("sample: rng", String(classes) === "0,0,1,1,2,2,3,3", classes, [0, 0, 1, 1, 2, 2, 3, 3]);
    suite.check("sample: calls of rng", calls === uniforms.length, calls, uniforms.length);
    const [free, other] = [0, 1].map(() => sample(Array(1000).fill(0), { numSamples: 20 }));
    suite.check("sample: without a seed", String(free) !== String(other), free, "another draw each time");
  });
}

function checkWrong(context: Context): void {
  const { suite, entries } = context;
  const call = entries.sampling.sample as unknown as (...args: readonly unknown[]) => unknown;
  const x = Float32Array.of(1, 2, 3, 4);
  const cases: readonly (readonly [args: readonly unknown[], kind: ErrorConstructor, text: RegExp])[] = [
    [[x, { topK: 0 }], RangeError, /^topK/],
    [[x, { topK: "1" }], TypeError, /^topK/],
    [[x, { topP: 1.1 }], RangeError, /^topP/],
    [[x, { minP: NaN }], RangeError, /^minP/],
    [[x, { temperature: NaN }], RangeError, /^temperature/],
    [[x, { temperature: 1, beta: 1 }], TypeError, /^temperature, beta/],
    [[x, { repetitionPenalty: 0, history: [] }], RangeError, /^repetitionPenalty/],
    [[x, { history: [0, 4] }], RangeError, /^history\[1\].*4$/],
    [[x, { logitBias: { 4: 1 } }], RangeError, /^logitBias/],
    [[x, { logitBias: { 1: NaN } }], RangeError, /^logitBias\[1\]/],
    [[x, { seed: -1 }], RangeError, /^seed/],
    [[x, { seed: "1" }], TypeError, /^seed/],
    [[x, { step: 0.5 }], RangeError, /^step/],
    [[x, { seed: 1, rng: () => 0 }], TypeError, /rng/],
    [[x, { rng: () => 1 }], RangeError, /^rng/],
    [[x, { numSamples: -1 }], RangeError, /^numSamples/],
    [[x, { numSamples: 5, replacement: false }], RangeError, /./],
    [[x, { top_k: 1 }], TypeError, /top_k/],
    [[Float32Array.of(NaN, 1)], RangeError, /^logits/],
    [[Float32Array.of(-Infinity, -Infinity)], RangeError, /^logits/],
    [[x, { where: [0, 0, 0, 0] }], RangeError, /^logits/],
    [[new Int32Array(4)], TypeError, /^logits/],
    [["1234"], TypeError, /^logits/],
  ];
  for (const [args, kind, text] of cases) {
    const what = `sample(${valuesOf(args[0] ?? 0).length}, ${Object.keys((args[1] as object) ?? {})})`;
    suite.group(what, () => {
      const error = thrown(() => call(...args));
      suite.check(what, error instanceof kind && text.test(error.message), error, `${kind.name} ${text}`);
      suite.check(`${what}: logits as they were`, alike(x, [1, 2, 3, 4]), x, [1, 2, 3, 4]);
      const next = call(x, { temperature: 0 }) as Int32Array;
      suite.check(`${what}: the next call`, next[0] === 3, next, [3]);
    });
  }
}
