// What bench/matrix.ts runs in every engine: import and first call, then the package beside the loops, in turn.

import type { Clock, Program } from "../test/engines/program.js";
import { softmaxMathExp, softmaxPolynomial } from "./baselines.js";
import { uniformLogits } from "./data.js";
import { median } from "./measure.js";

const ROWS = 256;
const CLASSES = 1000;
const ROUNDS = 7;
const BLOCK_MS = 60;

export interface Times {
  readonly backend: string;
  /** Milliseconds from before the import to after the first call, of one row of 10. */
  readonly cold: number;
  /** Nanoseconds an element at 256x1000, array to array. */
  readonly ours: number;
  readonly mathExp: number;
  readonly polynomial: number;
}

const run: Program = async (load, clock): Promise<Times> => {
  const start = await clock();
  const { softmax, backend } = await load.library();
  softmax(new Float32Array(10));
  const cold = (await clock()) - start;
  const x = uniformLogits(ROWS * CLASSES, 10);
  const out = new Float32Array(x.length);
  const contenders = [
    () => softmax(x, { shape: [ROWS, CLASSES], out }),
    () => softmaxMathExp(x, out, ROWS, CLASSES),
    () => softmaxPolynomial(x, out, ROWS, CLASSES),
  ];
  const [ours = 0, mathExp = 0, polynomial = 0] = await inTurn(contenders, clock);
  return { backend: backend().backend, cold, ours, mathExp, polynomial };
};
export default run;

/** Nanoseconds an element of each: medians of rounds, whose order rotates. */
async function inTurn(contenders: readonly (() => unknown)[], clock: Clock): Promise<number[]> {
  const entries = [];
  for (const call of contenders) entries.push({ call, calls: await callsFor(call, clock), rounds: [] as number[] });
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < entries.length; i++) {
      const { call, calls, rounds } = entries[(i + round) % entries.length]!;
      rounds.push(((await time(call, calls, clock)) / calls) * (1e6 / (ROWS * CLASSES)));
    }
  }
  return entries.map(({ rounds }) => median(rounds));
}

/** How many calls a block takes; found after as long a warm-up. */
async function callsFor(call: () => unknown, clock: Clock): Promise<number> {
  let calls = 1;
  while ((await time(call, calls, clock)) < BLOCK_MS) calls *= 2;
  return calls;
}

async function time(call: () => unknown, calls: number, clock: Clock): Promise<number> {
  const start = await clock();
  for (let i = 0; i < calls; i++) call();
  return (await clock()) - start;
}
