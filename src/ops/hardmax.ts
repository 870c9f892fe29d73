import { HARDMAX } from "../check/signatures.js";
import { checkCall, deliver } from "../check.js";
import type { Memory } from "../memory.js";
import type { Store } from "../store.js";
import { stream } from "../window.js";
import { ROWS_SOFTMAX } from "./softmax.js";

/** softmax(x / 0) along an axis, by its kernels. */
export function hardmax(memory: Memory, x: unknown, options: unknown, store: Store): unknown {
  const request = { ...checkCall(HARDMAX, x, undefined, options, store), beta: Infinity };
  return deliver(request, stream(memory, request, ROWS_SOFTMAX));
}
