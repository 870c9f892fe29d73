import { vi } from "vitest";
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

/** A copy of the modules that no kernel serves. */
async function importFallback(): Promise<typeof sampling> {
  vi.resetModules();
  vi.stubGlobal("WebAssembly", undefined);
  const copy = await import("../../src/sampling.js");
  copy.sample([0], { seed: 1 });
  vi.unstubAllGlobals();
  return copy;
}

/** Over the kernels, and over JavaScript alone. */
export const SAMPLING: readonly Sampling[] = [
  { ...(sampling as unknown as Sampling), name: "kernels" },
  { ...((await importFallback()) as unknown as Sampling), name: "fallback" },
];

export const SEEDS: readonly number[] = Array.from({ length: 20 }, (_, i) => i + 1);

/** How far masses that decide what topP and minP keep may be off. */
export const MASS_TOLERANCE = { float32: 1e-6, float64: 1e-12 } as const;
