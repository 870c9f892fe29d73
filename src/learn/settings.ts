// Options of training, checked.

import { describe } from "../check/arrays.js";
import { checkBoolean, checkOptions, checkThat } from "../check/options.js";
import type { SoftmaxRegressionOptions } from "./types.js";

export type Settings = Required<Omit<SoftmaxRegressionOptions, "seed" | "onIteration">> &
  Pick<SoftmaxRegressionOptions, "seed" | "onIteration">;

const NAMES = ["C", "tol", "maxIter", "fitIntercept", "seed", "onIteration"];

export function checkSettings(options: unknown): Settings {
  const { C, tol, maxIter, fitIntercept, seed, onIteration } = checkOptions(options, NAMES) as SoftmaxRegressionOptions;
  if (onIteration !== undefined && typeof onIteration !== "function") {
    throw new TypeError(`onIteration: expected a function, got ${describe(onIteration)}`);
  }
  return {
    C: checkThat(C ?? 1, "C", "more than 0", (value) => value > 0),
    tol: checkThat(tol ?? 1e-4, "tol", "0 or more", (value) => value >= 0),
    maxIter: checkThat(maxIter ?? 100, "maxIter", "an integer of 0 or more", isCount),
    fitIntercept: checkBoolean(fitIntercept, "fitIntercept", true),
    seed: seed === undefined ? undefined : checkThat(seed, "seed", "an integer", Number.isSafeInteger),
    onIteration,
  };
}

export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
