export type * from "./exported-types.js";
export { createPool } from "./parallel/pool.js";
export type { Pool, PoolBackend, PoolOptions } from "./parallel/types.js";
