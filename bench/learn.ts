// SoftmaxRegression on handwritten digits, float32: the loss and its gradient by the kernels, and by blocked loops in plain
// JavaScript. All else, L-BFGS included, is the same code. `npm run bench:learn`; -- --quick: a tenth of the digits, once.

import { loadDigits, PIXELS } from "../examples/digits/data.js";
import type { DataTerm, Samples } from "../src/learn/data-term.js";
import { engine } from "../src/learn/engine.js";
import { termInKernels } from "../src/learn/kernels.js";
import type { Matrix } from "../src/learn/matrix.js";
import { termInJs } from "../src/learn/rows.js";
import { checkSettings } from "../src/learn/settings.js";
import { train } from "../src/learn/train.js";

const quick = process.argv.includes("--quick");
const ROUNDS = quick ? 1 : 7;
const SAMPLES = quick ? 800 : 8000;
const ITERATIONS = quick ? 10 : 50;

const CONTENDERS: Readonly<Record<string, (x: Matrix, samples: Samples) => DataTerm>> = {
  kernels: (x, samples) => {
    const term = termInKernels(engine, x, samples);
    if (term === undefined) throw new Error(`no kernel serves: ${engine.backend().reason}`);
    return term;
  },
  JavaScript: termInJs,
};

const { training } = loadDigits(SAMPLES, 0, 1);
const x: Matrix = {
  dtype: "float32",
  data: training.pixels,
  rows: SAMPLES,
  columns: PIXELS,
  kind: "typed",
  flat: true,
};
const labels = { kind: "number", values: [...training.labels] };
const settings = checkSettings({ tol: 0, maxIter: ITERATIONS });

/** Milliseconds of each fit, and where it came to. */
const times = new Map<string, number[]>(Object.keys(CONTENDERS).map((name) => [name, []]));
const norms = new Map<string, number>();
for (let round = 0; round <= ROUNDS; round++) {
  const order = Object.entries(CONTENDERS);
  if (round % 2 === 1) order.reverse();
  for (const [name, termOf] of order) {
    const start = performance.now();
    const { weights, nIter } = train(termOf, x, labels, undefined, settings);
    const time = performance.now() - start;
    if (nIter !== ITERATIONS) throw new Error(`${name}: expected ${ITERATIONS} iterations, got ${nIter}`);
    norms.set(name, Math.hypot(...weights));
    // The first round only warms up.
    if (round > 0) times.get(name)!.push(time);
  }
}

const [kernels, javascript] = Object.keys(CONTENDERS).map((name) => median(times.get(name)!)) as [number, number];
const { backend } = engine.backend();
console.log(
  `Node ${process.versions.node}, ${backend}: ${SAMPLES} digits of ${PIXELS}, float32, ${ITERATIONS} iterations`,
);
console.log(
  `medians of ${ROUNDS} fits, the two in turn: kernels ${kernels.toFixed(0)} ms, JavaScript ${javascript.toFixed(0)} ms`,
);
console.log(
  `ratio ${(javascript / kernels).toFixed(2)}; |coef| ${[...norms.values()].map((v) => v.toFixed(5)).join(" and ")}`,
);

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
