import { checkCall, deliver, type Request } from "../check.js";
import { checkIndex, checkOptions, checkWord } from "../check/options.js";
import { HESSIAN, JACOBIAN, type Signature } from "../check/signatures.js";
import { type Expansion, expandRows } from "../expand.js";
import type { Memory } from "../memory.js";
import { kernelFor } from "../rows.js";
import type { Store } from "../store.js";
import type { Elements } from "../types.js";
import { absent, softmaxChunk } from "./softmax.js";

/** β (diag(s) - s sᵀ) for every row, by the kernels. */
export function softmaxJacobian(memory: Memory, x: unknown, options: unknown, store: Store): unknown {
  const { request, given } = checkDerivative(JACOBIAN, x, options, store);
  const { length } = request.extent;
  const made = jacobianInPlace(request, given) ?? expandRows(memory, request, expansion("jacobian", given, length, 0, length));
  return deliver(request, made);
}

/** The second derivatives of all components for every row, by the kernels. */
export function softmaxHessian(memory: Memory, x: unknown, options: unknown, store: Store): unknown {
  const { request, given } = checkDerivative(HESSIAN, x, options, store);
  const each = request.extent.length ** 2;
  return deliver(request, expandRows(memory, request, expansion("hessian", given, each, 0, each)));
}

/** Those of one component. */
export function softmaxHessianComponent(
  memory: Memory,
  x: unknown,
  component: unknown,
  options: unknown,
  store: Store,
): unknown {
  const { request, given } = checkDerivative(JACOBIAN, x, options, store);
  const { length } = request.extent;
  const i = checkIndex(component, "component", length);
  return deliver(request, expandRows(memory, request, expansion("hessian", given, length ** 2, i * length, (i + 1) * length)));
}

/** A checked call, and whether x are logits or the probabilities themselves. */
export function checkDerivative(
  op: Signature,
  x: unknown,
  options: unknown,
  store: Store | undefined,
): { readonly request: Request; readonly given: "logits" | "probabilities" } {
  const { from } = checkOptions(options, op.options) as { from?: unknown };
  const given = checkWord(from, "from", ["logits", "probabilities"]);
  return { request: checkCall(op, [x], options, store), given };
}

function expansion(
  op: "jacobian" | "hessian",
  given: "logits" | "probabilities",
  each: number,
  first: number,
  end: number,
): Expansion {
  return {
    each,
    first,
    end,
    ...(given === "logits" ? FROM_LOGITS : FROM_PROBABILITIES),
    run({ memory, request, double, inputs: [s], y, columns, first, count }) {
      kernelFor(memory, op, double)(s as number, y, columns, first, count, request.beta);
    },
  };
}

const FROM_LOGITS: Pick<Expansion, "fills" | "before"> = {
  fills: absent,
  before(memory, request, x, mask, slabs, columns) {
    softmaxChunk(memory, request, x, x, mask, slabs, request.extent.length, columns);
  },
};

const FROM_PROBABILITIES: Pick<Expansion, "fills"> = { fills: () => [0] };

/** Between arrays that stay, without a copy; undefined where they stand elsewhere, or rows are not contiguous. */
function jacobianInPlace(request: Request, given: "logits" | "probabilities"): Elements | undefined {
  const { place, dtype, extent, beta } = request;
  const { outer, length, inner } = extent;
  const x = place?.inputs[0];
  if (place?.y === undefined || x === undefined || inner !== 1) return undefined;
  const { memory, y } = place;
  const double = dtype === "float64";
  const run = kernelFor(memory, "jacobian", double);
  const rowBytes = length * (double ? 8 : 4);
  for (let r = 0; r < outer; r++) {
    const at = y + r * length * rowBytes;
    // The softmax stands in the matrix' last row until that is made of it.
    const s = given === "logits" ? at + (length - 1) * rowBytes : x + r * rowBytes;
    if (given === "logits") softmaxChunk(memory, request, x + r * rowBytes, s, 0, 1, length, 1);
    run(s, at, length, 0, length, beta);
  }
  return request.target;
}
