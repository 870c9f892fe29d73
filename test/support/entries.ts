// The entries that the package has, as package.json says: what is imported by name, but for the .wasm files.

import { readFileSync } from "node:fs";

const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as { exports: object };

export const ENTRIES: readonly string[] = Object.keys(exports)
  .filter((path) => /^\.(\/\w+)?$/.test(path))
  .map((path) => path.replace(".", "softmax-simd"));

/** What these export, together. */
export async function exportsOf(entries: readonly string[]): Promise<object> {
  return Object.assign({}, ...(await Promise.all(entries.map((entry) => import(entry)))));
}
