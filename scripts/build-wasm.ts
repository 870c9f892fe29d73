// Compiles assembly/ to the modules of asconfig.json's targets, and inlines them for the package; and so the program of a
// pool's threads.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { build } from "esbuild";
import { FIRST_CHARACTER, PAGE, TURN } from "../src/ascii.js";
import { MODULES, type ModuleName } from "./modules.js";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);

for (const [target, source] of Object.entries(MODULES)) {
  const { error, stderr } = await asc.main([source, "--config", "asconfig.json", "--target", target]);
  const messages = stderr.toString();
  if (messages !== "") process.stderr.write(messages);
  if (error) throw error;
}

mkdirSync("src/generated", { recursive: true });
inline("kernels", { relaxedSimd: "relaxed-simd", simd: "simd" });
inline("learn-kernels", { relaxedSimd: "learn.relaxed-simd", simd: "learn.simd" });
inline("sampling-kernels", { simd: "sampling.simd" });
inline("parallel-kernels", { relaxedSimd: "parallel.relaxed-simd", simd: "parallel.simd" });
await inlineProgram("worker", "src/parallel/worker.ts");

function inline(name: string, modules: Readonly<Record<string, ModuleName>>): void {
  const lines = [
    "// Written by `npm run build:wasm`, for src/ascii.ts.",
    ...Object.entries(modules).map(([constant, target]) => `export const ${constant}: string = ${literal(target)};`),
  ];
  writeFileSync(`src/generated/${name}.ts`, `${lines.join("\n")}\n`);
}

/** As a script without imports, for threads that are started from text. */
async function inlineProgram(name: string, source: string): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [source],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
  });
  const lines = [
    "// Written by `npm run build:wasm`.",
    `export const program: string = ${JSON.stringify(outputFiles[0]?.text)};`,
  ];
  writeFileSync(`src/generated/${name}.ts`, `${lines.join("\n")}\n`);
}

function literal(target: ModuleName): string {
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
