// What every runtime runs, on the packed bundles, and reports. Self-contained: it is sent there as one file.

type Library = typeof import("softmax-simd");

/** The package's entries, as the runtime has imported them. */
export interface Entries {
  readonly library: Library;
  readonly learn: typeof import("softmax-simd/learn");
  readonly sampling: typeof import("softmax-simd/sampling");
  readonly reference: typeof import("softmax-simd/reference");
}

/** What a runtime found, as JSON can carry it. */
export interface Report {
  readonly backend: string;
  readonly reason: string;
  readonly verified: boolean;
  /** The largest distance from the reference of any probability. */
  readonly largestDifference: number;
  /** What serves the deterministic instance, and its results' bits; null where there is none. */
  readonly deterministic: { readonly backend: string; readonly bits: readonly number[] } | null;
  /** Classes drawn by a seed: by `sample`, then by a `Sampler`. */
  readonly draws: readonly number[];
  /** The bits of the distribution that they were drawn from: the kernels' are not JavaScript's. */
  readonly distribution: readonly number[];
  /** Of a model trained here: coefficients, and the share of its samples that it classifies right. */
  readonly trained: { readonly coef: readonly number[]; readonly score: number };
}

const SHAPE = [37, 131];
const FILTERS = { temperature: 0.9, topK: 60, topP: 0.99, minP: 1e-6, logitBias: { 7: 3 }, seed: 11 };

export function check({ library, learn, sampling, reference }: Entries): Report {
  const logits = Float32Array.from({ length: 37 * 131 }, seeded());
  const options = { shape: SHAPE, temperature: 0.7 };
  const expected = reference.softmax(logits, options);
  const got = library.softmax(logits, options);
  return {
    ...library.backend(),
    verified: library.verify().ok,
    largestDifference: got.reduce((most, p, i) => Math.max(most, Math.abs(p - (expected[i] as number))), 0),
    deterministic: deterministic(library, logits),
    draws: [...draw(sampling, logits), ...decode(sampling, logits)],
    distribution: bitsOf(distribution(sampling, logits)),
    trained: train(learn),
  };
}

function deterministic(library: Library, logits: Float32Array): Report["deterministic"] {
  try {
    const exact = library.createSoftmax({ deterministic: true });
    const rows = exact.softmax(logits, { shape: SHAPE });
    const columns = exact.softmax(Float64Array.from(logits), { shape: SHAPE, axis: 0 });
    return { backend: exact.backend().backend, bits: [rows, columns].flatMap(bitsOf) };
  } catch (error) {
    if ((error as Error).message.startsWith("no kernel can serve")) return null;
    throw error;
  }
}

function draw({ sample }: Entries["sampling"], logits: Float32Array): Int32Array {
  return sample(logits, { ...FILTERS, shape: SHAPE, numSamples: 20, step: 3 });
}

/** A token from each row, in the order of a decoding loop. */
function decode({ Sampler }: Entries["sampling"], logits: Float32Array): number[] {
  const [rows = 0, classes = 0] = SHAPE;
  const sampler = new Sampler(classes, { ...FILTERS, repetitionPenalty: 1.2 });
  const tokens = Array.from({ length: rows }, (_, row) => {
    const token = sampler.next(logits.subarray(row * classes, (row + 1) * classes));
    sampler.accept(token);
    return token;
  });
  sampler.free();
  return tokens;
}

function distribution({ logitsToProbs }: Entries["sampling"], logits: Float32Array): Float32Array {
  const { seed, ...filters } = FILTERS;
  return logitsToProbs(logits, { ...filters, shape: SHAPE });
}

/** Three clouds of points, which straight lines can tell apart; trained to the one minimum. */
function train({ SoftmaxRegression }: Entries["learn"]): Report["trained"] {
  const number = seeded();
  const labels = Array.from({ length: 60 }, (_, i) => i % 3);
  const points = labels.map((label) => [label + number() / 50, (label % 2) + number() / 50]);
  const model = new SoftmaxRegression({ tol: 1e-9, maxIter: 1000 }).fit(points, labels);
  return { coef: model.coef.flat(), score: model.score(points, labels) };
}

function bitsOf({ buffer }: Float32Array | Float64Array): number[] {
  return Array.from(new Uint32Array(buffer));
}

/** Numbers from -20 to 20, the same ones everywhere. */
function seeded(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (40 * state) / 2 ** 32 - 20;
  };
}
