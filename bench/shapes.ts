/** Rows by columns, softmax along the columns: a batch of one, small heads, vocabularies. */
export type Shape = readonly [rows: number, columns: number];

export const shapes: readonly Shape[] = [
  [1, 10],
  [64, 10],
  [1024, 10],
  [4096, 64],
  [256, 1000],
  [1, 131072],
  [64, 32768],
];
