// The types of softmax-simd/parallel.

import type { PoolCallOptions } from "../mode.js";
import type { Input, LogitsOptions, MapFunction, Ops } from "../op-types.js";
import type { AllocatedArray, AllocateFunction, Backend, ResidentDtype, resident } from "../types.js";

export type { AbortSignalLike, Allocated, Extra, Mode, PoolCallOptions, Progress, Returned } from "../mode.js";

/** Options of {@link createPool}. */
export interface PoolOptions {
  /**
   * How many threads beside the calling one: an integer from 1 to 64. Default: in Node, Bun and Deno, where the calling
   * thread does a share, one fewer than the cores that the platform tells, at least 1; in browsers as many.
   */
  readonly threads?: number;
  /** Only the baseline module, whose results are the same bits on every engine; calls reject where it cannot serve. */
  readonly deterministic?: boolean;
  /** false: calls reject where no kernel can serve, in place of falling back to JavaScript. Default true. */
  readonly fallback?: boolean;
  /** The most bytes the pool's memory may grow to. Default and ceiling 4 GiB. */
  readonly maxMemory?: number;
}

/** What serves the calls of a pool, on how many threads, and why. */
export interface PoolBackend extends Backend {
  /** How many workers serve. 0: the calling thread serves. */
  readonly threads: number;
  /**
   * How elements reach the workers: in memory "shared" with them; "transferred" in chunks, where no memory can be shared;
   * "none" where there are no workers.
   */
  readonly memory: "shared" | "transferred" | "none";
}

/** An array that lives in a pool's memory until it is freed, as {@link Pool.allocate} gives it. */
export interface SharedArray<D extends ResidentDtype = ResidentDtype> extends AllocatedArray<D> {
  /** @hidden */
  readonly [resident]: "shared";
  /**
   * Its values, row-major, to read and write while no call is under way with them. They are in a SharedArrayBuffer,
   * or an ArrayBuffer where JavaScript serves, or on an edge platform.
   */
  readonly data: D extends "float32" ? Float32Array : Float64Array;
  /**
   * Copies values in: of this array's size, and of its shape where they have one; or from `offset` on, in row-major order,
   * and then as many as there is room for.
   */
  set(values: Input<"promise">, offset?: number): void;
}

/** `Symbol.asyncDispose`, where TypeScript is told that there is one. */
type AsyncDispose = SymbolConstructor extends { readonly asyncDispose: infer S extends symbol } ? S : never;

/** What `await using` asks for. */
export type AsyncDisposing = { readonly [K in AsyncDispose]: () => Promise<void> };

/**
 * The ops over several threads. They take what those of one thread take, and {@link PoolCallOptions}, and give the same
 * results, bit for bit, in promises, which reject with the errors that those throw. Inputs and `out` are to be left alone
 * until then.
 */
export interface Pool extends Ops<"promise">, AsyncDisposing {
  /** softmax(β x) along an axis. */
  readonly softmax: MapFunction<LogitsOptions, "promise">;
  /** An array that lives in the memory of this pool, until it is freed. */
  readonly allocate: AllocateFunction<"promise">;
  /** What serves the calls, on how many threads, and why. */
  readonly backend: () => PoolBackend;
  /** Starts the workers and compiles the kernels ahead. */
  readonly ready: () => Promise<void>;
  /** Ends the workers; resolves once they have ended. Calls from then on reject. To do so again is no error. */
  readonly close: () => Promise<void>;
}
