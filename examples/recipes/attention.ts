// Scaled dot-product attention with a causal mask: each position attends to itself and to those before it.

import { softmax } from "softmax-simd";

/** `positions` vectors of `width` numbers for each head of each sequence in a batch. */
export interface Size {
  batch: number;
  heads: number;
  positions: number;
  width: number;
}

/** Q Kᵀ for each head: [batch, heads, positions, positions]. */
export function dotProducts(queries: Float32Array, keys: Float32Array, size: Size): Float32Array {
  const { batch, heads, positions, width } = size;
  const scores = new Float32Array(batch * heads * positions * positions);
  for (let i = 0; i < scores.length; i++) {
    const query = Math.floor(i / positions) * width;
    const key = (Math.floor(i / positions ** 2) * positions + (i % positions)) * width;
    let sum = 0;
    for (let c = 0; c < width; c++) sum += (queries[query + c] as number) * (keys[key + c] as number);
    scores[i] = sum;
  }
  return scores;
}

/** softmax(Q Kᵀ / √width) over the keys, none of which is later than its query. */
export function causalWeights(scores: Float32Array, { batch, heads, positions, width }: Size): Float32Array {
  // One mask for all heads: it broadcasts from [positions, positions].
  const causal = new Uint8Array(positions * positions);
  for (let query = 0; query < positions; query++) causal.fill(1, query * positions, query * positions + query + 1);
  return softmax(scores, {
    shape: [batch, heads, positions, positions],
    axis: -1,
    where: { data: causal, shape: [positions, positions] },
    temperature: Math.sqrt(width),
  });
}

/** The values that each query sees, averaged with its weights: [batch, heads, positions, width]. */
export function attend(weights: Float32Array, values: Float32Array, { positions, width }: Size): Float32Array {
  const output = new Float32Array(values.length);
  for (let i = 0; i < weights.length; i++) {
    const query = Math.floor(i / positions) * width;
    const value = (Math.floor(i / positions ** 2) * positions + (i % positions)) * width;
    for (let c = 0; c < width; c++) {
      output[query + c] = (output[query + c] as number) + (weights[i] as number) * (values[value + c] as number);
    }
  }
  return output;
}

const size: Size = { batch: 2, heads: 3, positions: 5, width: 8 };
const count = size.batch * size.heads * size.positions * size.width;
const queries = Float32Array.from({ length: count }, (_, i) => 2 * Math.sin(i));
const keys = Float32Array.from({ length: count }, (_, i) => 2 * Math.cos(3 * i));
const values = Float32Array.from({ length: count }, (_, i) => i % size.width);

const weights = causalWeights(dotProducts(queries, keys, size), size);
const output = attend(weights, values, size);

console.log("weights of the first head, a query a line");
for (let query = 0; query < size.positions; query++) {
  const row = weights.subarray(query * size.positions, (query + 1) * size.positions);
  console.log(Array.from(row, (weight) => weight.toFixed(4)).join("  "));
}
console.log(`output [${size.batch}, ${size.heads}, ${size.positions}, ${size.width}]: ${output.length} numbers`);
