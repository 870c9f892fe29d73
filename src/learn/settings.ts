// Options of training, checked.

import { describe } from "../check/arrays.js";
import { checkBoolean, checkOptions } from "../check/options.js";
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
    C: checkNumber(C ?? 1, "C", "more than 0", (value) => value > 0),
    tol: checkNumber(tol ?? 1e-4, "tol", "0 or more", (value) => value >= 0),
    maxIter: checkNumber(maxIter ?? 100, "maxIter", "an integer of 0 or more", isCount),
    fitIntercept: checkBoolean(fitIntercept, "fitIntercept", true),
    seed: seed === undefined ? undefined : checkNumber(seed, "seed", "an integer", Number.isSafeInteger),
    onIteration,
  };
}

/** A number that `is` as expected; NaN never is. */
export function checkNumber(value: unknown, name: string, expected: string, is: (value: number) => boolean): number {
  if (typeof value !== "number") throw new TypeError(`${name}: expected a number, got ${describe(value)}`);
  if (is(value)) return value;
  throw new RangeError(`${name}: expected ${expected}, got ${value}`);
}

export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
