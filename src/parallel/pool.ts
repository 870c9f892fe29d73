// A pool: calls are checked at once, then done by threads; or on the calling thread, where that is as quick or there are
// no others.

import { describe } from "../check/arrays.js";
import { checkIndex, checkOptions } from "../check/options.js";
import { asyncDispose } from "../dispose.js";
import { Engine, type EngineOptions } from "../engine.js";
import type { Memory } from "../memory.js";
import { carryOut, type Plan, type Whole } from "../plan.js";
import { Store } from "../store.js";
import { CREATE_OPTIONS, checkCreateOptions, opsBy } from "../surface.js";
import { sharedMemory } from "../wasm.js";
import { Crew, DEPTH } from "./crew.js";
import { PoolHeap } from "./heap.js";
import { modules } from "./modules.js";
import { type Piece, piecesOf, type Results, resultsOf, sizeOf } from "./pieces.js";
import { isLong, splitRows } from "./row.js";
import { PostedSlot, SharedSlot, type Slot, Slots } from "./slot.js";
import { type Control, Progress, type Team, work } from "./team.js";
import { coresAvailable } from "./thread.js";
import type { Pool, PoolBackend, PoolOptions } from "./types.js";

/** Calls of fewer elements are quicker done on the calling thread. */
const SMALL = 2 ** 17;

const MOST_THREADS = 64;

/** The threads, once they have been started, and where they work: the pool's arrays, or memories of their own. */
interface Started extends Team {
  readonly heap: PoolHeap | undefined;
}

class PoolEngine extends Engine {
  constructor(options: EngineOptions) {
    super({ ...options, imports: sharedMemory });
  }

  protected override heapIn(memory: Memory): PoolHeap {
    return new PoolHeap(memory);
  }
}

type Op = (...given: unknown[]) => Plan | Whole;
type Plain = (...given: unknown[]) => unknown;

class Calls {
  readonly #engine: PoolEngine;
  readonly store: Store;
  readonly #threads: number;
  /** Undefined where no kernel can serve. */
  readonly #starting: Promise<Started | undefined>;
  #started: Started | undefined;
  #closed: Error | undefined;

  constructor(engine: PoolEngine, threads: number) {
    this.#engine = engine;
    this.#threads = threads;
    this.store = new Store(engine);
    this.#starting = this.#start();
    // What is wrong shows in the calls, too.
    this.#starting.catch(() => {});
  }

  backend(): PoolBackend {
    const { backend, reason } = this.#engine.backend();
    const threads = this.#started?.crew.size ?? 0;
    if (this.#started === undefined) return { backend, reason, threads, memory: "none" };
    if (threads > 0) return { backend, reason, threads, memory: this.#started.heap ? "shared" : "transferred" };
    return { backend, reason: `${reason}; ${messageOf(this.#started.crew.cause)}`, threads, memory: "none" };
  }

  async ready(): Promise<void> {
    const started = await this.#starting;
    await started?.crew.ready();
  }

  async close(): Promise<void> {
    this.#closed ??= new Error("the pool was closed");
    const started = await this.#starting.catch(() => undefined);
    await started?.crew.close(this.#closed);
  }

  /** A call of an op: `given` are its inputs and options, the last of which it may do without. */
  async call(op: Op, plain: Plain, inputs: readonly unknown[], options: unknown): Promise<unknown> {
    if (this.#closed !== undefined) throw this.#closed;
    const { control, rest } = readControl(options);
    new Progress(control, 0).check();
    const memory = this.#engine.memory();
    if (memory === undefined) return plain(...inputs, rest, this.store);
    const plan = op(...inputs, rest, this.store);
    if ("whole" in plan || sizeOf(plan.request) < SMALL) return carryOut(memory, plan);
    const started = this.#started ?? (await this.#starting);
    if (started === undefined || started.crew.size === 0) return carryOut(memory, plan);
    return share(plan, started, control);
  }

  async #start(): Promise<Started | undefined> {
    const engine = this.#engine;
    await engine.ready();
    const memory = engine.memory();
    const module = engine.module();
    if (memory === undefined || module === undefined) return undefined;
    const heap = engine.heap(0) as PoolHeap;
    const { crew, shares } = newCrew(this.#threads, module, heap);
    const slot = (): Slot => (shares ? new SharedSlot(heap) : new PostedSlot(memory));
    const slots = new Slots(Array.from({ length: DEPTH * this.#threads }, slot));
    this.#started = { crew, slots, threads: this.#threads, heap: shares ? heap : undefined };
    return this.#started;
  }
}

/** Threads over the memory of the arrays; where it may not be shared, each in memory of its own. */
function newCrew(threads: number, module: object, heap: PoolHeap): { readonly crew: Crew; readonly shares: boolean } {
  try {
    return { crew: new Crew(threads, { module, memory: heap.memory.kernels.memory }), shares: true };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "DataCloneError") throw error;
    return { crew: new Crew(threads, { module, memory: undefined }), shares: false };
  }
}

/** A call by several threads. */
async function share(plan: Plan, started: Started, control: Control): Promise<unknown> {
  const { heap, threads } = started;
  const { outer, inner } = plan.request.extent;
  const progress = new Progress(control, outer * inner);
  heap?.begin();
  try {
    const results = resultsOf(plan);
    if (heap !== undefined && isLong(plan, threads)) await splitRows(plan, results, heap, started, progress);
    else await work(started, await piecesFor(plan, results, started), progress);
    return plan.deliver(plan.request, results.elements, results.numbers);
  } finally {
    heap?.end();
  }
}

async function piecesFor(plan: Plan, results: Results, { heap, slots, threads }: Started): Promise<readonly Piece[]> {
  const slot = await slots.take();
  try {
    return piecesOf(plan, results, threads, slot, heap !== undefined);
  } finally {
    slots.give(slot);
  }
}

/** Options of a pool's call apart from those of the op. */
function readControl(options: unknown): { readonly control: Control; readonly rest: unknown } {
  if (typeof options !== "object" || options === null || !("signal" in options || "onProgress" in options)) {
    return { control: { signal: undefined, onProgress: undefined }, rest: options };
  }
  const rest: Record<string, unknown> = {};
  // Inherited ones too: checkOptions looks at them.
  for (const name in options) rest[name] = options[name as keyof typeof options];
  const { signal, onProgress } = rest;
  delete rest["signal"];
  delete rest["onProgress"];
  if (signal !== undefined && typeof (signal as Control["signal"])?.aborted !== "boolean") {
    throw new TypeError(`signal: expected an AbortSignal, got ${describe(signal)}`);
  }
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw new TypeError(`onProgress: expected a function, got ${describe(onProgress)}`);
  }
  return { control: { signal, onProgress } as Control, rest };
}

function checkThreads(threads: unknown): number {
  if (threads === undefined) return Math.max(1, Math.min(MOST_THREADS, coresAvailable()));
  const count = checkIndex(threads, "threads", MOST_THREADS + 1);
  if (count > 0) return count;
  throw new RangeError(`threads: expected an integer from 1 to ${MOST_THREADS}, got ${count}`);
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/**
 * A pool of threads over memory that they share with the arrays of its `allocate`.
 */
export function createPool(options?: PoolOptions): Pool {
  const { threads, ...given } = checkOptions(options, POOL_OPTIONS) as PoolOptions;
  const count = checkThreads(threads);
  const calls = new Calls(new PoolEngine(checkCreateOptions(modules, given)), count);
  const one = <F>(op: unknown, plain: F): F =>
    ((x: unknown, options?: unknown) => calls.call(op as Op, plain as Plain, [x], options)) as F;
  const two = <F>(op: unknown, plain: F): F =>
    ((x: unknown, second: unknown, options?: unknown) =>
      calls.call(op as Op, plain as Plain, [x, second], options)) as F;
  const close = (): Promise<void> => calls.close();
  return {
    ...opsBy(one, two),
    allocate: (dtype: unknown, shape: unknown) => calls.store.allocate(dtype, shape),
    backend: () => calls.backend(),
    ready: () => calls.ready(),
    close,
    [asyncDispose]: close,
  } as unknown as Pool;
}

const POOL_OPTIONS = ["threads", ...CREATE_OPTIONS.filter((name) => name !== "module" && name !== "bytes")];
