export { createSoftmax } from "./create.slim.js";
export type * from "./op-types.js";
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
  SlimOptions,
  Softmax,
  SoftmaxFunction,
  SoftmaxOptions,
  TensorLike,
  TensorResult,
  Verification,
  VerifiedOp,
  VerifyOptions,
} from "./types.js";
