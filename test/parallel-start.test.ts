// What a pool does where threads cannot be started, or not to the end: the calling thread serves, and says why.

import { EventEmitter } from "node:events";
import * as threads from "node:worker_threads";
import { afterEach, describe, expect, it, vi } from "vitest";
import * as library from "../src/index.js";
import { createPool } from "../src/parallel.js";

const SHAPE = [1024, 1024] as const;
const x: Float32Array = Float32Array.from({ length: SHAPE[0] * SHAPE[1] }, (_, i) => Math.sin(i));

/** Has new pools start workers of another class. */
function workersOf(Worker: unknown): void {
  const real = process.getBuiltinModule;
  const modules = (name: string): unknown => (name === "node:worker_threads" ? { ...threads, Worker } : real(name));
  vi.spyOn(process, "getBuiltinModule").mockImplementation(modules as typeof process.getBuiltinModule);
}

afterEach(() => void vi.restoreAllMocks());

class Refused {
  constructor() {
    throw new Error("threads are forbidden");
  }
}

/** As one that a content security policy forbids: made, and then an error. */
class Dying extends EventEmitter {
  constructor() {
    super();
    setTimeout(() => this.emit("error", new Error("threads are forbidden")), 5);
  }
  ref(): void {}
  unref(): void {}
  postMessage(): void {}
  async terminate(): Promise<void> {}
}

/** Never up. */
class Silent extends Dying {
  override emit(): boolean {
    return false;
  }
}

describe.each([
  ["cannot be made", Refused],
  ["die before they are up", Dying],
])("where threads %s", (_, Worker) => {
  it("a call that waits for nothing is served by the calling thread", async () => {
    workersOf(Worker);
    await using pool = createPool({ threads: 2 });
    const got = await pool.softmax(x, { shape: SHAPE });
    expect(Buffer.from(got.buffer).equals(Buffer.from(library.softmax(x, { shape: SHAPE }).buffer))).toBe(true);
  });

  it("ready() resolves, and backend() says why", async () => {
    workersOf(Worker);
    await using pool = createPool({ threads: 2 });
    await pool.ready();
    expect(pool.backend()).toMatchObject({ threads: 0, memory: "none" });
    expect(pool.backend().reason).toMatch(/threads are forbidden/);
  });
});

it("a pool that is closed before its threads are up lets nobody wait", async () => {
  workersOf(Silent);
  const pool = createPool({ threads: 2 });
  const call = pool.softmax(x, { shape: SHAPE });
  const ready = pool.ready();
  // Until both wait for the threads.
  await new Promise((resolve) => setTimeout(resolve, 50));
  await pool.close();
  await ready;
  await expect(call.then(() => "done")).rejects.toThrow("closed");
});
