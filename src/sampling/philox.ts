// Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11) in plain JavaScript: the
// numbers that the kernel gives.

const ROUNDS = 10;

/** The four words of a counter under a key, all of them uint32, into `words`. */
export function philox(counter: ArrayLike<number>, keyLow: number, keyHigh: number, words: Uint32Array): void {
  let [a, b, c, d] = Uint32Array.from(counter) as unknown as [number, number, number, number];
  let k0 = keyLow;
  let k1 = keyHigh;
  for (let round = 0; round < ROUNDS; round++) {
    const next0 = highOf(0xcd9e8d57, c) ^ b ^ k0;
    const next2 = highOf(0xd2511f53, a) ^ d ^ k1;
    b = Math.imul(0xcd9e8d57, c);
    d = Math.imul(0xd2511f53, a);
    a = next0;
    c = next2;
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  words.set([a, b, c, d]);
}

/** The high word of a product of two words, by halves. */
function highOf(x: number, y: number): number {
  const x0 = x & 0xffff;
  const x1 = x >>> 16;
  const y0 = y & 0xffff;
  const y1 = y >>> 16;
  const middle = x1 * y0 + ((x0 * y0) >>> 16);
  const other = x0 * y1 + (middle & 0xffff);
  return x1 * y1 + (middle >>> 16) + (other >>> 16);
}

/** 53 bits of two words, as a number in [0, 1). */
export function unitOf(word0: number, word1: number): number {
  return ((word0 >>> 5) * 2 ** 26 + (word1 >>> 6)) / 2 ** 53;
}
