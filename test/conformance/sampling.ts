// Draws follow the published random numbers, and the distribution that the documents say they are drawn from.

import type { Dtype } from "../support/contract.js";
import { finalDistribution, type RowOptions } from "../support/filters.js";
import { philox, uniformOf } from "../support/philox.js";
import type { Context, Floats, Options } from "./entries.js";
import { thrown } from "./errors.js";
import { alike, DTYPES, floats, largestError, logits } from "./numbers.js";

/** softmax-simd/sampling over arrays of either dtype. */
interface Sampling {
  readonly sample: (logits: Floats, options?: Options) => Int32Array;
  readonly sampleWithLogProbs: (
    logits: Floats,
    options?: Options,
  ) => { samples: Int32Array; logProbs: Floats; rawLogProbs: Floats };
  readonly logitsToProbs: (logits: Floats, options?: Options) => Floats;
}

const LN = Math.log;

/** How near probabilities are to the textbook's, relative to themselves. */
const NEAR: Readonly<Record<Dtype, number>> = { float32: 3e-6, float64: 1e-12 };

/** Random123's known answers to philox4x32 of 10 rounds: counter, key, words. */
const KNOWN: readonly (readonly [counter: readonly bigint[], key: readonly bigint[], words: readonly bigint[]])[] = [
  [
    [0n, 0n, 0n, 0n],
    [0n, 0n],
    [0x6627e8d5n, 0xe169c58dn, 0xbc57ac4cn, 0x9b00dbd8n],
  ],
  [
    [0x243f6a88n, 0x85a308d3n, 0x13198a2en, 0x03707344n],
    [0xa4093822n, 0x299f31d0n],
    [0xd16cfe09n, 0x94fdccebn, 0x5001e420n, 0x24126ea1n],
  ],
];

/** Settings of a row of K classes, each with its own way through the filters. */
function settingsOf(K: number): RowOptions[] {
  const history = [0, K - 1, K >> 1, K - 1];
  return [
    {},
    { temperature: 0 },
    { temperature: 0.5 },
    { temperature: Infinity },
    { beta: -1 },
    { topK: 1 },
    { topK: Math.max(K >> 2, 1) },
    { topK: K + 1 },
    { topP: 0 },
    { topP: 0.61 },
    { topP: 1 },
    { minP: 0.031 },
    { minP: 1 },
    { where: Array.from({ length: K }, (_, i) => i % 3 !== 1) },
    { logitBias: { 0: 2, [K - 1]: -1 } },
    { logitBias: new Map([[K - 1, -Infinity]]) },
    { logitBias: Array.from({ length: K }, (_, i) => (i % 5) / 2) },
    { history, repetitionPenalty: 1.5 },
    { history, frequencyPenalty: 0.5, presencePenalty: 0.25 },
    { history, repetitionPenalty: 0.75, temperature: 2, topK: Math.max(K >> 1, 1), topP: 0.873, minP: 0.0011 },
  ];
}

export function checkSampling(context: Context): void {
  checkGenerator(context);
  for (const dtype of DTYPES) {
    for (const columns of [2, 3, 10, 47, 48, 255, 257, 1000]) {
      for (const settings of settingsOf(columns)) checkDistribution(context, dtype, columns, settings);
      checkWithoutReplacement(context, dtype, columns);
      checkSampler(context, dtype, columns);
    }
    checkIndependence(context, dtype);
  }
}

const samplingOf = ({ entries }: Context): Sampling => entries.sampling as unknown as Sampling;

/** Equal logits: class floor(u K) of the uniform number u, which is two words of Philox. */
function checkGenerator(context: Context): void {
  const { suite } = context;
  const { sample } = samplingOf(context);
  suite.group("Philox", () => {
    for (const [counter, key, words] of KNOWN) {
      const got = philox(counter as [bigint, bigint, bigint, bigint], key as [bigint, bigint]);
      suite.check(`Philox of ${counter} under ${key}`, String(got) === String(words), got, words);
    }
    const K = 4096;
    // The first row takes the first two words, and the second row the others.
    const [w0, , w2] = (KNOWN[0] as (typeof KNOWN)[0])[2] as readonly [bigint, bigint, bigint, bigint];
    const expected = [w0, w2].map((word) => Number(word >> 20n));
    const published = sample(new Float32Array(2 * K), { shape: [2, K], seed: 0 });
    suite.check("draws by Philox's published words", alike(published, expected), published, expected);
    for (const seed of [0, 1, 2 ** 32, 2 ** 53 - 1, 2n ** 64n - 1n]) {
      for (const step of [0, 1, 2 ** 32 + 3, 2 ** 53 - 1]) {
        for (const dtype of DTYPES) {
          const draws = sample(floats(dtype, 7 * K), { shape: [7, K], numSamples: 5, seed, step });
          const uniforms = Int32Array.from(draws, (_, n) =>
            Math.floor(K * uniformOf(seed, step, Math.floor(n / 5), n % 5)),
          );
          suite.check(`${dtype} draws of seed ${seed}, step ${step}`, alike(draws, uniforms), draws, uniforms);
        }
      }
    }
  });
}

function checkDistribution(context: Context, dtype: Dtype, columns: number, settings: RowOptions): void {
  const { suite } = context;
  const { sample, sampleWithLogProbs, logitsToProbs } = samplingOf(context);
  const what = `${dtype} row of ${columns}, ${nameOf(settings)}`;
  suite.group(`sampling: ${what}`, () => {
    const x = logits(dtype, columns, columns, 4);
    const options = settings as Options;
    const expected = finalDistribution(x, settings, dtype);
    const p = logitsToProbs(x, options);
    const error = largestError(p, expected, dtype);
    suite.check(`logitsToProbs: ${what}`, error <= NEAR[dtype] && p.constructor === x.constructor, p, expected);
    const numSamples = 20;
    const seeded = { ...options, seed: 5, step: 2, numSamples };
    const draws = sample(x, seeded);
    suite.check(
      `sample: ${what}: how many`,
      draws instanceof Int32Array && draws.length === numSamples,
      draws,
      numSamples,
    );
    const ends: number[] = [];
    for (const v of expected) ends.push((ends[ends.length - 1] ?? 0) + v);
    const wrong = Array.from(draws.keys()).filter((n) => {
      const draw = draws[n] as number;
      const u = uniformOf(5, 2, 0, n);
      const [start, end] = [ends[draw - 1] ?? 0, ends[draw] as number];
      return !((expected[draw] as number) > 0 && start - NEAR[dtype] <= u && u <= end + NEAR[dtype]);
    });
    suite.check(
      `sample: ${what}`,
      wrong.length === 0,
      wrong.map((n) => draws[n]),
      "the classes where the random numbers fall",
    );

    const { samples, logProbs, rawLogProbs } = sampleWithLogProbs(x, seeded);
    suite.check(`sampleWithLogProbs: ${what}: the same draws`, alike(samples, draws), samples, draws);
    const logs = Float64Array.from(samples, (draw) => LN(expected[draw] as number));
    const far = largestError(
      logProbs,
      logs,
      dtype,
      logs.map((v) => Math.max(1, Math.abs(v))),
    );
    suite.check(`sampleWithLogProbs: ${what}: logProbs`, far <= NEAR[dtype], logProbs, logs);
    const { where } = settings;
    const plain = finalDistribution(x, where === undefined ? {} : { where }, dtype);
    const raw = Float64Array.from(samples, (draw) => LN(plain[draw] as number));
    const off = largestError(
      rawLogProbs,
      raw,
      dtype,
      raw.map((v) => Math.max(1, Math.abs(v))),
    );
    suite.check(`sampleWithLogProbs: ${what}: rawLogProbs`, off <= NEAR[dtype], rawLogProbs, raw);
    suite.check(`sampling: ${what}: logits as they were`, alike(x, logits(dtype, columns, columns, 4)), x, "as before");
  });
}

function nameOf(settings: RowOptions): string {
  const entries = Object.entries(settings).map(([name, value]) =>
    typeof value === "number" ? `${name} ${value}` : name,
  );
  return entries.length === 0 ? "no options" : entries.join(", ");
}

/** No class twice, none without probability, and every class once where all are asked for. */
function checkWithoutReplacement(context: Context, dtype: Dtype, columns: number): void {
  const { suite } = context;
  const { sample } = samplingOf(context);
  const what = `${dtype} row of ${columns}, without replacement`;
  suite.group(`sample: ${what}`, () => {
    const x = logits(dtype, columns, columns, 4);
    const all = sample(x, { replacement: false, numSamples: columns, seed: 3 });
    const sorted = Array.from(all).sort((a, b) => a - b);
    suite.check(
      `sample: ${what}: all`,
      sorted.every((v, i) => v === i),
      sorted,
      "each class once",
    );
    const some = sample(x, { replacement: false, numSamples: columns >> 1, seed: 3 });
    suite.check(`sample: ${what}: the first`, alike(some, all.subarray(0, columns >> 1)), some, all);
    const where = Array.from({ length: columns }, (_, i) => i % 2);
    const odd = sample(x, { replacement: false, numSamples: columns >> 1, where, seed: 3 });
    suite.check(
      `sample: ${what}: under a mask`,
      odd.every((v) => v % 2 === 1),
      odd,
      "odd classes",
    );
    const error = thrown(() => sample(x, { replacement: false, numSamples: (columns >> 1) + 1, where, seed: 3 }));
    suite.check(`sample: ${what}: too many`, error instanceof RangeError, error, "RangeError");
  });
}

/** A decoding loop draws what calls of `sample` do, step by step. */
function checkSampler(context: Context, dtype: Dtype, columns: number): void {
  const { suite, entries } = context;
  const { sample } = samplingOf(context);
  const settings = { temperature: 0.8, topK: 20, topP: 0.95, repetitionPenalty: 1.25, presencePenalty: 0.25, seed: 9 };
  const what = `Sampler: ${dtype}, ${columns} classes`;
  suite.group(what, () => {
    const sampler = new entries.sampling.Sampler(columns, { ...settings, history: [1, 1] });
    const history = [1, 1];
    for (let step = 0; step < 8; step++) {
      const x = logits(dtype, columns, columns + step, 4);
      const token = sampler.next(x as Float32Array);
      const [expected] = sample(x, { ...settings, history, step });
      suite.check(`${what}, step ${step}`, token === expected, token, expected);
      sampler.accept(token);
      history.push(token);
    }
    suite.check(`${what}: steps`, sampler.step === 8, sampler.step, 8);
    sampler.free();
    const error = thrown(() => sampler.next(logits(dtype, columns, 1) as Float32Array));
    suite.check(`${what}: freed`, error instanceof TypeError, error, "TypeError");
  });
}

/** A draw is a function of seed, step, row and draw, whatever is drawn beside it. */
function checkIndependence(context: Context, dtype: Dtype): void {
  const { suite } = context;
  const { sample, logitsToProbs } = samplingOf(context);
  const [rows, columns] = [9, 47];
  for (const settings of [{}, { topP: 0.9, temperature: 0.5 }, { topK: 9 }, { replacement: false, minP: 0.001 }]) {
    const what = `${dtype} ${rows}x${columns}, ${JSON.stringify(settings)}`;
    suite.group(`sample: ${what}`, () => {
      const x = logits(dtype, rows * columns, 2, 2);
      const options = { ...settings, seed: 5, numSamples: 4 };
      const all = sample(x, { ...options, shape: [rows, columns] });
      for (const part of [1, 2, 5]) {
        const first = sample(x.subarray(0, part * columns) as Floats, { ...options, shape: [part, columns] });
        suite.check(`sample: ${what}: ${part} rows`, alike(first, all.subarray(0, 4 * part)), first, all);
      }
      const fewer = sample(x, { ...options, shape: [rows, columns], numSamples: 1 });
      const firsts = all.filter((_, i) => i % 4 === 0);
      suite.check(`sample: ${what}: one draw`, alike(fewer, firsts), fewer, firsts);
      const { replacement, ...filters } = settings as Options;
      const p = logitsToProbs(x, { ...filters, shape: [rows, columns] });
      const out = x.slice() as Floats;
      const same = logitsToProbs(out, { ...filters, shape: [rows, columns], out });
      suite.check(`logitsToProbs: ${what}: in place`, same === out && alike(out, p), out, p);
    });
  }
}
