// Calls that choose elements of each row, and what they chose.

import { checkCall, deliver, deliverIndices, type Request, reformed } from "../check.js";
import type { Store } from "../store.js";
import type { Elements } from "../types.js";
import { checkBoolean, checkIndex, checkOptions } from "./options.js";
import { formatShape } from "./shape.js";
import { ARGMAX, TOP_K } from "./signatures.js";

export function checkArgmax(x: unknown, options: unknown, store: Store | undefined): Request {
  const request = checkCall(ARGMAX, x, undefined, options, store);
  const { outer, length, inner } = request.extent;
  if (length > 0 || outer * inner === 0) return request;
  throw new RangeError(`x: expected elements in each row, got none in shape ${formatShape(request.arranged)}`);
}

/** A checked call of topK; its request is for k elements a row. */
export interface TopKCall {
  readonly request: Request;
  readonly k: number;
  readonly sorted: boolean;
}

export function checkTopK(x: unknown, k: unknown, options: unknown, store: Store | undefined): TopKCall {
  const given = checkOptions(options, TOP_K.options) as { sorted?: unknown };
  const sorted = checkBoolean(given.sorted, "sorted", true);
  const request = checkCall(TOP_K, x, undefined, options, store);
  const count = checkIndex(k, "k", request.extent.length + 1);
  return { request: reformed(request, "chosen", count), k: count, sorted };
}

/** The k elements of each row. */
export interface Chosen {
  readonly values: Elements;
  readonly indices: Int32Array;
}

export function deliverChosen({ request }: TopKCall, { values, indices }: Chosen): unknown {
  return { values: deliver(request, values), indices: deliverIndices(request, indices) };
}
