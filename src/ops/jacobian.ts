import { checkComponent, checkDerivative, type Derivative } from "../check/derivative.js";
import { HESSIAN, JACOBIAN } from "../check/signatures.js";
import { deliver } from "../check.js";
import { kernelFor } from "../chunks.js";
import { type Expansion, expandRows } from "../expand.js";
import type { Memory } from "../memory.js";
import type { Store } from "../store.js";
import type { Elements } from "../types.js";
import { absent, ROWS_SOFTMAX } from "./softmax.js";

/** β (diag(s) - s sᵀ) for every row, by the kernels. */
export function softmaxJacobian(memory: Memory, x: unknown, options: unknown, store: Store): unknown {
  const call = checkDerivative(JACOBIAN, x, options, store);
  const { request } = call;
  const { length } = request.extent;
  const made = jacobianInPlace(call) ?? expandRows(memory, request, expansion(call, "jacobian", length, 0, length));
  return deliver(request, made);
}

/** The second derivatives of all components for every row, by the kernels. */
export function softmaxHessian(memory: Memory, x: unknown, options: unknown, store: Store): unknown {
  const call = checkDerivative(HESSIAN, x, options, store);
  const { request } = call;
  const each = request.extent.length ** 2;
  return deliver(request, expandRows(memory, request, expansion(call, "hessian", each, 0, each)));
}

/** Those of one component. */
export function softmaxHessianComponent(
  memory: Memory,
  x: unknown,
  component: unknown,
  options: unknown,
  store: Store,
): unknown {
  const call = checkDerivative(JACOBIAN, x, options, store);
  const { request } = call;
  const { length } = request.extent;
  const first = checkComponent(component, request) * length;
  const each = length ** 2;
  return deliver(request, expandRows(memory, request, expansion(call, "hessian", each, first, first + length)));
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
