// What every runtime runs, on the packed bundles, and reports. Self-contained: it is sent there as one file.

type Library = typeof import("softmax-simd");

/** What a runtime found, as JSON can carry it. */
export interface Report {
  readonly backend: string;
  readonly reason: string;
  readonly verified: boolean;
  /** The largest distance from the reference of any probability. */
  readonly largestDifference: number;
  /** What serves the deterministic instance, and its results' bits; null where there is none. */
  readonly deterministic: { readonly backend: string; readonly bits: readonly number[] } | null;
}

const SHAPE = [37, 131];

export function check(library: Library, reference: Library["softmax"]): Report {
  const logits = Float32Array.from({ length: 37 * 131 }, seeded());
  const options = { shape: SHAPE, temperature: 0.7 };
  const expected = reference(logits, options);
  const got = library.softmax(logits, options);
  return {
    ...library.backend(),
    verified: library.verify().ok,
    largestDifference: got.reduce((most, p, i) => Math.max(most, Math.abs(p - (expected[i] as number))), 0),
    deterministic: deterministic(library, logits),
  };
}

function deterministic(library: Library, logits: Float32Array): Report["deterministic"] {
  try {
    const exact = library.createSoftmax({ deterministic: true });
    const rows = exact.softmax(logits, { shape: SHAPE });
    const columns = exact.softmax(Float64Array.from(logits), { shape: SHAPE, axis: 0 });
    const bits = [rows, columns].flatMap(({ buffer }) => Array.from(new Uint32Array(buffer)));
    return { backend: exact.backend().backend, bits };
  } catch (error) {
    if ((error as Error).message.startsWith("no kernel can serve")) return null;
    throw error;
  }
}

/** Numbers from -20 to 20, the same ones everywhere. */
function seeded(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (40 * state) / 2 ** 32 - 20;
  };
}
