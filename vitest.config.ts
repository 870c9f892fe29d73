import { defineConfig } from "vitest/config";

// Node 20 has relaxed SIMD behind a flag; later versions have it on, and refuse the flag.
export const relaxedFlags: readonly string[] =
  Number(process.versions.node.split(".")[0]) < 22 ? ["--experimental-wasm-relaxed-simd"] : [];

export default defineConfig({
  test: {
    pool: "forks",
    testTimeout: 30_000,
    projects: [
      { extends: true, test: { name: "simd", include: ["test/*.test.ts"] } },
      {
        extends: true,
        test: { name: "relaxed-simd", include: ["test/*.test.ts"], execArgv: [...relaxedFlags] },
      },
      { extends: true, test: { name: "project", include: ["test/project/*.test.ts"], testTimeout: 120_000 } },
    ],
  },
});
