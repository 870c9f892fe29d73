// Builds the package again in fresh directories, on the Node that runs this and on the other of Node 20 and 24, and holds
// the bytes against those in build/, in the packed package, and inlined in its bundles. Runs on what `npm run build` has
// left. Where the other Node is not installed it says so; with `--all` that is a failure.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeBinary, SETUP } from "../test/engines/installed.js";
import { installPacked, type PackedProject } from "../test/support/packed.js";
import { type ModuleName, PUBLISHED } from "./modules.js";
import { rebuild } from "./rebuild.js";

/** The bundles that have modules inlined, and which, best first. */
const BUNDLES = {
  index: ["relaxed-simd", "simd"],
  learn: ["learn.relaxed-simd", "learn.simd"],
  sampling: ["sampling.simd"],
  parallel: ["parallel.relaxed-simd", "parallel.simd"],
} as const;
type Bundle = keyof typeof BUNDLES;
type Entries = [Bundle, readonly ModuleName[]][];
/** What makes a bundle choose a module. */
const CHOICES = {
  index: `import { backend } from "softmax-simd"; backend();`,
  learn: `import { SoftmaxRegression } from "softmax-simd/learn"; new SoftmaxRegression().fit([[0], [1]], [0, 1]);`,
  sampling: `import { sample } from "softmax-simd/sampling"; sample([0, 1]);`,
  // It shows the twins, too, that it makes of these.
  parallel: `import { createPool } from "softmax-simd/parallel"; createPool(); seen.length = 2;`,
};
/** The most that a module may grow to without a second look. */
const LIMIT_BYTES = 44_500;
const IMPORT_SECTION = 2;
const NODES = [20, 24];

const root = fileURLToPath(new URL("..", import.meta.url));
const home = mkdtempSync(join(tmpdir(), "softmax-simd-rebuilt-"));

/** A Node that builds, and where. */
interface Build {
  readonly name: string;
  readonly binary: string;
  readonly directory: string;
}

const builds = [process.execPath, ...otherNodes()].map(buildOn);
let project: PackedProject | undefined;
try {
  await Promise.all(builds.map(({ binary, directory }) => rebuild(binary, directory)));
  project = installPacked();
  for (const [bundle, targets] of Object.entries(BUNDLES) as Entries) {
    const inlined = inlinedModules(project, bundle);
    assert.equal(inlined.length, targets.length, `modules inlined in dist/${bundle}.js`);
    for (const [i, target] of targets.entries()) checkModule(target, project, bundle, inlined[i] as Buffer);
  }
  const files = readdirSync(join(project.packageDirectory, "dist")).sort();
  for (const { directory, name } of builds) {
    assert.deepEqual(readdirSync(join(directory, "dist")).sort(), files, `the files in dist/ as ${name} builds it`);
  }
  for (const file of files.filter((name) => !name.endsWith(".wasm"))) checkFile(file, project);
  console.log(`compared: ${builds.map(({ name }) => name).join(", ")}`);
} finally {
  project?.remove();
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}

/** The binaries of those of NODES that this is not and that are installed. */
function otherNodes(): string[] {
  return NODES.filter((major) => !process.versions.node.startsWith(`${major}.`)).flatMap((major) => {
    const binary = nodeBinary(major);
    if (binary !== undefined) return [binary];
    const isFailure = process.argv.includes("--all");
    if (isFailure) process.exitCode = 1;
    console.log(`${isFailure ? "FAIL" : "skip"} Node ${major} is not installed: ${SETUP}`);
    return [];
  });
}

function buildOn(binary: string): Build {
  const version = execFileSync(binary, ["--print", "process.versions.node"], { encoding: "utf8" }).trim();
  return { name: `Node ${version}`, binary, directory: join(home, version) };
}

/** A bundle's own bytes, best first: it shows them to an engine that takes none of them. */
function inlinedModules({ run }: PackedProject, bundle: Bundle): Buffer[] {
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

function checkModule(target: ModuleName, { packageDirectory }: PackedProject, bundle: Bundle, inlined: Buffer): void {
  const file = `build/${target}.wasm`;
  const bytes = readFileSync(join(root, file));
  const problems = differences(file, bytes);
  const found: Record<string, Buffer> = { [`what is inlined in dist/${bundle}.js`]: inlined };
  const isPublished = target in PUBLISHED;
  if (isPublished) {
    found[`dist/${target}.wasm of the package`] = readFileSync(join(packageDirectory, `dist/${target}.wasm`));
  }
  for (const [name, other] of Object.entries(found)) {
    if (!other.equals(bytes)) problems.push(`${name} (${other.length} bytes) is another`);
  }
  if (isPublished && sectionIds(bytes).includes(IMPORT_SECTION)) problems.push("it has imports, expected none");
  if (bytes.length > LIMIT_BYTES) problems.push(`it is too large, expected ${LIMIT_BYTES} bytes at most`);
  const good = isPublished ? "packed and inlined; imports nothing" : "and inlined";
  report(file, bytes, `the same when compiled again, ${good}`, problems);
}

function checkFile(name: string, { packageDirectory }: PackedProject): void {
  const file = `dist/${name}`;
  const bytes = readFileSync(join(packageDirectory, file));
  report(file, bytes, "the same when built again", differences(file, bytes));
}

/** What differs from a file in the builds. */
function differences(file: string, bytes: Buffer): string[] {
  return builds.flatMap(({ name, directory }) => {
    const rebuilt = readFileSync(join(directory, file));
    return rebuilt.equals(bytes) ? [] : [`${name} builds another (${rebuilt.length} bytes)`];
  });
}

function report(file: string, { length }: Buffer, good: string, problems: readonly string[]): void {
  for (const problem of problems) console.log(`FAIL ${file}, ${length} bytes: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
  else console.log(`ok   ${file}, ${length} bytes: ${good}`);
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
