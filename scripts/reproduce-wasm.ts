// Compiles assembly/ once more, from a fresh copy in another directory, and holds the bytes against those in build/, those
// that the packed package has as files, and those inlined in its bundle. Runs on what `npm run build` has left.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installPacked, type PackedProject } from "../test/support/packed.js";
import { MODULES, type ModuleName } from "./modules.js";

/** The bundles that have modules inlined, and which, best first. */
const BUNDLES = {
  index: ["relaxed-simd", "simd"],
  learn: ["learn.relaxed-simd", "learn.simd"],
  sampling: ["sampling.simd"],
} as const;
type Entries = [keyof typeof BUNDLES, readonly ModuleName[]][];
/** What makes a bundle choose a module. */
const CHOICES = {
  index: `import { backend } from "softmax-simd"; backend();`,
  learn: `import { SoftmaxRegression } from "softmax-simd/learn"; new SoftmaxRegression().fit([[0], [1]], [0, 1]);`,
  sampling: `import { sample } from "softmax-simd/sampling"; sample([0, 1]);`,
};
/** The most that a module may grow to without a second look. */
const LIMIT_BYTES = 42_000;
const IMPORT_SECTION = 2;

const root = fileURLToPath(new URL("..", import.meta.url));
const copy = mkdtempSync(join(tmpdir(), "softmax-simd-wasm-"));
let project: PackedProject | undefined;
try {
  for (const path of ["assembly", "asconfig.json"]) cpSync(join(root, path), join(copy, path), { recursive: true });
  project = installPacked();
  for (const [bundle, targets] of Object.entries(BUNDLES) as Entries) {
    const inlined = inlinedModules(project, bundle);
    assert.equal(inlined.length, targets.length, `modules inlined in dist/${bundle}.js`);
    for (const [i, target] of targets.entries()) check(target, compile(target), project, bundle, inlined[i] as Buffer);
  }
} finally {
  project?.remove();
  rmSync(copy, { recursive: true, force: true });
}

function compile(target: ModuleName): Buffer {
  const asc = createRequire(import.meta.url).resolve("assemblyscript/bin/asc.js");
  const args = [asc, MODULES[target], "--config", "asconfig.json", "--target", target];
  execFileSync(process.execPath, args, { cwd: copy, stdio: ["ignore", "inherit", "inherit"] });
  return readFileSync(join(copy, `build/${target}.wasm`));
}

/** A bundle's own bytes, best first: it shows them to an engine that takes none of them. */
function inlinedModules({ run }: PackedProject, bundle: keyof typeof BUNDLES): Buffer[] {
  const program = `
    const seen = [];
    WebAssembly.validate = (bytes) => {
      seen.push(Buffer.from(bytes).toString("base64"));
      return false;
    };
    ${CHOICES[bundle]}
    console.log(JSON.stringify(seen));`;
  return (JSON.parse(run(program)) as string[]).map((text) => Buffer.from(text, "base64"));
}

function check(
  target: ModuleName,
  compiled: Buffer,
  { packageDirectory }: PackedProject,
  bundle: string,
  inlined: Buffer,
): void {
  const found: Record<string, Buffer> = {
    [`build/${target}.wasm`]: readFileSync(join(root, `build/${target}.wasm`)),
    [`dist/${target}.wasm of the package`]: readFileSync(join(packageDirectory, `dist/${target}.wasm`)),
    [`the bytes inlined in dist/${bundle}.js`]: inlined,
  };
  const problems = Object.entries(found)
    .filter(([, bytes]) => !bytes.equals(compiled))
    .map(([name, bytes]) => `${name} (${bytes.length} bytes) is not what assembly/ compiles to`);
  if (sectionIds(compiled).includes(IMPORT_SECTION)) problems.push("the module has imports, expected none");
  if (compiled.length > LIMIT_BYTES) problems.push(`the module is too large, expected ${LIMIT_BYTES} bytes at most`);
  const what = `${target}.wasm, ${compiled.length} bytes`;
  for (const problem of problems) console.log(`FAIL ${what}: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
  else console.log(`ok   ${what}: the same when compiled again, packed and inlined; imports nothing`);
}

/** The ids of a binary's sections, read by hand: Node 20 compiles no relaxed SIMD. */
function sectionIds(bytes: Buffer): number[] {
  const ids: number[] = [];
  let at = 8;
  while (at < bytes.length) {
    ids.push(bytes[at++] as number);
    let size = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = bytes[at++] as number;
      size += (byte & 127) * 2 ** shift;
      shift += 7;
    } while (byte >= 128);
    at += size;
  }
  return ids;
}
