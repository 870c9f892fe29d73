export { allocate, backend, ready, softmax, verify } from "./default.js";
export { createSoftmax } from "./surface.js";
export type {
  AllocateFunction,
  Backend,
  BackendName,
  CreateOptions,
  Dtype,
  Mask,
  NestedNumbers,
  NestedResult,
  ResidentArray,
  ResidentDtype,
  ResidentSoftmaxFunction,
  Softmax,
  SoftmaxFunction,
  SoftmaxOptions,
  TensorLike,
  TensorResult,
  Verification,
  VerifiedOp,
  VerifyOptions,
} from "./types.js";
