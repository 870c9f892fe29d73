// Compiles a consumer's code against the packed package, as TypeScript versions old and new resolve and read its types:
// with the library's declarations checked too, without DOM, and without @types/node.

import { spawnSync } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { installPacked } from "../support/packed.js";

const COMPILERS = ["typescript-5.6", "typescript", "typescript-7"];
const RESOLUTIONS = [
  { module: "ESNext", moduleResolution: "Bundler" },
  { module: "NodeNext", moduleResolution: "NodeNext" },
];

const require = createRequire(import.meta.url);
const project = installPacked();
let failed = 0;
try {
  copyFileSync(new URL("consumer.ts", import.meta.url), join(project.directory, "consumer.ts"));
  for (const compiler of COMPILERS) for (const resolution of RESOLUTIONS) check(compiler, resolution);
} finally {
  project.remove();
}
if (failed > 0) process.exitCode = 1;

function check(compiler: string, resolution: (typeof RESOLUTIONS)[number]): void {
  const compilerOptions = {
    ...resolution,
    target: "ES2022",
    lib: ["ES2022"],
    types: [],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  };
  writeFileSync(join(project.directory, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["consumer.ts"] }));
  const manifest = require.resolve(`${compiler}/package.json`);
  const tsc = join(dirname(manifest), "bin/tsc");
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, "-p", "."], {
    cwd: project.directory,
    encoding: "utf8",
  });
  const what = `TypeScript ${require(manifest).version}, ${resolution.moduleResolution} resolution`;
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${what}`);
  if (status === 0) return;
  failed++;
  process.stdout.write(stdout + stderr);
}
