// The one seam to threads: worker_threads of Node, which Bun and Deno have too, or Web Workers.

import type { Job, Reply, Setup } from "./protocol.js";

/** A thread that runs the worker's program. */
export interface Thread {
  post(message: Setup | Job, moved: readonly ArrayBuffer[]): void;
  /** Whether the process is to wait for the thread before it ends by itself. */
  hold(isHeld: boolean): void;
  end(): Promise<unknown>;
}

/** What is heard of a thread. */
export interface Listener {
  reply(reply: Reply): void;
  died(cause: unknown): void;
}

/** Starts a thread with a program as text; undefined where the engine has no threads. */
export function startThread(program: string, listener: Listener): Thread | undefined {
  const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
  if (node !== undefined) return startInNode(node, program, listener);
  return typeof Worker === "function" && typeof Blob === "function" ? startOnWeb(program, listener) : undefined;
}

/** How many threads the machine runs at once. */
export function coresAvailable(): number {
  const os = globalThis.process?.getBuiltinModule?.("node:os");
  return os?.availableParallelism?.() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
}

function startInNode(
  { Worker }: typeof import("node:worker_threads"),
  program: string,
  { reply, died }: Listener,
): Thread {
  // The program needs nothing of what the process was started with: no loaders, no environment.
  const worker = new Worker(program, { eval: true, execArgv: [], env: {}, name: "softmax-simd" });
  worker.unref();
  worker.on("message", reply);
  worker.on("messageerror", died);
  worker.on("error", died);
  worker.on("exit", (code) => died(new Error(`the thread ended with code ${code}`)));
  return {
    post: (message, moved) => worker.postMessage(message, moved),
    hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
    end: () => worker.terminate(),
  };
}

/** Where the browser does not say why. */
const NOT_STARTED = "threads could not be started: a content security policy has to allow worker-src blob:";

function startOnWeb(program: string, { reply, died }: Listener): Thread {
  const url = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
  const worker = new Worker(url, { name: "softmax-simd" });
  worker.onmessage = ({ data }) => {
    URL.revokeObjectURL(url);
    reply(data);
  };
  worker.onmessageerror = died;
  worker.onerror = (event) => {
    event.preventDefault();
    died(new Error(event.message || NOT_STARTED, { cause: event.error }));
  };
  return {
    post: (message, moved) => worker.postMessage(message, { transfer: [...moved] }),
    hold: () => {},
    end: async () => worker.terminate(),
  };
}
