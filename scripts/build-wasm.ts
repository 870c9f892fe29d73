// Compiles assembly/ to the modules of asconfig.json's targets, and inlines them for the package.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { FIRST_CHARACTER, PAGE, TURN } from "../src/ascii.js";

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
    "// Written by `npm run build:wasm`, for src/ascii.ts.",
    `export const simd: string = ${literal("simd")};`,
    `export const relaxedSimd: string = ${literal("relaxed-simd")};`,
    "",
  ].join("\n"),
);

function literal(target: string): string {
  return JSON.stringify(Array.from(readFileSync(`build/${target}.wasm`), encode).join(""));
}

/** What src/ascii.ts decodes: a character for the page, unless it is the first, and one for the place in it. */
function encode(byte: number): string {
  const turned = (byte + TURN) % 256;
  const page = Math.floor(turned / PAGE);
  const codes = [FIRST_CHARACTER + (turned % PAGE)];
  if (page > 0) codes.unshift(FIRST_CHARACTER + PAGE + page - 1);
  return String.fromCharCode(...codes);
}
