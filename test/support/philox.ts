// Philox4x32-10 by its paper (Salmon, Moraes, Dror and Shaw, SC11), in BigInt, and the uniforms made of it.

type Words = readonly [bigint, bigint, bigint, bigint];

const WORD = 0xffffffffn;

export function philox(counter: Words, key: readonly [bigint, bigint]): Words {
  let words = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const [c0, c1, c2, c3] = words;
    const a = 0xd2511f53n * c0;
    const b = 0xcd9e8d57n * c2;
    words = [(b >> 32n) ^ c1 ^ k0, b & WORD, (a >> 32n) ^ c3 ^ k1, a & WORD];
    k0 = (k0 + 0x9e3779b9n) & WORD;
    k1 = (k1 + 0xbb67ae85n) & WORD;
  }
  return words;
}

/** The uniform number that draw `draw` of row `row` takes at a step. */
export function uniformOf(seed: number | bigint, step: number, row: number, draw: number): number {
  const low = (value: number | bigint) => BigInt(value) & WORD;
  const high = (value: number | bigint) => BigInt(value) >> 32n;
  const counter: Words = [BigInt(draw), BigInt(row) >> 1n, low(step), high(step)];
  const [w0, w1, w2, w3] = philox(counter, [low(seed), high(seed)]);
  const [a, b] = row % 2 === 0 ? [w0, w1] : [w2, w3];
  return Number(((a >> 5n) << 26n) | (b >> 6n)) / 2 ** 53;
}
