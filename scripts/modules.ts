// What each target of asconfig.json is compiled from.

export const MODULES = {
  simd: "assembly/index.ts",
  "relaxed-simd": "assembly/index.ts",
  "learn.simd": "assembly/learn.ts",
  "learn.relaxed-simd": "assembly/learn.ts",
  // No relaxed twin: a seed gives the same draws everywhere.
  "sampling.simd": "assembly/sampling.ts",
} as const;

export type ModuleName = keyof typeof MODULES;
