import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** The one file that every engine runs. */
export const WORKER: string = bundled("worker.js");

/** The path of what stands beside it. */
export function bundled(file: string): string {
  return fileURLToPath(new URL(`../build/bench/${file}`, import.meta.url));
}

/** Bundles the worker with the built package in it. */
export async function bundleWorker(): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL("./worker.ts", import.meta.url))],
    outfile: WORKER,
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2022",
    external: ["node:*"],
    logLevel: "error",
  });
}
