// Does the suite notice? Changes one constant of a kernel or one comparison of a check at a time, in a copy of the
// project, and expects the tests to fail each time. Prints the changes that no test noticed, and fails if there are any.
// With an argument, only the lines that contain it: `npm run test:mutations -- LN2`.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

interface Mutation {
  readonly file: string;
  readonly line: number;
  readonly before: string;
  readonly after: string;
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CHECK_TESTS = [
  "errors",
  "errors-data",
  "errors-out",
  "errors-float16",
  "kinds",
  "float16-kinds",
  "axes",
  "misuse",
  "callbacks",
];
const KERNEL_TESTS = ["softmax", "contract", "abi", "float16-conversion"];

/** Changes that alter no result. */
const EQUIVALENT: readonly { readonly file: string; readonly text: string; readonly why: string }[] = [
  { file: "assembly/exp.ts", text: "DEGREE_F32: i32", why: "coefficients beyond the table go where nothing reads" },
  { file: "assembly/exp.ts", text: "DEGREE_F64: i32", why: "coefficients beyond the table go where nothing reads" },
  { file: "assembly/exp.ts", text: " times these ", why: "the bound is rounded down to what is easily remembered" },
  { file: "assembly/exp.ts", text: "REACH: i32", why: "beta can be taken either way far around the border" },
  { file: "assembly/exp.ts", text: "LIFT: f64", why: "a power of two that the sum has too; any from 24 on will do" },
  { file: "assembly/softmax.ts", text: "NARROW: i32", why: "both ways add in the same order, to the same bits" },
  { file: "assembly/softmax.ts", text: "TOGETHER: i32", why: "both ways add in the same order, to the same bits" },
  { file: "assembly/float16.ts", text: "0x7fffffff, //", why: "it is NaN, which no factor changes" },
  { file: "assembly/float16.ts", text: "0x80000000, //", why: "it is -0, which no factor changes" },
  { file: "assembly/float16.ts", text: "0x7f800000, //", why: "it is Infinity, which no factor changes" },
  {
    file: "src/check/output.ts",
    text: "out.at !== undefined && x.at !== undefined",
    why: "spares a check: values of one length within one allocated array are the same",
  },
  {
    file: "src/check.ts",
    text: "label !== undefined) return {",
    why: "tells only where there is a Float16Array",
  },
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

async function passes(copy: string, command: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(process.execPath, [join(ROOT, command), ...args], {
    cwd: copy,
    timeout: 300_000,
    stdio: "ignore",
  });
  const [code] = await once(child, "exit");
  return code === 0;
}

function build(copy: string): Promise<boolean> {
  return passes(copy, "node_modules/tsx/dist/cli.mjs", ["scripts/build-wasm.ts"]);
}

function test(copy: string, names: readonly string[]): Promise<boolean> {
  const files = names.map((name) => `test/${name}.test.ts`);
  return passes(copy, "node_modules/vitest/vitest.mjs", ["run", "--bail", "1", "--project", "simd", ...files]);
}

/** Whether a test fails, or the build does, once the mutation is in. */
async function isNoticed(copy: string, { file, line, after }: Mutation): Promise<boolean> {
  const original = readFileSync(join(ROOT, file), "utf8");
  const lines = original.split("\n");
  lines[line] = after;
  writeFileSync(join(copy, file), lines.join("\n"));
  const isKernel = file.startsWith("assembly/");
  const survived = (!isKernel || (await build(copy))) && (await test(copy, isKernel ? KERNEL_TESTS : CHECK_TESTS));
  writeFileSync(join(copy, file), original);
  if (isKernel) await build(copy);
  process.stdout.write(survived ? "S" : ".");
  return !survived;
}

function isEquivalent({ file, before }: Mutation): boolean {
  return EQUIVALENT.some((known) => known.file === file && before.includes(known.text));
}

/** Takes mutations off the queue, in a copy of its own, until there is none; the result is those not noticed. */
async function work(queue: Mutation[]): Promise<Mutation[]> {
  const copy = copyProject();
  const survivors: Mutation[] = [];
  try {
    if (!(await build(copy)) || !(await test(copy, [...KERNEL_TESTS, ...CHECK_TESTS]))) {
      throw new Error("the tests fail before any change");
    }
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (!(await isNoticed(copy, next))) survivors.push(next);
    }
    return survivors;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

const [text = ""] = process.argv.slice(2);
const mutations = [...constants(), ...comparisons()].filter(
  (mutation) => mutation.before.includes(text) && !isEquivalent(mutation),
);
const queue = [...mutations];
const found = await Promise.all(Array.from({ length: availableParallelism() }, () => work(queue)));
const survivors = found.flat();
console.log(`\n${mutations.length - survivors.length} of ${mutations.length} changes noticed`);
for (const { file, line, before, after } of survivors) {
  console.log(`not noticed: ${file}:${line + 1}\n  - ${before.trim()}\n  + ${after.trim()}`);
}
process.exitCode = survivors.length === 0 ? 0 : 1;
