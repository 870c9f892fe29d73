// Other programs, each in a process group of its own that is ended with all that it has started, whatever happens here.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { constants } from "node:os";
import { limited } from "../engines/start.js";

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** All of its environment; that of this process where it is not given. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A program that runs until it is ended. */
export interface Group {
  readonly child: ChildProcess;
  /** Ends it and what it has started. */
  end(): void;
}

const groups = new Set<Group>();

/** Starts a program; what it prints stands in `child.stdout` and `child.stderr`. */
export function startGroup({ command, args, cwd, env }: Command): Group {
  endWithThisProcess();
  const detached = process.platform !== "win32";
  const child = spawn(command, args, { cwd, env, detached, stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
  const group: Group = {
    child,
    end() {
      if (groups.delete(group)) killGroup(child);
    },
  };
  groups.add(group);
  return group;
}

/**
 * Runs a program to its end and returns what it printed; an error tells what it said on stderr. Past the time limit it is
 * ended and an error too.
 */
export async function runToEnd(given: Command, milliseconds: number): Promise<string> {
  const group = startGroup(given);
  const stdout = collect(group.child.stdout!);
  const stderr = collect(group.child.stderr!);
  try {
    const status = await limited(given.command, milliseconds, closed(group));
    if (status !== 0) throw new Error(`${given.command} ended with ${status}`);
    return stdout();
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${readable(stderr())}`.trim(), { cause: error });
  } finally {
    group.end();
  }
}

/** What a program said, without the long lines of a minified bundle. */
export function readable(said: string): string {
  const lines = said.split("\n").filter((line) => line.length < 1000);
  return lines.join("\n").trim();
}

/** How the first process ended. The group goes with it: nothing that it left behind keeps its output open. */
export function closed(group: Group): Promise<number | string> {
  return new Promise((resolve, reject) => {
    group.child.once("error", reject);
    group.child.once("exit", () => group.end());
    group.child.once("close", (code, signal) => resolve(code ?? signal ?? "no status"));
  });
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  if (process.platform === "win32") {
    spawnSync("taskkill", ["/pid", String(pid), "/t", "/f"], { stdio: "ignore" });
    return;
  }
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // None of it is left; on macOS, only ones that have ended.
    if (!["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

let isWatching = false;

/** However this process ends, but by SIGKILL, its `exit` listeners run, and the groups end with it. */
export function endWithThisProcess(): void {
  if (isWatching) return;
  isWatching = true;
  process.once("exit", () => {
    for (const group of groups) group.end();
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
}
