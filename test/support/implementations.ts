import { createSoftmax } from "../../src/index.js";
import * as reference from "../../src/reference.js";
import type { FloatArray, SoftmaxFunction, SoftmaxOptions } from "../../src/types.js";

/** softmax over either dtype, for tests that run over both. */
export type Run = (x: FloatArray, options?: SoftmaxOptions<FloatArray>) => FloatArray;

/** Something that claims to be softmax. */
export interface Implementation {
  readonly name: string;
  readonly softmax: SoftmaxFunction;
}

const best = createSoftmax({ fallback: false });
const baseline = createSoftmax({ deterministic: true });

/** The best module that this engine takes, and the baseline module. */
export const KERNELS: readonly Implementation[] = [
  { name: `kernels (${best.backend().backend})`, softmax: best.softmax },
  { name: "kernels (deterministic)", softmax: baseline.softmax },
];

/** Everything that a suite has to hold for. */
export const IMPLEMENTATIONS: readonly Implementation[] = [
  ...KERNELS,
  { name: "reference", softmax: reference.softmax },
];
