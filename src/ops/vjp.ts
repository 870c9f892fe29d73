import { type Signature, SOFTMAX_JVP, SOFTMAX_VJP } from "../check/signatures.js";
import { checkCall, deliver } from "../check.js";
import { kernelFor, type RowsOp } from "../chunks.js";
import type { Plan } from "../plan.js";
import type { Store } from "../store.js";

type Product = (y: unknown, dy: unknown, options: unknown, store: Store) => Plan;

/** β y (dy - <y, dy>) along an axis. */
export const softmaxVjp: Product = /* @__PURE__ */ product(SOFTMAX_VJP, "softmaxVjp", 0);

/** The same: the Jacobian is symmetric. */
export const softmaxJvp: Product = /* @__PURE__ */ product(SOFTMAX_JVP, "softmaxVjp", 0);

/** β (dy - exp(y) Σ dy) along an axis. */
export const logSoftmaxVjp: Product = /* @__PURE__ */ product(SOFTMAX_VJP, "logSoftmaxVjp", -Infinity);

/** `nothing`: what y is where there is no probability. */
function product(signature: Signature, name: "softmaxVjp" | "logSoftmaxVjp", nothing: number): Product {
  const op: RowsOp = {
    fills: () => [nothing, 0],
    masked: 0,
    numbers: 0,
    run({ memory, request, double, x: y, other: dy, y: dx, outer, length }) {
      kernelFor(memory, name, double)(y, dy, dx, outer, length, request.beta, memory.scratch);
    },
  };
  return (y, dy, options, store) => ({ request: checkCall(signature, y, dy, options, store), op, deliver });
}
