// Calls of the sampling module's own kernels.

import { samplingWorkBytes } from "../../src/abi.js";
import { BETAS, changed, given, logits, odd, over, result, room, SHAPES } from "./inputs.js";
import type { Call } from "./script.js";

/** topK, topP, minP: none, each alone, all. */
const FILTERS: readonly (readonly [number, number, number])[] = [
  [0, 1, 0],
  [5, 1, 0],
  [0, 0.9, 0],
  [0, 1, 0.05],
  [7, 0.8, 0.01],
];

export function sampling(): Call[] {
  const uniforms = [1, 3].flatMap((draws) =>
    [0, 1, 6].map((first) => ({
      name: `uniforms, ${draws} draws from row ${first} on`,
      kernel: "uniforms",
      areas: { values: result("f64", 37 * draws) },
      arguments: ["values", 37, draws, first, 0xdeadbeef, 5, 0xfffffff0, 7],
    })),
  );
  const drawing = FILTERS.flatMap((filters) =>
    [
      [1, 1],
      [3, 1],
      [2, 0],
    ].flatMap(([draws = 1, replacement = 1]) =>
      [0, 1].flatMap((withLogs) =>
        over("draw", SHAPES, [1, -0.5, 1e-30], (suffix, rows, columns, beta, source) => {
          const x = logits(suffix, rows * columns, source);
          const areas = {
            x: { ...given(x), bytes: Math.ceil(rows / 4) * 4 * columns * x.BYTES_PER_ELEMENT },
            uniforms: given(Float64Array.from({ length: rows * draws }, () => source.uniform(0, 1))),
            tokens: result("i32", rows * draws),
            logs: withLogs ? result("f64", rows * draws) : room(0),
            work: room(samplingWorkBytes(columns)),
          };
          return {
            areas,
            arguments: [
              ...["x", rows, columns, beta, ...filters, draws, replacement],
              ...["uniforms", "tokens", withLogs ? "logs" : 0, "work", "scratch"],
            ],
          };
        }),
      ),
    ),
  );
  const distributions = FILTERS.flatMap((filters) =>
    over("probabilities", SHAPES, BETAS, (suffix, rows, columns, beta, source) => ({
      areas: { x: changed(odd(suffix, rows, columns, source)), work: room(samplingWorkBytes(columns)) },
      arguments: ["x", rows, columns, beta, ...filters, "work", "scratch"],
    })),
  );
  const normalizers = over("normalizers", SHAPES, [1], (suffix, rows, columns, _, source) => ({
    areas: {
      x: given(odd(suffix, rows, columns, source)),
      values: result("f64", 2 * rows),
      work: room(samplingWorkBytes(columns)),
    },
    arguments: ["x", rows, columns, "values", "work", "scratch"],
  }));
  return [...uniforms, ...drawing, ...distributions, ...normalizers];
}
