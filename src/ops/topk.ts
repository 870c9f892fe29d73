import { selectionBytes } from "../abi.js";
import { allocate } from "../check/arrays.js";
import { type Chosen, checkTopK, deliverChosen, type TopKCall } from "../check/choice.js";
import { kernelFor, type RowsOp } from "../chunks.js";
import { align } from "../memory.js";
import type { Plan } from "../plan.js";
import type { Store } from "../store.js";

/** The k largest along an axis, and their indices. */
export function topK(x: unknown, k: unknown, options: unknown, store: Store): Plan {
  const call = checkTopK(x, k, options, store);
  const { request } = call;
  const { outer, inner } = request.extent;
  const size = outer * inner * call.k;
  const chosen = { values: allocate(request.dtype, size), indices: new Int32Array(size) };
  return { request, op: choosing(call, chosen), deliver: () => deliverChosen(call, chosen) };
}

/** Beside the rows: what the kernel works in, then their values, then their indices. */
function choosing({ request, k, sorted }: TopKCall, { values, indices }: Chosen): RowsOp {
  const { dtype, extent } = request;
  const width = dtype === "float64" ? 8 : 4;
  const work = align(selectionBytes(extent.length));
  return {
    fills: () => [],
    numbers: 0,
    extra: { bytes: work, rowBytes: k * (width + 4) },
    run({ memory, double, x, extra, outer, length }) {
      if (k === 0) return;
      const at = extra + work;
      const size = outer * k;
      kernelFor(memory, "topK", double)(x, at, at + size * width, outer, length, k, sorted ? 1 : 0, extra);
      if (dtype === "float16") memory.kernels.narrowF16(at, at, size);
    },
    take({ memory, extra, first, outer }) {
      const at = extra + work;
      const size = outer * k;
      const view = memory.view(dtype);
      const start = at / view.BYTES_PER_ELEMENT;
      values.set(view.subarray(start, start + size), first * k);
      indices.set(new Int32Array(view.buffer, at + size * width, size), first * k);
    },
  };
}
