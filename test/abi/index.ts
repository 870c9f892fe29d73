// The baseline modules in an engine that is not JavaScript: the interpreter of wabt (the WebAssembly Binary Toolkit), which
// shares no code with a JavaScript engine. Every result has to have the bits that it has here. `npm run test:abi`, with
// `-- --all` where it may not be skipped. Runs what build/ holds: build first.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { moduleBytes } from "../support/modules.js";
import { layoutOf } from "../support/signatures.js";
import { CALLS } from "./calls.js";
import { type Call, type Script, scriptOf } from "./script.js";

const directory = mkdtempSync(join(tmpdir(), "softmax-simd-abi-"));
const counts = { passed: 0, failed: 0, skipped: 0 };
try {
  const version = versionOf("wast2json");
  if (version === undefined || versionOf("spectest-interp") === undefined) {
    counts.skipped++;
    console.log("skip wabt: no wast2json and spectest-interp; on Debian, `apt-get install -y wabt` installs them");
  } else {
    for (const [prefix, calls] of Object.entries(CALLS)) check(`wabt ${version}: ${prefix}simd.wasm`, prefix, calls());
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}

const { passed, failed, skipped } = counts;
console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
if (skipped > 0 && process.argv.includes("--all")) console.log("failed: --all permits no skip");
if (failed > 0 || (skipped > 0 && process.argv.includes("--all"))) process.exitCode = 1;

function versionOf(tool: string): string | undefined {
  const { status, stdout } = spawnSync(tool, ["--version"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

/** Runs the calls; and, so that it is known to notice, a script with one bit that is wrong. */
function check(title: string, prefix: string, calls: readonly Call[]): void {
  const module = moduleBytes("simd", prefix);
  const script = scriptOf(module, calls);
  const called = new Set(calls.map(({ kernel }) => kernel));
  const uncalled = Object.keys(layoutOf(module).functions).filter((kernel) => !called.has(kernel));
  const problems = [...uncalled.map((kernel) => `no call of ${kernel}`), ...problemsOf(script)];
  if (problemsOf(scriptOf(module, calls.slice(-1), true)).length === 0) problems.push("a wrong bit went unnoticed");
  counts[problems.length === 0 ? "passed" : "failed"]++;
  const what = `${calls.length} calls of all ${called.size} kernels, ${script.numbers} numbers`;
  console.log(
    `${problems.length === 0 ? "ok  " : "FAIL"} ${title}: ${what}${problems.length === 0 ? " to the bit" : ""}`,
  );
  for (const problem of problems.slice(0, 20)) console.log(`     ${problem}`);
}

/** What the interpreter has to say against a script: nothing where all holds. */
function problemsOf({ text, calls, assertions }: Script): string[] {
  const source = join(directory, "calls.wast");
  const compiled = join(directory, "calls.json");
  writeFileSync(source, text);
  const translated = tool("wast2json", [source, "-o", compiled]);
  if (translated.status !== 0) return [translated.said];
  const { status, said } = tool("spectest-interp", [compiled]);
  const [, good, all] = /^(\d+)\/(\d+) tests passed/m.exec(said) ?? [];
  // It counts modules as well.
  if (status === 0 && good === all && Number(all) >= assertions) return [];
  const lines = said.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const call = calls.get(Number(/calls\.wast:(\d+)/.exec(line)?.[1]));
    return call === undefined ? line : `${call.name}: ${line.replace(/^.*calls\.wast:/, "line ")}`;
  });
}

function tool(name: string, parameters: readonly string[]): { status: number | null; said: string } {
  const { status, stdout, stderr, error } = spawnSync(name, parameters, {
    encoding: "utf8",
    timeout: 300_000,
    maxBuffer: 2 ** 28,
  });
  return { status, said: `${stdout}${stderr}${error?.message ?? ""}` };
}
