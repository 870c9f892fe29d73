// The threads of a pool with the memory that they work in, and calls in pieces among them.

import { type Crew, DEPTH, ThreadDied } from "./crew.js";
import type { PoolHeap } from "./heap.js";
import type { Piece } from "./pieces.js";
import type { Slot, Slots } from "./slot.js";

/** How often a piece of work is tried whose thread dies. */
const TRIES = 3;

/** What a caller hears of a call, and says to it. */
export interface Control {
  readonly signal: { readonly aborted: boolean; readonly reason?: unknown } | undefined;
  readonly onProgress: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
}

/** A call's rows, as they get done. */
export class Progress {
  readonly #control: Control;
  readonly #total: number;
  #done = 0;

  constructor(control: Control, total: number) {
    this.#control = control;
    this.#total = total;
  }

  /** Whether anybody looks at it, or may end it. */
  get isWatched(): boolean {
    const { signal, onProgress } = this.#control;
    return signal !== undefined || onProgress !== undefined;
  }

  /** Throws the signal's reason, if it has been given. */
  check(): void {
    const { signal } = this.#control;
    if (signal?.aborted) throw signal.reason;
  }

  advance(rows: number): void {
    this.#done += rows;
    if (rows > 0) this.#control.onProgress?.({ done: this.#done, total: this.#total });
  }
}

/** Threads, and the slots in which they are given work. */
export interface Team {
  readonly crew: Crew;
  readonly slots: Slots;
  readonly threads: number;
}

/** How many work: so many threads, and the calling one where it does a share. */
export function workersOf(threads: number, own: Slot | undefined): number {
  return own === undefined ? threads : threads + 1;
}

/**
 * Has all pieces done; `own`: where the calling thread does its share. What fails first is thrown, once no thread works on
 * any piece any more.
 */
export async function work(team: Team, pieces: readonly Piece[], progress: Progress, own?: Slot): Promise<void> {
  const { crew, slots, threads } = team;
  const left = pieces.values();
  const failures: unknown[] = [];
  const attempt = async (act: () => Promise<void>, rows: number): Promise<void> => {
    try {
      progress.check();
      crew.check();
      await act();
      if (failures.length === 0) progress.advance(rows);
    } catch (error) {
      failures.push(error);
    }
  };
  const lane = async (): Promise<void> => {
    for (const piece of left) {
      // By turns with other calls.
      const slot = await slots.take();
      if (failures.length === 0) await attempt(() => doPiece(piece, slot, crew), piece.rows);
      slots.give(slot);
      if (failures.length > 0) return;
      await breathe();
    }
  };
  const ownLane = async (slot: Slot): Promise<void> => {
    // The others first; and between pieces whatever waits for this thread.
    await turnOfLoop();
    for (const piece of left) {
      if (failures.length === 0) await attempt(async () => doHere(piece, slot), piece.rows);
      if (failures.length > 0) return;
      await turnOfLoop();
    }
  };
  const lanes = Array.from({ length: Math.min(pieces.length, threads * DEPTH) }, lane);
  if (own !== undefined) lanes.push(ownLane(own));
  await Promise.all(lanes);
  if (failures.length > 0) throw failures[0];
}

/** Whether the calling thread may do a share: where it need not be free for a page. */
export const helps: boolean = typeof setImmediate === "function";

function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

let breathed = 0;

/** Once a millisecond, what else waits for this thread: Node hands over messages without end while more of them come. */
async function breathe(): Promise<void> {
  if (!helps || performance.now() < breathed + 1) return;
  await turnOfLoop();
  breathed = performance.now();
}

function doHere(piece: Piece, slot: Slot): void {
  piece.load(slot);
  piece.take(slot);
}

/** Work in turns, which whoever is free takes. */
export interface Turns {
  readonly count: number;
  /** Makes, or records in a slot, the kernel calls of a turn. */
  act(turn: number, slot: Slot): void;
}

/**
 * Has the threads take turns, by one message to each; `own`: where the calling thread takes some too. What comes
 * back says that a thread died, so that nothing is known of what it did.
 */
export async function takeTurns(
  { crew, slots, threads }: Team,
  heap: PoolHeap,
  { count, act }: Turns,
  own: Slot | undefined,
): Promise<ThreadDied | undefined> {
  const counter = heap.borrow("float64", 1);
  const taken = await Promise.all(Array.from({ length: threads }, () => slots.take()));
  try {
    const ends = Promise.allSettled(
      taken.map((slot) => {
        slot.begin(0);
        for (let turn = 0; turn < count; turn++) act(turn, slot);
        return slot.done(crew, counter.at);
      }),
    );
    if (own !== undefined) await takeOwnTurns(heap, counter.at as number, { count, act }, own);
    const failures = (await ends).flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
    const wrong = failures.find((failure) => !(failure instanceof ThreadDied));
    if (wrong !== undefined) throw wrong;
    return failures[0] as ThreadDied | undefined;
  } finally {
    for (const slot of taken) slots.give(slot);
    counter.free();
  }
}

/** On the calling thread, which sees to what else waits for it once a millisecond. */
async function takeOwnTurns(heap: PoolHeap, counter: number, { count, act }: Turns, own: Slot): Promise<void> {
  const next = new Int32Array(heap.memory.buffer() as ArrayBuffer, counter, 1);
  for (let turn = Atomics.add(next, 0, 1); turn < count; turn = Atomics.add(next, 0, 1)) {
    act(turn, own);
    await breathe();
  }
}

async function doPiece(piece: Piece, slot: Slot, crew: Crew): Promise<void> {
  for (let left = TRIES; ; left--) {
    piece.load(slot);
    try {
      await slot.done(crew);
      return piece.take(slot);
    } catch (error) {
      if (!(error instanceof ThreadDied)) throw error;
      if (!piece.again || left === 1) throw lost(error);
    }
  }
}

/** What a call is rejected with that could not be done again. */
export function lost({ cause }: ThreadDied): Error {
  return new Error(`a thread of the pool died: ${messageOf(cause)}`, { cause });
}

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
