export { createSoftmax } from "./create.slim.js";
export type * from "./exported-types.js";
export { mergePartials } from "./partials.js";
export type { SlimOptions } from "./types.js";
