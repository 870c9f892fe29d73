import { SIGMOID } from "../check/signatures.js";
import { checkCall, deliver } from "../check.js";
import type { Memory } from "../memory.js";
import type { Store } from "../store.js";
import { type ChunkKernel, stream } from "../window.js";

/** 1 / (1 + exp(-β x)) for each element, by the kernels. */
export function sigmoid(memory: Memory, x: unknown, options: unknown, store: Store): unknown {
  const request = checkCall(SIGMOID, [x], options, store);
  const { outer, length } = request.extent;
  const extent = { ...request.extent, outer: outer * length, length: 1 };
  return deliver(request, stream(memory, { ...request, extent }, sigmoidChunk));
}

const sigmoidChunk: ChunkKernel = ({ kernels, scratch }, { dtype, beta }, x, y, _mask, outer) => {
  (dtype === "float64" ? kernels.sigmoidF64 : kernels.sigmoidF32)(x, y, outer, beta, scratch);
};
