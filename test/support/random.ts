/** A seeded source of numbers: the same seed gives the same numbers everywhere. */
export interface Random {
  /** 32 random bits, as an unsigned integer. */
  bits(): number;
  /** Uniform in [low, high), with all 53 bits of a float64. */
  uniform(low: number, high: number): number;
  /** An integer from 0 to below - 1. */
  integer(below: number): number;
}

/** Chris Doty-Humphrey's sfc32. */
export function random(seed: number): Random {
  let a = seed | 0;
  let b = 0x9e3779b9 | 0;
  let c = 0x243f6a88 | 0;
  let counter = 1;

  function bits(): number {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  function unit(): number {
    return ((bits() >>> 5) * 0x4000000 + (bits() >>> 6)) / 0x20000000000000;
  }

  // Seeds differ in one word only: mix it into the others.
  for (let i = 0; i < 15; i++) bits();
  return {
    bits,
    uniform: (low, high) => low + (high - low) * unit(),
    integer: (below) => Math.floor(below * unit()),
  };
}
