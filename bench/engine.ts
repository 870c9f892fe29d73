// Where the worker runs: a process of some JavaScript engine, or a page of Chromium.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { WORKER } from "./bundle.js";
import type { Questions } from "./worker.js";

/**
 * The C library keeps the memory that is freed. Left to itself it gives blocks of 1 MiB back in some runs and not in
 * others, and a contender that makes a fresh array a call pays for page faults then: ORT native at 256x1000 took 0.75 ns
 * an element in one block and 3.6 in the next.
 */
export const MALLOC = {
  MALLOC_MMAP_THRESHOLD_: String(32 * 2 ** 20),
  MALLOC_TRIM_THRESHOLD_: String(2 ** 30),
  MALLOC_TOP_PAD_: String(64 * 2 ** 20),
} as const;

const DIRECTORY: string = fileURLToPath(new URL("./", import.meta.url));

export interface Worker {
  ask<K extends keyof Questions>(
    question: K,
    ...given: Parameters<Questions[K]>
  ): Promise<Awaited<ReturnType<Questions[K]>>>;
  /** Milliseconds that all its threads have kept a processor busy. */
  cpuTime(): Promise<number>;
  stop(): Promise<void>;
}

export interface Engine {
  /** "node20" */
  readonly name: string;
  /** Name and version, where the worker cannot know them. */
  readonly runtime?: string;
  takesFlags(flags: readonly string[]): boolean;
  start(flags?: readonly string[]): Promise<Worker>;
  close(): Promise<void>;
}

/** Turns a way to pass text to a worker and back into questions and answers. */
export function asking(pass: (line: string) => Promise<string>): Worker["ask"] {
  return async (question, ...[given]) => {
    const { value, failure } = JSON.parse(await pass(JSON.stringify({ question, given })));
    if (failure !== undefined) throw new Error(failure);
    return value;
  };
}

/** An engine whose processes read stdin and write stdout: `command ...args [flags] worker.js`. */
export function processEngine(name: string, command: string, args: readonly string[] = []): Engine {
  return {
    name,
    takesFlags: (flags) => args.length === 0 && spawnSync(command, [...flags, "--eval", "0"]).status === 0,
    start: async (flags = []) => processWorker(name, spawnWorker(command, [...args, ...flags, WORKER])),
    close: async () => {},
  };
}

/** The engine that runs this. */
export function ownEngine(): Engine {
  return processEngine(`node${process.versions.node.split(".")[0]}`, process.execPath);
}

function spawnWorker(command: string, args: readonly string[]): ChildProcess {
  const env = { ...process.env, ...MALLOC };
  return spawn(command, args, { stdio: ["pipe", "pipe", "inherit"], cwd: DIRECTORY, env });
}

/** Rejects if the process ends or cannot start; what it threw is on stderr then. */
function processWorker(name: string, child: ChildProcess): Worker {
  const ended = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`a process of ${name} ended with ${code}`)));
  });
  ended.catch(() => {});
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const pass = async (line: string): Promise<string> => {
    child.stdin!.write(`${line}\n`);
    const { value } = await Promise.race([lines.next(), ended]);
    return value ?? ended;
  };
  const stop = async (): Promise<void> => {
    child.kill();
    await ended.catch(() => {});
  };
  const ask = asking(pass);
  return { ask, cpuTime: () => ask("cpuTime"), stop };
}
