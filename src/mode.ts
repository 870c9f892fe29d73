// What the ops of one instance and those of a pool differ in: the same function types serve both.

import type { SharedArray } from "./parallel/types.js";
import type { ResidentArray, ResidentDtype } from "./types.js";

/** How ops give their results: by "value", or, as those of a pool, in a "promise". */
export type Mode = "value" | "promise";

/** What an op of mode M returns for a result of type T. */
export type Returned<M extends Mode, T> = M extends "promise" ? Promise<T> : T;

/** The options that an op of mode M has beside its own. */
export type Extra<M extends Mode> = M extends "promise" ? PoolCallOptions : unknown;

/** The arrays that `allocate` gives for ops of mode M. */
export type Allocated<M extends Mode, D extends ResidentDtype = ResidentDtype> = M extends "promise"
  ? SharedArray<D>
  : ResidentArray<D>;

/** Options of every function of a pool, beside those that it has on one thread. */
export interface PoolCallOptions {
  /**
   * Ends the call. It is looked at between pieces of work; the promise then rejects with its `reason`, once the work under
   * way has ended. `out` may be written in part by then.
   */
  readonly signal?: AbortSignalLike;
  /** Called after each piece of work, on the thread that made the call. */
  readonly onProgress?: (progress: Progress) => void;
}

/** What an `AbortSignal` tells. */
export interface AbortSignalLike {
  /** Whether the call is to end. */
  readonly aborted: boolean;
  /** What its promise then rejects with. */
  readonly reason?: unknown;
}

/** How far a call has come. */
export interface Progress {
  /** How many rows are done. */
  readonly done: number;
  /** How many rows the call has. */
  readonly total: number;
}
