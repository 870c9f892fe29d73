// Does the suite notice? Changes one constant of a kernel or one comparison of a check at a time, in a copy of the
// project, and expects the tests to fail each time. Prints the changes that no test noticed, and fails if there are any.

import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

interface Mutation {
  readonly file: string;
  readonly line: number;
  readonly before: string;
  readonly after: string;
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CHECK_TESTS = ["errors", "errors-data", "errors-out", "kinds", "axes", "misuse", "callbacks"];
const KERNEL_TESTS = ["softmax", "contract"];

/** Changes that alter no result. */
const EQUIVALENT: readonly { readonly file: string; readonly text: string; readonly why: string }[] = [
  { file: "assembly/exp.ts", text: "EXP_F32_DEGREE: i32", why: "coefficients beyond the table go where nothing reads" },
  { file: "assembly/exp.ts", text: "EXP_F64_DEGREE: i32", why: "coefficients beyond the table go where nothing reads" },
  { file: "assembly/exp.ts", text: "REACH: i32", why: "beta can be taken either way far around the border" },
  { file: "assembly/narrow.ts", text: "NARROW: i32", why: "both ways add in the same order, to the same bits" },
];

function trackedFiles(folder: string): string[] {
  return execFileSync("git", ["ls-files", "-co", "--exclude-standard", folder], { cwd: ROOT, encoding: "utf8" })
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

/** Every comparison of every check, turned into its opposite. */
function comparisons(): Mutation[] {
  const files = ["src/check.ts", ...trackedFiles("src/check")];
  return files
    .flatMap((file) => find(file, / (===|!==|<=|>=|<|>) /g, ([, sign]) => ` ${OPPOSITES[sign as string]} `))
    .filter(({ before }) => !/\bfor \(/.test(before));
}

/** Every entry of a kernel's tables, and every named constant: larger by a fiftieth, or doubled. */
function constants(): Mutation[] {
  return trackedFiles("assembly").flatMap((file) => [
    ...find(
      file,
      /^( +)0x([0-9a-f]{8}|[0-9a-f]{16})(?=, \/\/)/g,
      ([, indent, bits]) => indent + larger(bits as string),
    ),
    ...find(file, /^((?:export )?const [A-Z0-9_]+: \w+ = )([-\d.e]+)(?=;)/g, ([, name, value]) => {
      return `${name}${Number(value) * 2}`;
    }),
  ]);
}

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
    cpSync(join(ROOT, entry), join(copy, entry), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"), "junction");
  return copy;
}

function passes(copy: string, command: string, args: readonly string[]): boolean {
  return spawnSync(process.execPath, [join(ROOT, command), ...args], { cwd: copy, timeout: 300_000 }).status === 0;
}

function build(copy: string): boolean {
  return passes(copy, "node_modules/tsx/dist/cli.mjs", ["scripts/build-wasm.ts"]);
}

function test(copy: string, names: readonly string[]): boolean {
  const files = names.map((name) => `test/${name}.test.ts`);
  return passes(copy, "node_modules/vitest/vitest.mjs", ["run", "--bail", "1", "--project", "simd", ...files]);
}

/** Whether a test fails, or the build does, once the mutation is in. */
function isNoticed(copy: string, { file, line, after }: Mutation): boolean {
  const original = readFileSync(join(ROOT, file), "utf8");
  const lines = original.split("\n");
  lines[line] = after;
  writeFileSync(join(copy, file), lines.join("\n"));
  const isKernel = file.startsWith("assembly/");
  const survived = (!isKernel || build(copy)) && test(copy, isKernel ? KERNEL_TESTS : CHECK_TESTS);
  writeFileSync(join(copy, file), original);
  return !survived;
}

function isEquivalent({ file, before }: Mutation): boolean {
  return EQUIVALENT.some((known) => known.file === file && before.includes(known.text));
}

function main(): void {
  const copy = copyProject();
  try {
    if (!build(copy) || !test(copy, [...new Set([...KERNEL_TESTS, ...CHECK_TESTS])])) {
      throw new Error("the tests fail before any change");
    }
    const mutations = [...comparisons(), ...constants()].filter((mutation) => !isEquivalent(mutation));
    const survivors = mutations.filter((mutation) => {
      const noticed = isNoticed(copy, mutation);
      process.stdout.write(noticed ? "." : "S");
      return !noticed;
    });
    console.log(`\n${mutations.length - survivors.length} of ${mutations.length} changes noticed`);
    for (const { file, line, before, after } of survivors) {
      console.log(`not noticed: ${file}:${line + 1}\n  - ${before.trim()}\n  + ${after.trim()}`);
    }
    process.exitCode = survivors.length === 0 ? 0 : 1;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

main();
