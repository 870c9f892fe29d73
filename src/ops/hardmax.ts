import { HARDMAX } from "../check/signatures.js";
import { checkCall, deliver } from "../check.js";
import type { Plan } from "../plan.js";
import type { Store } from "../store.js";
import { ROWS_SOFTMAX } from "./softmax.js";

/** softmax(x / 0) along an axis. */
export function hardmax(x: unknown, options: unknown, store: Store): Plan {
  const request = { ...checkCall(HARDMAX, x, undefined, options, store), beta: Infinity };
  return { request, op: ROWS_SOFTMAX, deliver };
}
