export { createSoftmax } from "./create.slim.js";
export type * from "./exported-types.js";
export type { SlimOptions } from "./types.js";
