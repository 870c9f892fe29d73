// What travels between shards: partials as bytes, since JSON has neither Infinity nor NaN.

import type { Partials } from "softmax-simd";

/** Two float64 numbers a row, little-endian: all maxima, then all sums. */
export function toBytes({ max, sum }: Partials): Uint8Array<ArrayBuffer> {
  const numbers = new Float64Array(2 * max.length);
  numbers.set(max);
  numbers.set(sum, max.length);
  return new Uint8Array(numbers.buffer);
}

export function fromBytes(bytes: ArrayBuffer, beta: number): Partials {
  const numbers = new Float64Array(bytes);
  const rows = numbers.length / 2;
  return { max: numbers.slice(0, rows), sum: numbers.slice(rows), beta };
}
