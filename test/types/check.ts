// Compiles a consumer's code against the packed package, as TypeScript versions old and new resolve and read its types:
// with the library's declarations checked too, without DOM, and without @types/node.

import { spawnSync } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { installPacked } from "../support/packed.js";

/** The consumers, and what their TypeScript is told of the language. */
const CONSUMERS = [
  { file: "consumer.ts", lib: ["ES2022"], since: 5 },
  { file: "consumer-slim.ts", lib: ["ES2022"], since: 5 },
  { file: "consumer-learn.ts", lib: ["ES2022"], since: 5 },
  { file: "consumer-sampling.ts", lib: ["ES2022"], since: 5 },
  { file: "consumer-ops.ts", lib: ["ES2022"], since: 5 },
  { file: "consumer-parallel.ts", lib: ["ES2022"], since: 5 },
  { file: "consumer-parallel.ts", lib: ["ES2022", "DOM"], since: 5 },
  { file: "consumer-wasm.ts", lib: ["ES2022"], since: 5 },
  { file: "consumer-wasm.ts", lib: ["ES2022", "DOM"], since: 5 },
  { file: "consumer-wasm-module.ts", lib: ["ES2022", "DOM"], since: 5 },
  { file: "using.ts", lib: ["ES2022", "ESNext.Disposable"], since: 5 },
  { file: "using-parallel.ts", lib: ["ES2022", "ESNext.Disposable"], since: 5 },
  // The first TypeScript here whose libraries have Float16Array is 6.
  { file: "consumer.ts", lib: ["ES2022", "ES2025.Float16"], since: 6 },
  { file: "consumer-float16.ts", lib: ["ES2022", "ES2025.Float16"], since: 6 },
];
const COMPILERS = ["typescript-5.6", "typescript", "typescript-7"];
const RESOLUTIONS = [
  { module: "ESNext", moduleResolution: "Bundler" },
  { module: "NodeNext", moduleResolution: "NodeNext" },
];

const require = createRequire(import.meta.url);
const project = installPacked();
let failed = 0;
try {
  for (const { file } of CONSUMERS) copyFileSync(new URL(file, import.meta.url), join(project.directory, file));
  for (const compiler of COMPILERS) {
    const consumers = CONSUMERS.filter(({ since }) => Number.parseInt(versionOf(compiler), 10) >= since);
    for (const consumer of consumers) for (const resolution of RESOLUTIONS) check(consumer, compiler, resolution);
  }
} finally {
  project.remove();
}
if (failed > 0) process.exitCode = 1;

function versionOf(compiler: string): string {
  return (require(`${compiler}/package.json`) as { version: string }).version;
}

function check(
  { file, lib }: (typeof CONSUMERS)[number],
  compiler: string,
  resolution: (typeof RESOLUTIONS)[number],
): void {
  const compilerOptions = {
    ...resolution,
    target: "ES2022",
    lib,
    types: [],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  };
  writeFileSync(join(project.directory, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [file] }));
  const manifest = require.resolve(`${compiler}/package.json`);
  const tsc = join(dirname(manifest), "bin/tsc");
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, "-p", "."], {
    cwd: project.directory,
    encoding: "utf8",
  });
  const what = `TypeScript ${versionOf(compiler)}, ${resolution.moduleResolution} resolution, ${file} with ${lib.join(", ")}`;
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${what}`);
  if (status === 0) return;
  failed++;
  process.stdout.write(stdout + stderr);
}
