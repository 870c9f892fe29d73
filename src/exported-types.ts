// The types that the entries with ops export.

export type * from "./op-types.js";
export type {
  AllocateFunction,
  Backend,
  BackendName,
  CreateOptions,
  Dtype,
  FloatArray,
  IntegerArray,
  Mask,
  MaskValues,
  NestedMask,
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
