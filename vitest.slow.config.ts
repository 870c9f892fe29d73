import { defineConfig } from "vitest/config";
import { relaxedFlags } from "./vitest.config.js";

export default defineConfig({
  test: {
    pool: "forks",
    include: ["test/slow/*.test.ts"],
    testTimeout: 1_200_000,
    execArgv: [...relaxedFlags],
  },
});
