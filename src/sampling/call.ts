// A call of sample, sampleWithLogProbs or logitsToProbs, checked.

import { checkBoolean, checkOptions } from "../check/options.js";
import type { Signature } from "../check/signatures.js";
import { checkCall, type Request } from "../check.js";
import { type EditRow, editsOf } from "./edits.js";
import {
  checkCount,
  FILTERS,
  type Filters,
  type Given,
  readWanted,
  resolveBias,
  resolveHistory,
  STREAM,
} from "./options.js";
import { callRng, checkStill, checkStream, type Seeded } from "./stream.js";

/** What rows are made of. */
export type Source = Pick<Request, "dtype" | "data" | "mask" | "extent" | "beta">;

/** Logits, and the distribution that is made of them. */
export interface Call<R extends Source = Source> {
  readonly request: R;
  readonly filters: Filters;
  readonly edit: EditRow | undefined;
}

/** How often each row is drawn from, and with which uniform numbers. */
export interface Draws {
  readonly count: number;
  readonly replacement: boolean;
  /** Numbers of the caller's, those of a row together; or where they come from. */
  readonly uniforms: Float64Array | Seeded;
}

const PROBABILITIES: Signature = { names: ["logits"], options: ["shape", "axis", "out", ...FILTERS], form: "same" };
const SAMPLE: Signature = {
  names: ["logits"],
  options: ["shape", "axis", ...FILTERS, "numSamples", "replacement", ...STREAM],
  form: "same",
};

export function checkProbabilities(logits: unknown, options: unknown): Call<Request> {
  return checkFiltered(PROBABILITIES, logits, checkOptions(options, PROBABILITIES.options) as Given);
}

/** `rng` is called here, before any memory is taken. */
export function checkSample(logits: unknown, options: unknown): { call: Call<Request>; draws: Draws } {
  const given = checkOptions(options, SAMPLE.options) as Given;
  const { numSamples, replacement, seed, step, rng } = given;
  const count = numSamples === undefined ? 1 : checkCount(numSamples, "numSamples", 0);
  const replaced = checkBoolean(replacement, "replacement", true);
  const stream = checkStream(seed, step, rng);
  const call = checkFiltered(SAMPLE, logits, given);
  const { outer, length, inner } = call.request.extent;
  const rows = outer * inner;
  if (rows * count > 0 && length === 0) throw new RangeError("logits: expected classes to draw from, got rows of none");
  if (!replaced && rows > 0 && count > length) {
    throw new RangeError(
      `numSamples: expected at most the ${length} classes of row 0 without replacement, got ${count}`,
    );
  }
  const uniforms = typeof stream === "function" ? callRng(stream, rows * count) : stream;
  if (typeof stream === "function") checkStill(call.request.data, rows * length);
  return { call, draws: { count, replacement: replaced, uniforms } };
}

function checkFiltered(op: Signature, logits: unknown, given: Given): Call<Request> {
  const { filters, penalties, bias, history } = readWanted(given);
  if (penalties !== undefined && history === undefined) {
    throw new TypeError("history: expected the classes drawn before, which the penalties are for, got undefined");
  }
  const beside = bias === undefined || "entries" in bias ? [] : [bias];
  const request = checkCall(op, logits, undefined, given, undefined, beside);
  const { arranged, extent } = request;
  const { outer, length, inner } = extent;
  const rows = history === undefined ? [] : resolveHistory(history, outer * inner, length);
  const additions = bias && resolveBias(bias, arranged, extent);
  return { request, filters, edit: editsOf(additions, penalties, rows, extent, request.beta) };
}
