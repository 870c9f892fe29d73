import { mkdirSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Writes a file, and its folder where there is none; returns its path from the working directory. */
export function writeResult(file: URL, text: string): string {
  mkdirSync(new URL(".", file), { recursive: true });
  writeFileSync(file, text);
  return relative(process.cwd(), fileURLToPath(file));
}
