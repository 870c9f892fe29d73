/**
 * The functions of {@link "softmax-simd"} over several threads, in promises.
 *
 * @module softmax-simd/parallel
 */

export type * from "./exported-types.js";
export { createPool } from "./parallel/pool.js";
export type {
  AbortSignalLike,
  Mode,
  Pool,
  PoolBackend,
  PoolCallOptions,
  PoolOptions,
  Progress,
  SharedArray,
} from "./parallel/types.js";
