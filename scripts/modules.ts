// What each target of asconfig.json is compiled from.

/** Those that the package has as files. */
export const PUBLISHED = {
  simd: "assembly/index.ts",
  "relaxed-simd": "assembly/index.ts",
  "learn.simd": "assembly/learn.ts",
  "learn.relaxed-simd": "assembly/learn.ts",
  // No relaxed twin: a seed gives the same draws everywhere.
  "sampling.simd": "assembly/sampling.ts",
} as const;

export const MODULES = {
  ...PUBLISHED,
  "parallel.simd": "assembly/parallel.ts",
  "parallel.relaxed-simd": "assembly/parallel.ts",
} as const;

export type PublishedName = keyof typeof PUBLISHED;
export type ModuleName = keyof typeof MODULES;
