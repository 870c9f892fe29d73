import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Shape } from "./shapes.js";
import type { Request } from "./worker.js";

/** Contenders take turns, in an order that rotates from round to round. */
export const ROUNDS = 7;

export interface Timing {
  readonly contender: string;
  readonly shape: Shape;
  /** The median of the rounds. */
  readonly nsPerElement: number;
  /** Each round's own median. */
  readonly rounds: readonly number[];
  /** The largest relative error against float64. */
  readonly error: number;
}

/**
 * Each contender has a process of its own, idle while another is timed: what one does to its engine must not slow the
 * others. Node 20, for one, makes slower code for every typed array once any WebAssembly memory has grown.
 */
export async function measure(contenders: readonly string[], shapes: readonly Shape[]): Promise<Timing[]> {
  const workers = new Map(contenders.map((name) => [name, start(name)]));
  try {
    const timings: Timing[] = [];
    for (const shape of shapes) timings.push(...(await measureShape(workers, shape)));
    return timings;
  } finally {
    for (const worker of workers.values()) worker.kill();
  }
}

async function measureShape(workers: ReadonlyMap<string, ChildProcess>, shape: Shape): Promise<Timing[]> {
  const entries: { contender: string; worker: ChildProcess; error: number; rounds: number[] }[] = [];
  for (const [contender, worker] of workers) {
    entries.push({ contender, worker, error: await ask(worker, shape), rounds: [] });
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const { worker, rounds } of rotate(entries, round)) rounds.push(await ask(worker, "block"));
  }
  return entries.map(({ contender, rounds, error }) => {
    return { contender, shape, nsPerElement: median(rounds), rounds, error };
  });
}

function start(name: string): ChildProcess {
  return fork(fileURLToPath(new URL("./worker.ts", import.meta.url)), [name]);
}

/** Rejects if the process ends; what it threw is on stderr then. */
function ask(worker: ChildProcess, request: Request): Promise<number> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`${worker.spawnargs.at(-1)} ended with ${code}`));
    worker.once("exit", ended);
    worker.once("message", (answer) => {
      worker.off("exit", ended);
      resolve(Number(answer));
    });
    worker.send(request);
  });
}

function rotate<T>(items: readonly T[], by: number): T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}
