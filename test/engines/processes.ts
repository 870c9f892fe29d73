// Engines that run a file: Node, Bun and Deno.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PackedProject } from "../support/packed.js";
import { runToEnd } from "../support/processes.js";
import type { Engine, Ran, Run } from "./engine.js";
import { bunBinary, denoBinary, nodeBinary, SETUP } from "./installed.js";

const LIMIT = 80_000;
const MARKER = "result of the program: ";

/** What such an engine runs: its own name and version stand beside the result. */
const MAIN = `
import program from "./program.js";

const load = {
  library: () => import("softmax-simd"),
  learn: () => import("softmax-simd/learn"),
  sampling: () => import("softmax-simd/sampling"),
  reference: () => import("softmax-simd/reference"),
  parallel: () => import("softmax-simd/parallel"),
};
const { Bun, Deno, process } = globalThis;
const runtime = Bun ? "bun " + Bun.version : Deno ? "deno " + Deno.version.deno : "node " + process.versions.node;
const result = await program(load, async () => performance.now());
console.log(${JSON.stringify(MARKER)} + JSON.stringify({ runtime, result }));
`;

/** Nothing is asked, no configuration looked for, and nothing permitted: the package needs no permission. */
const DENO_FLAGS = ["run", "--quiet", "--no-prompt", "--no-config", "--no-lock", "--node-modules-dir=manual"];

export interface ProcessEngine extends Omit<Engine, "install" | "open"> {
  /** undefined where it is not installed. */
  binary(): string | undefined;
  /** What stands before the file on the command line. */
  readonly args?: readonly string[];
  /** Variables that it needs beside those that every engine gets. */
  readonly env?: Readonly<Record<string, string>>;
}

export function processEngine({ binary, args = [], env = {}, ...engine }: ProcessEngine): Engine {
  return {
    ...engine,
    install: SETUP,
    open() {
      const command = binary();
      return command === undefined ? undefined : runner(engine.name, { command, args, env });
    },
  };
}

export const processes: readonly Engine[] = [
  processEngine({ name: "node20", backend: "simd", gate: true, binary: node20 }),
  processEngine({
    name: "node20-relaxed",
    backend: "relaxed-simd",
    gate: true,
    binary: node20,
    args: ["--experimental-wasm-relaxed-simd"],
  }),
  node(22, false),
  node(24, true),
  node(26, false),
  processEngine({ name: "bun", backend: "relaxed-simd", gate: true, binary: bunBinary }),
  processEngine({
    name: "deno",
    backend: "relaxed-simd",
    gate: true,
    binary: denoBinary,
    args: DENO_FLAGS,
  }),
];

function node(version: number, gate: boolean): Engine {
  return processEngine({ name: `node${version}`, backend: "relaxed-simd", gate, binary: () => nodeBinary(version) });
}

export function node20(): string | undefined {
  return nodeBinary(20) ?? (process.versions.node.startsWith("20.") ? process.execPath : undefined);
}

interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

function runner(name: string, { command, args, env }: Launch): Run {
  return async ({ directory }: PackedProject): Promise<Ran> => {
    const main = `main-${name}.mjs`;
    writeFileSync(join(directory, main), MAIN);
    const launched = { command, args: [...args, main], cwd: directory, env: { ...cleanEnv(directory), ...env } };
    const printed = await runToEnd(launched, LIMIT);
    const line = printed.split("\n").find((text) => text.startsWith(MARKER));
    if (line === undefined) throw new Error(`${command} ended without a result; it printed ${JSON.stringify(printed)}`);
    return JSON.parse(line.slice(MARKER.length));
  };
}

/** Nothing of the caller's settings (NODE_OPTIONS and the like); what an engine keeps goes with the project. */
export function cleanEnv(directory: string): NodeJS.ProcessEnv {
  const { PATH, SystemRoot } = process.env;
  return {
    PATH,
    ...(SystemRoot === undefined ? {} : { SystemRoot }),
    HOME: directory,
    TMPDIR: directory,
    DENO_DIR: join(directory, ".deno"),
    BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0",
    NO_COLOR: "1",
  };
}
