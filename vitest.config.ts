import { defineConfig } from "vitest/config";

// Node 20 has relaxed SIMD behind a flag; later versions have it on, and refuse the flag.
export const relaxedFlags: readonly string[] =
  Number(process.versions.node.split(".")[0]) < 22 ? ["--experimental-wasm-relaxed-simd"] : [];

// Sampling has one module, without relaxed instructions: what takes long to draw and count is drawn and counted once.
const SAMPLING_STATISTICS: readonly string[] = [
  "chi-square",
  "draws",
  "edges",
  "probabilities",
  "seeds",
  "without-replacement",
].map((name) => `test/sampling-${name}.test.ts`);

// What a pool does with its threads does not depend on the module; that results are right, on both, is in the others.
const POOLS: readonly string[] = [
  "abort",
  "beside",
  "close",
  "death",
  "errors",
  "fallback",
  "memory",
  "options",
  "out",
  "process",
  "progress",
  "start",
].map((name) => `test/parallel-${name}.test.ts`);

export default defineConfig({
  test: {
    pool: "forks",
    testTimeout: 30_000,
    projects: [
      { extends: true, test: { name: "simd", include: ["test/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "relaxed-simd",
          include: ["test/*.test.ts"],
          // The conformance suite runs with relaxed SIMD in `npm run test:engines`.
          exclude: [...SAMPLING_STATISTICS, ...POOLS, "test/conformance.test.ts"],
          execArgv: [...relaxedFlags],
        },
      },
      { extends: true, test: { name: "project", include: ["test/project/*.test.ts"], testTimeout: 120_000 } },
    ],
  },
});
