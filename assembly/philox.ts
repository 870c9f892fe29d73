// Philox4x32-10, a counter-based generator: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers:
// as easy as 1, 2, 3", SC11. A number is a function of its key and its counter alone, so any of them can be had in any
// order, by anybody.

/**
 * values: `draws` float64 numbers in [0, 1) for each of `rows` rows, from row `first` on: the leading 27 and 26 bits of the
 * first two words at counter (draw, row, step), over 2^53.
 */
export function uniforms(
  values: usize, rows: i32, draws: i32, first: u32, seedLow: u32, seedHigh: u32, stepLow: u32, stepHigh: u32,
): void {
  for (let row = first; rows > 0; rows--, row++) {
    for (let draw: u32 = 0; draw < <u32>draws; draw++, values += 8) {
      let c0 = draw, c1 = row, c2 = stepLow, c3 = stepHigh, k0 = seedLow, k1 = seedHigh;
      for (let round = 0; round < 10; round++) {
        const p0 = <u64>c0 * 0xd2511f53, p1 = <u64>c2 * 0xcd9e8d57;
        c0 = <u32>(p1 >> 32) ^ c1 ^ k0;
        c1 = <u32>p1;
        c2 = <u32>(p0 >> 32) ^ c3 ^ k1;
        c3 = <u32>p0;
        k0 += 0x9e3779b9;
        k1 += 0xbb67ae85;
      }
      store<f64>(values, (<f64>(c0 >> 5) * 67108864.0 + <f64>(c1 >> 6)) * 1.1102230246251565e-16);
    }
  }
}
