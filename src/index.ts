export { backend, ready, softmax, verify } from "./default.js";
export { createSoftmax } from "./surface.js";
export type {
  Backend,
  BackendName,
  CreateOptions,
  Dtype,
  Mask,
  NestedNumbers,
  NestedResult,
  Softmax,
  SoftmaxFunction,
  SoftmaxOptions,
  TensorLike,
  TensorResult,
  Verification,
  VerifiedOp,
  VerifyOptions,
} from "./types.js";
