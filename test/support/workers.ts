// The seam between pools and their workers, where tests watch and trouble them.

import type { Worker, WorkerOptions } from "node:worker_threads";

const threads = process.getBuiltinModule("node:worker_threads");

/** What is done to workers, as long as it stands here. */
export const seam: {
  /** The program that a new worker runs in place of the pool's. */
  program?: ((given: string) => string) | undefined;
  /** Sees what is posted to workers; what it throws, the post throws. */
  post?: ((message: object) => void) | undefined;
} = {};

/** All workers since this module was imported. */
export const started: Worker[] = [];

/** Those of them that have ended. */
export const ended: Set<Worker> = new Set();

class Watched extends threads.Worker {
  constructor(program: string, options: WorkerOptions) {
    super(seam.program?.(program) ?? program, options);
    started.push(this);
    this.once("exit", () => ended.add(this));
  }

  override postMessage(...given: Parameters<Worker["postMessage"]>): void {
    seam.post?.(given[0] as object);
    super.postMessage(...given);
  }
}

Object.assign(threads, { Worker: Watched });

/** The workers that run. */
export function alive(): Worker[] {
  return started.filter((worker) => !ended.has(worker));
}

/** Runs `act` with workers changed. */
export async function troubled<T>(trouble: typeof seam, act: () => Promise<T>): Promise<T> {
  const { program, post } = seam;
  Object.assign(seam, trouble);
  try {
    return await act();
  } finally {
    Object.assign(seam, { program, post });
  }
}

/** Where memory cannot be posted, as on pages that are not isolated. */
export function refuseSharing(message: object): void {
  if (!Object.values(message).some((value) => value instanceof WebAssembly.Memory)) return;
  throw new DOMException("#<Memory> could not be cloned.", "DataCloneError");
}

/** A program that ends its thread with the statement, run when the first kernel calls are asked for. */
export function dying(statement: string): (program: string) => string {
  return (program) => `
    process.getBuiltinModule("node:worker_threads").parentPort.on("message", (message) => {
      if ("calls" in message) ${statement};
    });
    ${program}`;
}

/** A program that runs this and no more. */
export function replaced(program: string): () => string {
  return () => program;
}
