// Stands for a language model's last layer: a logit for each column of the vocabulary, from a hidden state.

export const COLUMNS = 5000;

/** The temperature, as β. */
export const BETA: number = 1 / 0.7;

/** The logits of some columns. */
export function logitsOf(state: number, first: number, end: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: end - first }, (_, i) => 10 * Math.sin(state + (first + i) ** 2));
}
