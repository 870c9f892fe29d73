// The threads of a pool with the memory that they work in, and calls in pieces among them.

import type { Crew } from "./crew.js";
import { ThreadDied } from "./crew.js";
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
}

/**
 * Has the threads do all pieces. What fails first is thrown, once no thread works on any piece any more.
 */
export async function work(
  { crew, slots, threads }: Team,
  pieces: readonly Piece[],
  progress: Progress,
): Promise<void> {
  const left = pieces.values();
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (const piece of left) {
      if (failures.length > 0) return;
      // By turns with other calls.
      const slot = await slots.take();
      try {
        progress.check();
        await doPiece(piece, slot, crew);
        progress.advance(piece.rows);
      } catch (error) {
        failures.push(error);
      } finally {
        slots.give(slot);
      }
    }
  };
  const lanes = Math.min(pieces.length, threads * 2);
  await Promise.all(Array.from({ length: lanes }, lane));
  if (failures.length > 0) throw failures[0];
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
