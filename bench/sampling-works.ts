// What bench/sampling.ts measures: selecting and drawing, by the package and by plain JavaScript, on the same logits.

import { allocate, argmax, createSoftmax, topK } from "softmax-simd";
import { Sampler, sample } from "softmax-simd/sampling";
import { expNegative } from "./baselines.js";
import type { Prepared } from "./contender.js";
import { logits, SEED } from "./data.js";
import { checkDraws } from "./draws.js";
import { maximaOfArray, maximaResident } from "./maximum.js";
import {
  argmaxRows,
  type Filters,
  fourByFour,
  oneByOne,
  type Selected,
  sampleBySort,
  sampleRows,
  topKByHeap,
  topKBySort,
} from "./sampling-loops.js";
import { ringSize } from "./stopwatch.js";

export interface Work {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** The standard deviation of the logits, which are normal. */
  readonly deviation: number;
  /** The package's first; each by its name, set up over one batch. */
  readonly contenders: Readonly<Record<string, Setup>>;
  /** The contender that stands for the least that there is to do. */
  readonly pass: string;
}

/** Which contender is to be prepared for which work. */
export interface SamplingSetting {
  readonly work: string;
  readonly contender: string;
}

type Rows = Pick<Work, "rows" | "columns"> & { readonly name: string };

/** Sets a contender up over a batch, and checks what it computes. */
type Setup = (x: Float32Array, rows: Rows) => Prepared | Promise<Prepared>;

const VOCABULARY = { rows: 1, columns: 131072, deviation: 3, pass: "one softmax" };
const BATCH = { rows: 64, columns: 131072, deviation: 3, pass: "row maximum alone" };
const HEADS = { rows: 4096, columns: 10, deviation: 3, pass: "one softmax" };
const K = 50;

/** Draws that are checked: as many as this, or as take this long. */
const CHECKED_DRAWS = 20_000;
const CHECK_MS = 500;

/** The baseline module's, whichever the engine would pick by itself. */
const softmaxPass: Setup = (x, { rows, columns }) => {
  const { softmax } = createSoftmax({ deterministic: true });
  const [shape, out] = [[rows, columns], new Float32Array(x.length)];
  return { run: () => softmax(x, { shape, out }), result: () => out };
};

export const works: readonly Work[] = [
  {
    name: "topK 50",
    ...VOCABULARY,
    contenders: {
      topK: selecting((x) => topK(x, K)),
      "JavaScript sort": selecting((x) => topKBySort(x, K)),
      "JavaScript heap": selecting((x) => topKByHeap(x, K, oneByOne)),
      "JavaScript heap, four by four": selecting((x) => topKByHeap(x, K, fourByFour)),
      "one softmax": softmaxPass,
    },
  },
  drawn("sample, temperature 0.8", VOCABULARY, { temperature: 0.8 }),
  drawn("sample, topK 50, topP 0.95", VOCABULARY, { topK: K, topP: 0.95 }),
  drawn("sample, topP 0.95, flat", { ...VOCABULARY, deviation: 1 }, { topP: 0.95 }),
  drawn("sample, topP 0.95, peaked", { ...VOCABULARY, deviation: 5 }, { topP: 0.95 }),
  {
    name: "sample",
    ...HEADS,
    contenders: { sample: sampling({}), ...loops({}), "one softmax": softmaxPass },
  },
  {
    name: "argmax, resident",
    ...BATCH,
    contenders: {
      argmax: locating((x, { rows, columns }) => {
        const own = allocate("float32", [rows, columns]);
        own.set(x);
        return () => argmax(own);
      }),
      "row maximum alone": maximal(maximaResident),
    },
  },
  {
    name: "argmax, array to array",
    ...BATCH,
    contenders: {
      argmax: locating((x, { rows, columns }) => {
        const shape = [rows, columns];
        return () => argmax(x, { shape });
      }),
      JavaScript: locating((x, { rows, columns }) => {
        const indices = new Int32Array(rows);
        return () => argmaxRows(x, indices, rows, columns);
      }),
      "row maximum alone": maximal(maximaOfArray),
    },
  },
];

/** Sets a contender up over as many batches as its ring has. */
export async function prepareSampling({ work, contender }: SamplingSetting): Promise<Prepared[]> {
  const { rows, columns, deviation, contenders } = works.find((one) => nameOf(one) === work)!;
  const x = logits({ rows, columns, dtype: "float32", axis: -1 }, SEED, deviation) as Float32Array;
  const ring: Prepared[] = [];
  const count = ringSize({ x, second: undefined, out: new Float32Array(rows) });
  for (let i = 0; i < count; i++) {
    ring.push(await contenders[contender]!(x.slice(), { rows, columns, name: `${contender} for ${work}` }));
  }
  return ring;
}

/** "topK 50, 1x131072" */
export function nameOf({ name, rows, columns }: Work): string {
  return `${name}, ${rows}x${columns}`;
}

/** Draws of one row, with its Sampler and the usual JavaScript beside. */
function drawn(name: string, shape: Omit<Work, "name" | "contenders">, filters: Filters): Work {
  const cut = filters.topK !== undefined || filters.topP !== undefined;
  const contenders: Work["contenders"] = {
    sample: sampling(filters),
    "Sampler.next": drawing(filters, (x) => {
      const sampler = new Sampler(x.length, { ...filters, seed: SEED });
      return () => sampler.next(x);
    }),
    ...(cut ? { JavaScript: drawing(filters, (x) => () => sampleBySort(x, filters)) } : loops(filters)),
    "one softmax": softmaxPass,
  };
  return { name, ...shape, contenders };
}

function sampling(filters: Filters): Setup {
  return drawing(filters, (x, { rows, columns }) => {
    const shape = [rows, columns];
    let step = 0;
    return () => sample(x, { ...filters, shape, seed: SEED, step: step++ });
  });
}

/** With both exponentials that softmax is measured against. */
function loops(filters: Filters): Work["contenders"] {
  const loop = (exp: (x: number) => number): Setup =>
    drawing(filters, (x, { rows, columns }) => {
      const tokens = new Int32Array(rows);
      return () => sampleRows(x, tokens, rows, columns, filters, exp);
    });
  return { "JavaScript, Math.exp": loop(Math.exp), "JavaScript, polynomial": loop(expNegative) };
}

/** A call gives one token, or one for each row. */
function drawing(filters: Filters, start: (x: Float32Array, rows: Rows) => () => Int32Array | number): Setup {
  return (x, rows) => {
    const draw = start(x, rows);
    const draws: number[] = [];
    const end = performance.now() + CHECK_MS;
    while (draws.length < CHECKED_DRAWS && performance.now() < end) draws.push(...numbers(draw()));
    checkDraws(rows.name, x, rows.columns, filters, draws);
    return keepingNumbers(draw);
  };
}

function selecting(select: (x: Float32Array) => Selected): Setup {
  return (x, { name }) => {
    const [found, sorted] = [select(x), topKBySort(x, K)];
    same(`${name}: indices`, found.indices, sorted.indices);
    same(`${name}: values`, found.values, sorted.values);
    return keepingNumbers(() => select(x).indices);
  };
}

function locating(start: (x: Float32Array, rows: Rows) => () => ArrayLike<number>): Setup {
  return (x, rows) => {
    const locate = start(x, rows);
    same(rows.name, locate(), argmaxRows(x, new Int32Array(rows.rows), rows.rows, rows.columns));
    return keepingNumbers(locate);
  };
}

function maximal(start: typeof maximaResident): Setup {
  return async (x, { rows, columns, name }) => {
    const prepared = await start(x, rows, columns);
    prepared.run();
    const indices = argmaxRows(x, new Int32Array(rows), rows, columns);
    const values = Array.from(indices, (index, row) => x[row * columns + index]!);
    same(name, await prepared.result(), values);
    return prepared;
  };
}

/** Keeps what came last; one more than each index, since the stopwatch takes a 0 for nothing. */
function keepingNumbers(call: () => ArrayLike<number> | number): Prepared {
  let last: ArrayLike<number> | number = 0;
  const run = (): void => {
    last = call();
  };
  return { run, result: () => Float64Array.from(numbers(last), (index) => index + 1) };
}

function numbers(given: ArrayLike<number> | number): number[] {
  return typeof given === "number" ? [given] : Array.from(given);
}

function same(name: string, actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  const wrong = Array.from(expected).findIndex((value, i) => actual[i] !== value);
  if (actual.length === expected.length && wrong < 0) return;
  throw new Error(`${name}: expected ${expected[wrong]} at ${wrong} of ${expected.length}, got ${actual[wrong]}`);
}
