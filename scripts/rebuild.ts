// Builds the package again, elsewhere.

import { cpSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runToEnd } from "../test/support/processes.js";

/** All that a build reads, but for the packages. */
const SOURCES = ["assembly", "src", "scripts", "asconfig.json", "package.json", "tsconfig.json", "tsdown.config.ts"];
const GENERATED = "src/generated";
const LIMIT_MILLISECONDS = 300_000;

const root = fileURLToPath(new URL("..", import.meta.url));
const tsx = createRequire(import.meta.url).resolve("tsx/cli");

/** Builds in a directory that does not exist yet, with a Node's binary: build/ and dist/ are in it afterwards. */
export async function rebuild(node: string, directory: string): Promise<void> {
  for (const path of SOURCES) {
    const filter = (source: string): boolean => source !== join(root, GENERATED);
    cpSync(join(root, path), join(directory, path), { recursive: true, filter });
  }
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"), "junction");
  for (const script of ["build-wasm", "bundle"]) {
    await runToEnd({ command: node, args: [tsx, `scripts/${script}.ts`], cwd: directory }, LIMIT_MILLISECONDS);
  }
}
