import { checkComponent, checkDerivative, type Derivative } from "../check/derivative.js";
import { HESSIAN, JACOBIAN } from "../check/signatures.js";
import { deliver, type Request } from "../check.js";
import { kernelFor } from "../chunks.js";
import { type Expansion, expandRows } from "../expand.js";
import type { Whole } from "../plan.js";
import type { Store } from "../store.js";
import type { Elements } from "../types.js";
import { absent, ROWS_SOFTMAX } from "./softmax.js";

/** β (diag(s) - s sᵀ) for every row. */
export function softmaxJacobian(x: unknown, options: unknown, store: Store): Whole {
  const call = checkDerivative(JACOBIAN, x, options, store);
  const { request } = call;
  const { length } = request.extent;
  const op = expansion(call, "jacobian", length, 0, length);
  return { whole: (memory) => deliver(request, jacobianInPlace(call) ?? expandRows(memory, request, op)) };
}

/** The second derivatives of all components for every row. */
export function softmaxHessian(x: unknown, options: unknown, store: Store): Whole {
  const call = checkDerivative(HESSIAN, x, options, store);
  const each = call.request.extent.length ** 2;
  return expanded(call.request, expansion(call, "hessian", each, 0, each));
}

/** Those of one component. */
export function softmaxHessianComponent(x: unknown, component: unknown, options: unknown, store: Store): Whole {
  const call = checkDerivative(JACOBIAN, x, options, store);
  const { request } = call;
  const { length } = request.extent;
  const first = checkComponent(component, request) * length;
  return expanded(request, expansion(call, "hessian", length ** 2, first, first + length));
}

function expanded(request: Request, op: Expansion): Whole {
  return { whole: (memory) => deliver(request, expandRows(memory, request, op)) };
}

function expansion(
  { from }: Derivative,
  op: "jacobian" | "hessian",
  each: number,
  first: number,
  end: number,
): Expansion {
  return {
    each,
    first,
    end,
    ...(from === "logits" ? FROM_LOGITS : FROM_PROBABILITIES),
    run({ memory, request, double, x: s, y, first, outer, length }) {
      kernelFor(memory, op, double)(s, y, length, first, outer, request.beta);
    },
  };
}

const FROM_LOGITS: Pick<Expansion, "fills" | "before"> = {
  fills: absent,
  before: ROWS_SOFTMAX.run,
};

const FROM_PROBABILITIES: Pick<Expansion, "fills"> = { fills: () => [0] };

/** Between arrays that stay, without a copy; undefined where they stand elsewhere, or rows are not contiguous. */
function jacobianInPlace({ request, from }: Derivative): Elements | undefined {
  const { place, dtype, extent, beta } = request;
  const { outer, length, inner } = extent;
  const x = place?.x;
  if (place?.y === undefined || x === undefined || inner !== 1 || length === 0) return undefined;
  const { memory, y } = place;
  const double = dtype === "float64";
  const softmax = kernelFor(memory, "softmax", double);
  const run = kernelFor(memory, "jacobian", double);
  const rowBytes = length * (double ? 8 : 4);
  for (let r = 0; r < outer; r++) {
    const at = y + r * length * rowBytes;
    // The softmax stands in the matrix' last row until that is made of it.
    const s = from === "logits" ? at + (length - 1) * rowBytes : x + r * rowBytes;
    if (from === "logits") softmax(x + r * rowBytes, s, 1, length, 1, beta, memory.scratch);
    run(s, at, length, 0, length, beta);
  }
  return request.target;
}
