import { vi } from "vitest";
import { engine } from "../../src/sampling/engine.js";
import * as sampling from "../../src/sampling.js";
import type { FloatArray } from "../../src/types.js";
import type { RowOptions } from "./filters.js";

/** Options of calls over typed arrays. */
export interface CallOptions extends RowOptions {
  readonly shape?: readonly number[];
  readonly axis?: number;
  readonly numSamples?: number;
  readonly replacement?: boolean;
  readonly seed?: number | bigint;
  readonly step?: number;
  readonly rng?: () => number;
}

/** softmax-simd/sampling over typed arrays of either dtype. */
export interface Sampling {
  readonly name: "kernels" | "fallback";
  readonly sample: (logits: FloatArray, options?: CallOptions) => Int32Array;
  readonly sampleWithLogProbs: (
    logits: FloatArray,
    options?: CallOptions,
  ) => { samples: Int32Array; logProbs: FloatArray; rawLogProbs: FloatArray };
  readonly logitsToProbs: (logits: FloatArray, options?: CallOptions) => FloatArray;
}

// The functions of one copy of the modules serve both: copies of one's own may, by the order of imports, be mistaken for
// each other.
const kernels: Sampling = { ...(sampling as unknown as Sampling), name: "kernels" };

if (engine.memory() === undefined) throw new Error(`no kernel can serve: ${engine.backend().reason}`);

/** The same function where no kernel can serve. */
function withoutKernels<A extends unknown[], R>(call: (...args: A) => R): (...args: A) => R {
  return (...args) => {
    const memory = vi.spyOn(engine, "memory").mockReturnValue(undefined);
    try {
      return call(...args);
    } finally {
      memory.mockRestore();
    }
  };
}

/** Over the kernels, and over JavaScript alone. */
export const SAMPLING: readonly [Sampling, Sampling] = [
  kernels,
  {
    name: "fallback",
    sample: withoutKernels(kernels.sample),
    sampleWithLogProbs: withoutKernels(kernels.sampleWithLogProbs),
    logitsToProbs: withoutKernels(kernels.logitsToProbs),
  },
];

export const SEEDS: readonly number[] = Array.from({ length: 20 }, (_, i) => i + 1);

/** How far masses that decide what topP and minP keep may be off. */
export const MASS_TOLERANCE = { float32: 1e-6, float64: 1e-12 } as const;
