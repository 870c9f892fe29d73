// The ABI of softmax-simd/parallel's own modules, whose memory is imported and shared: the main entry's, and a long row's.
export * from "./index";
export {
  longMaximumF32,
  longMaximumF64,
  longExponentialsF32,
  longExponentialsF64,
  longFactorF32,
  longFactorF64,
  longScaleF32,
  longScaleF64,
} from "./long";
