import { SOFTMAX } from "../check/signatures.js";
import { checkCall, checkPlain, deliver, type Request } from "../check.js";
import type { Memory } from "../memory.js";
import type { Store } from "../store.js";
import { stream } from "../window.js";

/** softmax(β x) along an axis, by the kernels. */
export function softmax(memory: Memory, x: unknown, options: unknown, store: Store): unknown {
  const request = options === undefined ? checkPlain("x", x, store) : checkCall(SOFTMAX, [x], options, store);
  return deliver(request, stream(memory, request, softmaxChunk));
}

/** What masked logits count as: no mass at all, which is -Infinity after scaling. */
export const absent = (beta: number): readonly number[] => (beta < 0 ? [Infinity] : [-Infinity]);

/** Over (outer, length, inner) logits at x, to y; `mask` is 0 or a pointer, and then they are the same. */
export function softmaxChunk(
  { kernels, scratch }: Memory,
  { dtype, beta }: Request,
  x: number,
  y: number,
  mask: number,
  outer: number,
  length: number,
  inner: number,
): void {
  const count = outer * length * inner;
  const run = dtype === "float64" ? kernels.softmaxF64 : kernels.softmaxF32;
  const select = dtype === "float64" ? kernels.selectF64 : kernels.selectF32;
  if (mask !== 0) select(x, x, mask, count, absent(beta)[0] as number);
  run(x, y, outer, length, inner, beta, scratch);
  // 0 whatever became of the row.
  if (mask !== 0) select(y, y, mask, count, 0);
}
