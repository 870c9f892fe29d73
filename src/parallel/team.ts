// The threads of a pool with the memory that they work in, and calls in pieces among them.

import { type Crew, DEPTH, ThreadDied } from "./crew.js";
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
  /** Where the calling thread does its share; undefined where it stays free. */
  readonly own: Slot | undefined;
}

/** How many threads work: the calling one too, if it has a slot of its own. */
export function workersOf({ threads, own }: Team): number {
  return threads + (own === undefined ? 0 : 1);
}

/** Has all pieces done. What fails first is thrown, once no thread works on any piece any more. */
export async function work(team: Team, pieces: readonly Piece[], progress: Progress): Promise<void> {
  const { crew, slots, threads, own } = team;
  const left = pieces.values();
  const failures: unknown[] = [];
  const attempt = async (act: () => Promise<void>, rows: number): Promise<void> => {
    try {
      progress.check();
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
    }
  };
  const ownLane = async (slot: Slot): Promise<void> => {
    // The others first; and between pieces whatever waits for this thread.
    await turn();
    for (const piece of left) {
      if (failures.length === 0) await attempt(async () => doHere(piece, slot), piece.rows);
      if (failures.length > 0) return;
      await turn();
    }
  };
  const lanes = Array.from({ length: Math.min(pieces.length, threads * DEPTH) }, lane);
  if (own !== undefined) lanes.push(ownLane(own));
  await Promise.all(lanes);
  if (failures.length > 0) throw failures[0];
}

/** Whether the calling thread does its share: where it need not be free for a page. */
export const helps: boolean = typeof setImmediate === "function";

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

function doHere(piece: Piece, slot: Slot): void {
  piece.load(slot);
  piece.take(slot);
}

async function doPiece(piece: Piece, slot: Slot, crew: Crew): Promise<void> {
  for (let left = TRIES; ; left--) {
    piece.load(slot);
    try {
      await slot.done(crew);
      return piece.take(slot);
    } catch (error) {
      if (!(error instanceof ThreadDied)) throw error;
      if (!piece.again || left === 1)
        throw new Error(`a thread of the pool died: ${reasonOf(error)}`, { cause: error.cause });
    }
  }
}

function reasonOf({ cause }: Error): string {
  return cause instanceof Error ? cause.message : String(cause);
}
