// What has to be the same to the bit on every engine where kernels serve: digests of results, of numbers that integer
// arithmetic alone has made.

import type { Dtype } from "../support/contract.js";
import { SHORT_LENGTHS } from "../support/ladder.js";
import { Digest } from "./digest.js";
import { deterministic, type Entries, type Floats, type Options, type Subject, subject } from "./entries.js";
import { DTYPES, floats, integers, logits, shares } from "./numbers.js";

/** On both sides of every block's border. */
const LENGTHS: readonly number[] = [...SHORT_LENGTHS, 2047, 2048, 2049, 4095, 4096, 4097, 50257];

/** Kinds of logits, each of another place in the exponential. */
const LOGITS: Readonly<Record<string, (dtype: Dtype, count: number) => Floats>> = {
  "within 8": (dtype, count) => logits(dtype, count, count, 8),
  "within 256": (dtype, count) => logits(dtype, count, count, 256),
  "up to 1e30": (dtype, count) => logits(dtype, count, count, 1).map((v) => v * 1e30) as Floats,
  denormal: (dtype, count) =>
    logits(dtype, count, count, 1).map((v) => v * (dtype === "float32" ? 1e-38 : 1e-308)) as Floats,
  "of any size": (dtype, count) => ofAnySize(dtype, count),
  special: (dtype, count) => special(dtype, count),
};

/** 2^-30 to 2^29 times a fraction, of either sign. */
function ofAnySize(dtype: Dtype, count: number): Floats {
  const next = integers(count, 60);
  return logits(dtype, count, count, 1).map((v) => v * 2 ** (next() - 30)) as Floats;
}

/** Every fourth row of seven has NaN or an infinity in it; zeros of both signs are in all. */
function special(dtype: Dtype, count: number): Floats {
  const values = [0, -0, 1, -1, -Infinity, 0.5, NaN, Infinity];
  const next = integers(count, 64);
  return floats(
    dtype,
    Array.from({ length: count }, () => values[Math.min(next(), 7)] as number).map((v, i) => (i % 31 === 30 ? -0 : v)),
  );
}

const SETTINGS: Readonly<Record<string, Options>> = {
  "temperature 0": { temperature: 0 },
  "temperature Infinity": { temperature: Infinity },
  "temperature 0.7": { temperature: 0.7 },
  "temperature 1e-40": { temperature: 1e-40 },
  "temperature -3": { temperature: -3 },
  "beta 1e9": { beta: 1e9 },
  "beta 1e-9": { beta: 1e-9 },
  "beta -Infinity": { beta: -Infinity },
  "base 2": { base: 2 },
  "base 10": { base: 10 },
};

type Bits = Record<string, string>;

export async function bitsOf(entries: Entries): Promise<Bits | null> {
  const exact = await deterministic(entries);
  if (exact === null) return null;
  const library = subject("deterministic", exact);
  const bits: Bits = {};
  for (const dtype of DTYPES) {
    addRows(bits, library, dtype);
    addSettings(bits, library, dtype);
    addDerivatives(bits, library, dtype);
    addLosses(bits, library, dtype);
    addChoice(bits, library, dtype);
  }
  return bits;
}

const digest = (...results: readonly Floats[]): string =>
  results.reduce((all, x) => all.floats(x), new Digest()).toString();

/** Three rows of each length, along the last axis and the first. */
function addRows(bits: Bits, library: Subject, dtype: Dtype): void {
  const rows = 3;
  for (const op of ["softmax", "logSoftmax", "logSumExp", "hardmax", "entropy"] as const) {
    for (const length of LENGTHS) {
      const x =
        op === "entropy" ? shares(dtype, rows * length, length, length) : logits(dtype, rows * length, length, 16);
      bits[`${op} ${dtype} ${rows}x${length}`] = digest(library[op](x, { shape: [rows, length] }));
      bits[`${op} ${dtype} ${length}x${rows} axis 0`] = digest(library[op](x, { shape: [length, rows], axis: 0 }));
    }
  }
  bits[`softmax ${dtype} 37x131`] = digest(library.softmax(logits(dtype, 37 * 131, 1, 16), { shape: [37, 131] }));
  bits[`softmax ${dtype} [5, 40, 9] axis 1`] = digest(
    library.softmax(logits(dtype, 1800, 1, 16), { shape: [5, 40, 9], axis: 1 }),
  );
  for (const [length, count] of [
    [10, 1000],
    [3, 4099],
  ] as const) {
    bits[`softmax ${dtype} ${count}x${length}`] = digest(
      library.softmax(logits(dtype, count * length, 1, 16), { shape: [count, length] }),
    );
  }
}

/** Kinds of logits, masks and scales, on a few shapes. */
function addSettings(bits: Bits, library: Subject, dtype: Dtype): void {
  for (const length of [2, 7, 16, 33, 131, 1025]) {
    const rows = 7;
    const shape = [rows, length];
    for (const [kind, make] of Object.entries(LOGITS)) {
      const x = make(dtype, rows * length);
      for (const op of ["softmax", "logSoftmax", "logSumExp"] as const) {
        bits[`${op} ${dtype} ${rows}x${length} ${kind}`] = digest(
          library[op](x, { shape }),
          library[op](x, { shape: [length, rows], axis: 0 }),
        );
        const next = integers(length, 3);
        const where = Uint8Array.from(x, () => Math.min(next(), 1));
        bits[`${op} ${dtype} ${rows}x${length} ${kind} masked`] = digest(library[op](x, { shape, where }));
      }
      bits[`sigmoid ${dtype} ${rows * length} ${kind}`] = digest(
        library.sigmoid(x),
        library.sigmoid(x, { beta: -0.3 }),
      );
    }
    const x = logits(dtype, rows * length, length, 8);
    for (const [name, scale] of Object.entries(SETTINGS)) {
      for (const op of ["softmax", "logSoftmax", "logSumExp"] as const) {
        if (op === "logSumExp" && scale["temperature"] === Infinity) continue;
        bits[`${op} ${dtype} ${rows}x${length} ${name}`] = digest(library[op](x, { shape, ...scale }));
      }
      bits[`sigmoid ${dtype} ${rows * length} ${name}`] = digest(library.sigmoid(x, scale));
    }
    const partials = library.softmaxPartials(x, { shape });
    const normalized = [false, true].map((log) => library.normalizeWith(x, partials, { shape, log }));
    bits[`partials ${dtype} ${rows}x${length}`] = digest(partials.max, partials.sum, ...normalized);
    const weights = logits(dtype, rows * length, 3, 2);
    const { value, sign } = library.logSumExpSigned(x, { shape, weights });
    bits[`logSumExpSigned ${dtype} ${rows}x${length}`] = digest(value as Floats, sign as Floats);
  }
}

function addDerivatives(bits: Bits, library: Subject, dtype: Dtype): void {
  const rows = 3;
  for (const length of [1, 2, 3, 4, 5, 8, 13, 17, 33, 64, 65, 257, 1025, 4097]) {
    const shape = [rows, length];
    const x = logits(dtype, rows * length, length);
    const dy = logits(dtype, rows * length, length + 1);
    const y = library.softmax(x, { shape });
    const scale = { shape, beta: 0.75 };
    bits[`softmaxVjp ${dtype} ${rows}x${length}`] = digest(library.softmaxVjp(y, dy, scale));
    bits[`softmaxJvp ${dtype} ${rows}x${length}`] = digest(library.softmaxJvp(y, dy, scale));
    bits[`logSoftmaxVjp ${dtype} ${rows}x${length}`] = digest(
      library.logSoftmaxVjp(library.logSoftmax(x, { shape }), dy, scale),
    );
    const down = { shape: [length, rows], axis: 0 };
    bits[`products ${dtype} ${length}x${rows} axis 0`] = digest(
      library.softmaxVjp(y, dy, down),
      library.logSoftmaxVjp(x, dy, down),
    );
    if (length > 65) continue;
    bits[`softmaxJacobian ${dtype} ${rows}x${length}`] = digest(
      library.softmaxJacobian(x, scale),
      library.softmaxJacobian(x, down),
    );
    bits[`softmaxHessianComponent ${dtype} ${rows}x${length}`] = digest(
      library.softmaxHessianComponent(x, length >> 1, scale),
    );
    if (length > 17) continue;
    bits[`softmaxHessian ${dtype} ${rows}x${length}`] = digest(library.softmaxHessian(x, scale));
  }
}

function addLosses(bits: Bits, library: Subject, dtype: Dtype): void {
  const rows = 5;
  for (const length of [1, 2, 3, 4, 7, 10, 16, 17, 33, 64, 129, 257, 1000, 1025, 4097]) {
    const shape = [rows, length];
    const x = logits(dtype, rows * length, length, 16);
    const next = integers(length, length);
    const labels = Int32Array.from({ length: rows }, (_, r) => (r === 2 ? -100 : next()));
    const soft = shares(dtype, rows * length, length, length);
    const down = { shape: [length, rows], axis: 0 };
    for (const [kind, targets, options] of [
      ["classes", labels, { shape }],
      ["classes smoothed", labels, { shape, labelSmoothing: 0.125, temperature: 0.7 }],
      ["classes axis 0", labels, down],
      ["probabilities", soft, { shape }],
      ["probabilities axis 0", soft, down],
    ] as const) {
      const name = `${dtype} ${rows}x${length} ${kind}`;
      const each = library.crossEntropyWithGrad(x, targets, { ...options, reduction: "none" });
      bits[`crossEntropyWithGrad ${name}`] = digest(each.loss as Floats, each.grad as Floats);
      const mean = library.crossEntropyWithGrad(x, targets, options);
      bits[`crossEntropyWithGrad ${name} mean`] = digest(Float64Array.of(mean.loss), mean.grad as Floats);
      bits[`crossEntropy ${name}`] = digest(
        Float64Array.of(library.crossEntropy(x, targets, { ...options, reduction: "sum" })),
      );
    }
    const actions = labels.map((label) => Math.max(label, 0));
    bits[`logProb ${dtype} ${rows}x${length}`] = digest(library.logProb(x, actions, { shape }));
    const p = shares(dtype, rows * length, length, 1);
    bits[`klDivergence ${dtype} ${rows}x${length}`] = digest(
      library.klDivergence(p, soft, { shape }),
      library.klDivergence(p, soft, down),
    );
  }
}

function addChoice(bits: Bits, library: Subject, dtype: Dtype): void {
  for (const length of [1, 2, 5, 17, 64, 257, 1025, 4097]) {
    const rows = 3;
    for (const kind of ["within 8", "special", "denormal"]) {
      const x = LOGITS[kind]!(dtype, rows * length);
      const { values, indices } = library.topK(x, (length + 1) >> 1, { shape: [rows, length] });
      const best = library.argmax(x, { shape: [rows, length] });
      bits[`choice ${dtype} ${rows}x${length} ${kind}`] = new Digest()
        .floats(values as Floats)
        .integers(indices)
        .integers(best)
        .toString();
    }
  }
}

/** Filters in each combination that takes another way, and draws under them; by one module on every engine. */
const FILTERS: readonly Options[] = [
  {},
  { temperature: 0.7 },
  { temperature: 0 },
  { temperature: Infinity },
  { beta: -0.5 },
  { topK: 5 },
  { topP: 0.9 },
  { minP: 0.05 },
  { temperature: 0.9, topK: 40, topP: 0.97, minP: 1e-6 },
  { logitBias: { 0: 3, 1: -Infinity } },
  { history: [0, 1, 1], repetitionPenalty: 1.2, frequencyPenalty: 0.3, presencePenalty: 0.1 },
];

/** Classes drawn by seeds, with their log-probabilities and the distributions that they are drawn from. */
export function drawsOf({ sampling }: Entries): string {
  const all = new Digest();
  for (const dtype of DTYPES) {
    for (const columns of [2, 3, 10, 47, 48, 64, 255, 257, 1000, 1025, 4097, 32000]) {
      const rows = columns > 5000 ? 1 : 5;
      const x = logits(dtype, rows * columns, columns, 8) as Float32Array;
      for (const filters of FILTERS) {
        const { history, ...rest } = filters;
        const options: Options = {
          ...rest,
          shape: [rows, columns],
          ...(history === undefined ? {} : { history: Array(rows).fill(history) }),
        };
        all.floats(sampling.logitsToProbs(x, options));
        const drawn = sampling.sampleWithLogProbs(x, { ...options, seed: 11, step: 3, numSamples: 8 });
        all.integers(drawn.samples).floats(drawn.logProbs).floats(drawn.rawLogProbs);
      }
      all.integers(
        sampling.sample(x, { shape: [rows, columns], replacement: false, numSamples: 2, seed: 2n ** 60n + 1n }),
      );
    }
    all.integers(decoded(sampling, dtype));
  }
  return all.toString();
}

/** A token from each row, in the order of a decoding loop. */
function decoded({ Sampler }: Entries["sampling"], dtype: Dtype): number[] {
  const [steps, classes] = [40, 131];
  const x = logits(dtype, steps * classes, 1, 8) as Float32Array;
  const sampler = new Sampler(classes, { temperature: 0.9, topK: 60, topP: 0.99, repetitionPenalty: 1.2, seed: 11 });
  const tokens = Array.from({ length: steps }, (_, step) => {
    const token = sampler.next(x.subarray(step * classes, (step + 1) * classes));
    sampler.accept(token);
    return token;
  });
  sampler.free();
  return tokens;
}
