// Does the suite notice? Changes one constant of a kernel or one comparison of a check at a time, in a copy of the
// project, and expects the tests to fail each time. Prints the changes that no test noticed, and fails if there are any.
// With an argument, only the lines that contain it and the files of that path: `npm run test:mutations -- LN2`.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MODULES } from "./modules.js";
import { EQUIVALENT, TESTS } from "./mutations-known.js";

interface Mutation {
  readonly file: string;
  readonly line: number;
  readonly before: string;
  readonly after: string;
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The rooms and files whose comparisons are changed. */
const COMPARED = [
  ...["src/check.ts", "src/check"],
  ...["src/sampling/edits.ts", "src/sampling/options.ts", "src/sampling/stream.ts"],
];

/** The modules that a copy compiles, and the file that serves each: the baseline ones alone, as they were last compiled. */
const SERVED = {
  simd: "src/modules.ts",
  "learn.simd": "src/learn/modules.ts",
  "sampling.simd": "src/sampling/modules.ts",
} as const;

type Served = keyof typeof SERVED;

const TARGETS = Object.keys(SERVED) as Served[];

/** The module that a test is of. */
function targetOf(name: string): Served {
  if (/sampl|philox/.test(name)) return "sampling.simd";
  return name.includes("learn") ? "learn.simd" : "simd";
}

function serving(target: Served): string {
  return `
import { readFileSync } from "node:fs";
export const modules = [{ backend: "simd", code: () => readFileSync("build/${target}.wasm") }];
`;
}

function trackedFiles(...places: readonly string[]): string[] {
  return execFileSync("git", ["ls-files", "-co", "--exclude-standard", ...places], { cwd: ROOT, encoding: "utf8" })
    .split("\n")
    .filter((file) => file.endsWith(".ts"));
}

/** One mutation for each match of `pattern` in each line of a file that is not a comment. */
function find(file: string, pattern: RegExp, change: (match: RegExpMatchArray) => string): Mutation[] {
  const lines = readFileSync(join(ROOT, file), "utf8").split("\n");
  return lines.flatMap((before, line) => {
    if (/^\s*(\/\/|\*|\/\*)/.test(before)) return [];
    return [...before.matchAll(pattern)].map((match) => {
      const end = match.index + match[0].length;
      return { file, line, before, after: before.slice(0, match.index) + change(match) + before.slice(end) };
    });
  });
}

const OPPOSITES: Readonly<Record<string, string>> = {
  "===": "!==",
  "!==": "===",
  "<": ">=",
  ">": "<=",
  "<=": ">",
  ">=": "<",
};

/** Every comparison, turned into its opposite. */
function comparisons(): Mutation[] {
  return trackedFiles(...COMPARED)
    .flatMap((file) => find(file, / (===|!==|<=|>=|<|>) /g, ([, sign]) => ` ${OPPOSITES[sign as string]} `))
    .filter(({ before }) => !/\bfor \(/.test(before));
}

/** Every entry of a kernel's tables, larger by a fiftieth; every named constant, and every fraction, doubled. */
function constants(): Mutation[] {
  return trackedFiles("assembly").flatMap((file) => [
    ...find(
      file,
      /^( +)0x([0-9a-f]{8}|[0-9a-f]{16})(?=, \/\/)/g,
      ([, indent, bits]) => indent + larger(bits as string),
    ),
    ...find(file, /^((?:export )?const [A-Z0-9_]+: \w+ = )([-\d.e]+)(?=;)/g, ([, name, value]) => {
      return name + doubled(value as string);
    }),
    ...find(file, FRACTION, ([value]) => doubled(value)).filter(({ before }) => !/const [A-Z]/.test(before)),
  ]);
}

/** Twice a number, with a point where it has one. */
function doubled(value: string): string {
  const twice = String(Number(value) * 2);
  return value.includes(".") && /^-?\d+$/.test(twice) ? `${twice}.0` : twice;
}

/** A number with a point or an exponent, other than 0.0 and 1.0. */
const FRACTION = /(?<![\w.]|\/\/.*)(?![01]\.0\b)(\d+\.\d+(e-?\d+)?|\d+e-?\d+)(?![\w.])/g;

function larger(bits: string): string {
  const view = new DataView(new ArrayBuffer(8));
  if (bits.length === 8) {
    view.setUint32(0, Number.parseInt(bits, 16));
    view.setFloat32(0, view.getFloat32(0) * 1.02);
    return `0x${view.getUint32(0).toString(16)}`;
  }
  view.setBigUint64(0, BigInt(`0x${bits}`));
  view.setFloat64(0, view.getFloat64(0) * 1.02);
  return `0x${view.getBigUint64(0).toString(16)}`;
}

/** A copy to change, with the dependencies linked in. */
function copyProject(): string {
  const copy = mkdtempSync(join(tmpdir(), "softmax-simd-mutations-"));
  for (const entry of [
    "assembly",
    "src",
    "test",
    "scripts",
    "build",
    "package.json",
    "asconfig.json",
    "tsconfig.json",
    "vitest.config.ts",
  ]) {
    cpSync(join(ROOT, entry), join(copy, entry), { recursive: true, filter: (path) => !path.endsWith("node_modules") });
  }
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"), "junction");
  for (const target of TARGETS) writeFileSync(join(copy, SERVED[target]), serving(target));
  return copy;
}

async function passes(
  copy: string,
  command: string,
  args: readonly string[],
  stdout: "ignore" | "inherit" = "ignore",
): Promise<boolean> {
  const child = spawn(process.execPath, [join(ROOT, command), ...args], {
    cwd: copy,
    timeout: 300_000,
    stdio: ["ignore", stdout, stdout],
  });
  const [code] = await once(child, "exit");
  return code === 0;
}

/** Compiles a module, less thoroughly than for the package: the constants are the same. */
function build(copy: string, target: Served): Promise<boolean> {
  return passes(copy, "node_modules/assemblyscript/bin/asc.js", [
    MODULES[target],
    ...["--config", "asconfig.json", "--target", target, "--optimizeLevel", "1"],
  ]);
}

function test(copy: string, names: readonly string[], stdout: "ignore" | "inherit" = "ignore"): Promise<boolean> {
  const files = names.map((name) => `test/${name}.test.ts`);
  const args = ["run", "--bail", "1", "--project", "simd", ...files];
  return passes(copy, "node_modules/vitest/vitest.mjs", args, stdout);
}

function testsOf(file: string): readonly string[] {
  const names = TESTS[file];
  if (names === undefined) throw new Error(`no tests are named for ${file}`);
  return names;
}

/** Whether the tests pass with the mutation in: file by file, up to the first that fails, each with its module compiled. */
async function survives(copy: string, { file }: Mutation): Promise<boolean> {
  const built = new Set<Served>();
  for (const name of testsOf(file)) {
    const target = targetOf(name);
    if (file.startsWith("assembly/") && !built.has(target) && !(await build(copy, target))) return false;
    built.add(target);
    if (!(await test(copy, [name]))) return false;
  }
  return true;
}

/** The modules of the project as it is. */
type Modules = readonly (readonly [target: Served, code: Uint8Array])[];

function compiled(copy: string, target: Served): string {
  return join(copy, `build/${target}.wasm`);
}

function restore(copy: string, modules: Modules): void {
  for (const [target, code] of modules) writeFileSync(compiled(copy, target), code);
}

/** Whether a test fails, or the build does, with the mutation in, which is then taken out again. */
async function isNoticed(copy: string, pristine: Modules, mutation: Mutation): Promise<boolean> {
  const { file, line, after } = mutation;
  const original = readFileSync(join(ROOT, file), "utf8");
  const lines = original.split("\n");
  lines[line] = after;
  writeFileSync(join(copy, file), lines.join("\n"));
  const survived = await survives(copy, mutation);
  writeFileSync(join(copy, file), original);
  restore(copy, pristine);
  process.stdout.write(survived ? "S" : ".");
  return !survived;
}

function isEquivalent({ file, before }: Mutation): boolean {
  return EQUIVALENT.some((known) => known.file === file && before.includes(known.text));
}

/** Takes mutations off the queue, in a copy of its own, until there is none; the result is those not noticed. */
async function work(queue: Mutation[], copy: string, pristine: Modules): Promise<Mutation[]> {
  const survivors: Mutation[] = [];
  restore(copy, pristine);
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (!(await isNoticed(copy, pristine, next))) survivors.push(next);
  }
  return survivors;
}

/** The mutations that no test noticed, when there is one at a time in each of the copies. */
async function survivorsOf(mutations: readonly Mutation[], copies: readonly string[]): Promise<Mutation[]> {
  const [copy] = copies as [string];
  const names = new Set(mutations.flatMap(({ file }) => testsOf(file)));
  for (const target of TARGETS) if (!(await build(copy, target))) throw new Error(`${target} does not compile`);
  if (!(await test(copy, [...names]))) {
    await test(copy, [...names], "inherit");
    throw new Error("the tests fail before any change: once more, with what they say, above");
  }
  const pristine: Modules = TARGETS.map((target) => [target, readFileSync(compiled(copy, target))]);
  const queue = [...mutations];
  const found = await Promise.all(copies.map((each) => work(queue, each, pristine)));
  return found.flat();
}

const [text = ""] = process.argv.slice(2);
const all = [...constants(), ...comparisons()];
for (const { file, text: known } of EQUIVALENT) {
  if (!all.some((mutation) => mutation.file === file && mutation.before.includes(known))) {
    throw new Error(`scripts/mutations-known.ts: no change of ${file} has "${known}" in its line`);
  }
}
const mutations = all.filter(
  (mutation) => (mutation.before.includes(text) || mutation.file.includes(text)) && !isEquivalent(mutation),
);
const copies = Array.from({ length: availableParallelism() }, copyProject);
try {
  const survivors = await survivorsOf(mutations, copies);
  console.log(`\n${mutations.length - survivors.length} of ${mutations.length} changes noticed`);
  for (const { file, line, before, after } of survivors) {
    console.log(`not noticed: ${file}:${line + 1}\n  - ${before.trim()}\n  + ${after.trim()}`);
  }
  process.exitCode = survivors.length === 0 ? 0 : 1;
} finally {
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
}
