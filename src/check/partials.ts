// The arguments of sharded rows: partials, which may have come over a network.

import { checkCall, type Request } from "../check.js";
import type { Store } from "../store.js";
import { checkLength, describe, toNumbers } from "./arrays.js";
import { checkInput, type Input } from "./input.js";
import { checkBoolean, checkNumber, checkOptions } from "./options.js";
import { NORMALIZE } from "./signatures.js";

/** Partials as they were given, once they are checked. */
export interface Given {
  readonly max: Input;
  readonly sum: Input;
  readonly beta: number;
}

/** A checked call of {@link normalizeWith}. */
export interface Normalization {
  /** Its beta is that of the partials. */
  readonly request: Request;
  readonly max: Float64Array;
  readonly sum: Float64Array;
  readonly log: boolean;
}

/** Reads partials, called `name`. Callbacks of the caller's may run. */
export function checkPartials(partials: unknown, name: string): Given {
  if (typeof partials !== "object" || partials === null) {
    throw new TypeError(`${name}: expected an object with max, sum and beta, got ${describe(partials)}`);
  }
  const { max, sum, beta } = partials as Readonly<Record<keyof Given, unknown>>;
  return {
    max: checkInput(max, `${name}.max`),
    sum: checkInput(sum, `${name}.sum`),
    beta: checkNumber(beta, `${name}.beta`),
  };
}

/** The numbers, in fresh memory: as many as there are rows. */
export function numbersOf({ data, name }: Input, rows: number): Float64Array {
  const length = checkLength(data, name);
  if (length === rows) return toNumbers(data);
  throw new RangeError(`${name}: expected ${rows} numbers, one a row, got ${length}`);
}

export function checkNormalize(
  x: unknown,
  partials: unknown,
  options: unknown,
  store: Store | undefined,
): Normalization {
  const log = checkBoolean((checkOptions(options, NORMALIZE.options) as { log?: unknown }).log, "log", false);
  const { max, sum, beta } = checkPartials(partials, "partials");
  const request = checkCall(NORMALIZE, x, undefined, options, store, [max, sum]);
  const rows = request.extent.outer * request.extent.inner;
  return { request: { ...request, beta }, max: numbersOf(max, rows), sum: numbersOf(sum, rows), log };
}
