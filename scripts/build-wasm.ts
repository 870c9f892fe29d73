// Compiles assembly/ to the modules of asconfig.json's targets, and inlines them for the package.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);

for (const target of ["simd", "relaxed-simd"]) {
  const { error, stderr } = await asc.main(["assembly/index.ts", "--config", "asconfig.json", "--target", target]);
  const messages = stderr.toString();
  if (messages !== "") process.stderr.write(messages);
  if (error) throw error;
}

mkdirSync("src/generated", { recursive: true });
writeFileSync(
  "src/generated/kernels.ts",
  [
    "// Written by `npm run build:wasm`, in hexadecimal.",
    `export const simd: string = ${literal("simd")};`,
    `export const relaxedSimd: string = ${literal("relaxed-simd")};`,
    "",
  ].join("\n"),
);

function literal(target: string): string {
  return JSON.stringify(readFileSync(`build/${target}.wasm`).toString("hex"));
}
