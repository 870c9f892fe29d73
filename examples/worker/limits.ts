// How much one request may ask for, so that several fit into an isolate's 128 MB.

/** A JSON body. The numbers in it, and in the answer's text, take several times as much. */
export const MAX_JSON_BYTES: number = 2 ** 21;

/** The classes in a row of a raw body: a row, and its result, is what a stream has to hold. */
export const MAX_COLUMNS: number = 2 ** 20;

/** A raw body of /sample, which is held whole. */
export const MAX_SAMPLE_BYTES: number = 2 ** 23;

/** The rows of a raw body of /cross-entropy, whose targets are held. */
export const MAX_TARGETS: number = 2 ** 20;

/** Draws of one request. */
export const MAX_DRAWS: number = 2 ** 20;

/** Rows shorter than this are taken together. */
export const BLOCK_BYTES: number = 2 ** 16;
