// A pool: calls are checked at once, then done by threads; or on the calling thread, where that is as quick or there are
// no others.

import type { ParallelKernels } from "../abi.js";
import { describe } from "../check/arrays.js";
import { checkOptions } from "../check/options.js";
import { asyncDispose } from "../dispose.js";
import { Engine, type EngineOptions } from "../engine.js";
import type { Memory } from "../memory.js";
import { carryOut, type Plan, type Whole } from "../plan.js";
import { Store } from "../store.js";
import { CREATE_OPTIONS, checkCreateOptions, opsBy } from "../surface.js";
import { ownMemory, sharedMemory } from "../wasm.js";
import { type Standing, standing } from "../window.js";
import { Crew, DEPTH } from "./crew.js";
import { PoolHeap } from "./heap.js";
import { modules, ownModules } from "./modules.js";
import { type Piece, passingPieces, type Results, resultsOf, sizeOf, standingPieces, standingTurns } from "./pieces.js";
import { isLong, splitRows } from "./row.js";
import { PostedSlot, SharedSlot, type Slot, Slots } from "./slot.js";
import { type Control, helps, lost, messageOf, Progress, type Team, takeTurns, work, workersOf } from "./team.js";
import { coresAvailable } from "./thread.js";
import type { Pool, PoolBackend, PoolOptions } from "./types.js";

/** Calls of fewer elements are quicker done on the calling thread. */
const SMALL = 2 ** 19;

const MOST_THREADS = 64;

/** The threads, once they have been started, and where they work: the pool's arrays, or memories of their own. */
interface Started extends Team {
  /** Where the calling thread works on rows that it has to copy anyway; undefined where it stays free. */
  readonly own: Slot | undefined;
  /** … and on those that stand in shared memory: beside as many threads as there are cores it would be in their way. */
  readonly free: Slot | undefined;
  readonly heap: PoolHeap | undefined;
}

class PoolEngine extends Engine {
  /** Once there are arrays, or threads. */
  arrays: PoolHeap | undefined;

  constructor(options: EngineOptions) {
    super({ ...options, imports: sharedMemory });
  }

  protected override heapIn(memory: Memory): PoolHeap {
    this.arrays = new PoolHeap(memory);
    return this.arrays;
  }
}

type Op = (...given: unknown[]) => Plan | Whole;
type Plain = (...given: unknown[]) => unknown;

class Calls {
  /** Over shared memory, for threads and arrays. */
  readonly #engine: PoolEngine;
  /** Over memory of its own, for what the calling thread does alone. */
  readonly #here: Engine;
  readonly store: Store;
  readonly #threads: number;
  /** Undefined where no kernel can serve. */
  readonly #starting: Promise<Started | undefined>;
  #started: Started | undefined;
  #closed: Error | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: PoolOptions, threads: number) {
    const engine = new PoolEngine(checkCreateOptions(modules, options));
    this.#engine = engine;
    this.#here = new Engine({ ...checkCreateOptions(ownModules, options), imports: ownMemory });
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

  close(): Promise<void> {
    this.#closed ??= new Error("the pool was closed");
    this.#closing ??= this.#end(this.#closed);
    return this.#closing;
  }

  /** A call of an op: `given` are its inputs and options, the last of which it may do without. */
  async call(op: Op, plain: Plain, inputs: readonly unknown[], options: unknown): Promise<unknown> {
    if (this.#closed !== undefined) throw this.#closed;
    const { control, rest } = readControl(options);
    if (control.signal?.aborted) throw control.signal.reason;
    // A page may have to compile first.
    if (this.#here.isEarly()) await this.#starting;
    const memory = this.#here.memory();
    if (memory === undefined) return plain(...inputs, rest, this.store);
    const plan = op(...inputs, rest, this.store);
    if ("whole" in plan) return carryOut(memory, plan);
    const { outer, inner } = plan.request.extent;
    const progress = new Progress(control, outer * inner);
    const here = (): unknown => {
      const result = carryOut(memory, plan);
      progress.advance(outer * inner);
      return result;
    };
    if (sizeOf(plan.request) < SMALL) return here();
    const end = this.#engine.arrays?.begin();
    try {
      const started = this.#started ?? (await this.#starting);
      // Whether threads are permitted shows once they start.
      await started?.crew.ready();
      if (this.#closed !== undefined) throw this.#closed;
      if (started === undefined || started.crew.size === 0) return here();
      return await share(plan, started, progress, here);
    } finally {
      end?.();
    }
  }

  async #end(cause: Error): Promise<void> {
    const started = await this.#starting.catch(() => undefined);
    await started?.crew.close(cause);
  }

  async #start(): Promise<Started | undefined> {
    const engine = this.#engine;
    await Promise.all([engine.ready(), this.#here.ready()]);
    const memory = engine.memory();
    const module = engine.module();
    if (memory === undefined || module === undefined) return undefined;
    const heap = engine.heap(0) as PoolHeap;
    const { crew, shares } = newCrew(this.#threads, module, heap);
    const slot = (): Slot => (shares ? new SharedSlot(heap) : new PostedSlot(memory));
    const slots = new Slots(Array.from({ length: DEPTH * this.#threads }, slot));
    const own = helps ? new SharedSlot(heap, heap.memory.kernels as ParallelKernels) : undefined;
    const threads = this.#threads;
    const free = threads < coresAvailable() ? own : undefined;
    this.#started = { crew, slots, threads, own, free, heap: shares ? heap : undefined };
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

/** A call by several threads; by `here` where there is nothing to share out. */
async function share(plan: Plan, started: Started, progress: Progress, here: () => unknown): Promise<unknown> {
  const { heap, threads, own, free } = started;
  const results = resultsOf(plan);
  const deliver = (): unknown => plan.deliver(plan.request, results.elements, results.numbers);
  const place = heap && standing(plan.request, plan.op);
  if (heap !== undefined && place !== undefined) {
    const workers = workersOf(threads, free);
    if (isLong(plan, place, workers)) {
      await splitRows(plan, place, heap, started, free, progress);
      return deliver();
    }
    if (plan.request.extent.outer >= workers) {
      await shareStanding(plan, place, { ...started, heap }, free, results, progress);
      return deliver();
    }
  }
  const pieces = await passingPiecesOf(plan, started, results);
  if (pieces.length === 1) return here();
  // The rows are in the calling thread's hands anyway, so it does a share: 1.6 times one thread in place of 1.3.
  await work(started, pieces, progress, own);
  return deliver();
}

async function passingPiecesOf(
  plan: Plan,
  { slots, threads, own }: Started,
  results: Results,
): Promise<readonly Piece[]> {
  const slot = await slots.take();
  try {
    return passingPieces(plan, workersOf(threads, own), slot, results);
  } finally {
    slots.give(slot);
  }
}

/** Rows that stand in shared memory: by turns where nobody watches, else piece by piece. */
async function shareStanding(
  plan: Plan,
  place: Standing,
  team: Team & { readonly heap: PoolHeap },
  own: Slot | undefined,
  results: Results,
  progress: Progress,
): Promise<void> {
  const { threads, heap } = team;
  // One message to each thread in place of one for each piece: 1.7 times one thread at 4096x1000 in place of 1.4.
  if (plan.op.numbers === 0 && !place.copied && !progress.isWatched) {
    const turns = standingTurns(plan, place, workersOf(threads, own));
    const died = await takeTurns(team, heap, turns, own);
    if (died === undefined) return;
    if (place.x === place.y) throw lost(died);
  }
  await work(team, standingPieces(plan, place, threads, results), progress, own);
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
  if (threads === undefined) return Math.max(1, Math.min(MOST_THREADS, coresAvailable() - (helps ? 1 : 0)));
  const expected = `threads: expected an integer from 1 to ${MOST_THREADS}, got`;
  if (typeof threads !== "number") throw new TypeError(`${expected} ${describe(threads)}`);
  if (Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS) return threads;
  throw new RangeError(`${expected} ${threads}`);
}

/**
 * A pool of threads over memory that they share with the arrays of its `allocate`. Its functions are those of
 * {@link "softmax-simd"}: the same arguments, options and results, bit for bit, in promises that reject with the errors that
 * those throw; and {@link PoolCallOptions} beside.
 *
 * Close it, or declare it with `await using`. In Node a pool that was not closed does not keep the process alive.
 *
 * @throws TypeError, RangeError for wrong options. Calls reject with an Error where `fallback: false` or
 * `deterministic: true` stand and no kernel can serve.
 * @example
 * await using pool = createPool({ threads: 2 });
 * const probabilities = await pool.softmax(new Float32Array(256 * 1000), { shape: [256, 1000] });
 * probabilities; // Float32Array(256000)
 */
export function createPool(options?: PoolOptions): Pool {
  const { threads, ...given } = checkOptions(options, POOL_OPTIONS) as PoolOptions;
  const count = checkThreads(threads);
  const calls = new Calls(given, count);
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
