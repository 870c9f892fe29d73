// A short name for the bits of numbers.

import type { Floats } from "./entries.js";

/** 64 bits in 16 hexadecimal digits, of everything that is put in, in order. */
export class Digest {
  #a = 0x9e3779b9 | 0;
  #b = 0x243f6a88 | 0;

  /** Any NaN counts as the same: what its sign and payload are is left open to engines. */
  floats(x: Floats): this {
    const words = new Uint32Array(x.buffer, x.byteOffset, x.byteLength / 4);
    const size = x.BYTES_PER_ELEMENT / 4;
    this.#word(x.length);
    for (let i = 0; i < words.length; i++) {
      const value = x[Math.floor(i / size)] as number;
      this.#word(Number.isNaN(value) ? 0x7fc00000 : (words[i] as number));
    }
    return this;
  }

  integers(x: ArrayLike<number>): this {
    this.#word(x.length);
    for (let i = 0; i < x.length; i++) this.#word(x[i] as number);
    return this;
  }

  toString(): string {
    return [this.#a, this.#b].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
  }

  /** FNV-1a of whole words, twice, each turned so that high bits come to matter. */
  #word(word: number): void {
    this.#a = Math.imul(this.#a ^ word, 0x01000193);
    this.#a ^= this.#a >>> 15;
    this.#b = Math.imul(this.#b ^ word, 0x85ebca6b);
    this.#b ^= this.#b >>> 13;
  }
}
