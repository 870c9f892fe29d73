// The types that the entries with ops export.

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
  Softmax,
  SoftmaxFunction,
  SoftmaxOptions,
  TensorLike,
  TensorResult,
  Verification,
  VerifiedOp,
  VerifyOptions,
} from "./types.js";
