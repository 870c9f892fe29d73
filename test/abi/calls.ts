// Seeded calls of every kernel of the baseline modules.

import { selectionBytes } from "../../src/abi.js";
import { type Random, random } from "../support/random.js";
import {
  array,
  BETAS,
  type Build,
  changed,
  compared,
  FEW,
  FINITE,
  type Floats,
  given,
  logits,
  odd,
  over,
  probabilities,
  result,
  room,
  SHAPES,
  type Suffix,
} from "./inputs.js";
import { moves } from "./moves.js";
import { sampling } from "./sampling.js";
import type { Call } from "./script.js";

/** softmax and log-softmax, in place and apart, of ordinary rows and of odd ones. */
function rowwise(): Call[] {
  const build =
    (isOdd: boolean, log: boolean): Build =>
    (suffix, rows, columns, beta, source) => {
      const x = isOdd ? odd(suffix, rows, columns, source) : logits(suffix, rows * columns, source);
      const sizes = log ? [rows, columns] : [rows, columns, 1];
      if (isOdd) return { areas: { x: changed(x) }, arguments: ["x", "x", ...sizes, beta, "scratch"] };
      const areas = { x: given(x), y: result(compared(suffix), x.length) };
      return { areas, arguments: ["x", "y", ...sizes, beta, "scratch"] };
    };
  return [false, true].flatMap((isOdd) => [
    ...over("softmax", SHAPES, BETAS, build(isOdd, false)),
    ...over("logSoftmax", SHAPES, BETAS, build(isOdd, true)),
  ]);
}

/** Rows along another axis than the last. */
function acrossAxes(): Call[] {
  return [
    [2, 5, 3],
    [1, 70, 7],
    [2, 300, 18],
    [3, 2, 33],
  ].flatMap(([outer = 0, length = 0, inner = 0]) =>
    BETAS.map((beta) => {
      const x = odd("F32", outer * length, inner, random(inner));
      const name = `softmaxF32 of ${outer}x${length}x${inner}, beta ${beta}`;
      const areas = { x: changed(x) };
      return { name, kernel: "softmaxF32", areas, arguments: ["x", "x", outer, length, inner, beta, "scratch"] };
    }),
  );
}

function logSumExp(): Call[] {
  const betas = BETAS.filter((beta) => beta !== 0);
  return [
    ...[false, true].flatMap((isOdd) =>
      over("logSumExp", SHAPES, betas, (suffix, rows, columns, beta, source) => ({
        areas: {
          x: given(isOdd ? odd(suffix, rows, columns, source) : logits(suffix, rows * columns, source)),
          values: result("f64", rows),
        },
        arguments: ["x", 0, "values", 0, rows, columns, beta, "scratch"],
      })),
    ),
    ...over("logSumExp", FEW, betas, (suffix, rows, columns, beta, source) => ({
      areas: {
        x: given(odd(suffix, rows, columns, source)),
        weights: given(array(suffix, rows * columns, () => Math.max(-1, source.uniform(-2, 2)))),
        values: result("f64", rows),
        signs: result("f64", rows),
      },
      arguments: ["x", "weights", "values", "signs", rows, columns, beta, "scratch"],
    })),
  ];
}

/** Parts of rows, and what the whole may be: a maximum beyond the part's, more mass. */
function partials(): Call[] {
  return [false, true].flatMap((isOdd) => {
    const rowsOf = (suffix: Suffix, rows: number, columns: number, source: Random) =>
      isOdd ? odd(suffix, rows, columns, source) : logits(suffix, rows * columns, source);
    return [
      ...over("partials", SHAPES, BETAS, (suffix, rows, columns, beta, source) => ({
        areas: {
          x: given(rowsOf(suffix, rows, columns, source)),
          values: result("f64", rows),
          sums: result("f64", rows),
        },
        arguments: ["x", "values", "sums", rows, columns, beta, "scratch"],
      })),
      ...[0, 1].flatMap((log) =>
        over("normalize", SHAPES, BETAS, (suffix, rows, columns, beta, source) => ({
          areas: {
            x: changed(rowsOf(suffix, rows, columns, source)),
            maxima: given(Float64Array.from({ length: rows }, () => Math.sign(beta || 1) * source.uniform(90, 400))),
            sums: given(Float64Array.from({ length: rows }, () => source.uniform(1, 1000))),
          },
          arguments: ["x", "x", rows, columns, beta, "maxima", "sums", log, "scratch"],
        })),
      ),
    ];
  });
}

function crossEntropy(): Call[] {
  return [
    ...over("crossEntropy", SHAPES, FINITE, (suffix, rows, columns, beta, source) => ({
      areas: {
        x: changed(logits(suffix, rows * columns, source)),
        labels: given(Int32Array.from({ length: rows }, () => source.integer(columns + 1) - 1)),
        losses: result("f64", rows),
      },
      arguments: ["x", "x", rows, columns, beta, "labels", 0, 0, 0, 1, 0, 1 / rows, "losses", "scratch"],
    })),
    ...over("crossEntropy", FEW, FINITE, (suffix, rows, columns, beta, source) => ({
      areas: {
        x: given(odd(suffix, rows, columns, source)),
        grad: result(compared(suffix), rows * columns),
        targets: given(probabilities(suffix, rows, columns, source)),
        weight: given(array(suffix, columns, () => source.uniform(0, 2))),
        scales: given(Float64Array.from({ length: rows }, () => source.uniform(0, 3))),
        losses: result("f64", rows),
      },
      arguments: [
        ...["x", "grad", rows, columns, beta, 0, "targets", "weight", "scales"],
        ...[0.9, 0.1 / columns, 0.5, "losses", "scratch"],
      ],
    })),
  ];
}

function derivatives(): Call[] {
  const product =
    (log: boolean): Build =>
    (suffix, rows, columns, beta, source) => {
      const p = probabilities(suffix, rows, columns, source);
      const y = log ? array(suffix, p.length, (i) => Math.log(p[i]!)) : p;
      const areas = {
        y: given(y),
        dy: given(logits(suffix, p.length, source, 2)),
        dx: result(compared(suffix), p.length),
      };
      return { areas, arguments: ["y", "dy", "dx", rows, columns, beta, "scratch"] };
    };
  const matrices =
    (power: number): Build =>
    (suffix, rows, columns, beta, source) => {
      const first = columns ** (power - 1) > 1 ? 1 : 0;
      const count = Math.min(rows * columns ** (power - 1) - first, 64);
      const areas = {
        s: given(probabilities(suffix, rows, columns, source)),
        to: result(compared(suffix), count * columns),
      };
      return { areas, arguments: ["s", "to", columns, first, count, beta] };
    };
  return [
    ...over("softmaxVjp", SHAPES, FINITE, product(false)),
    ...over("logSoftmaxVjp", SHAPES, FINITE, product(true)),
    ...over("jacobian", FEW, FINITE, matrices(2)),
    ...over("hessian", FEW, FINITE, matrices(3)),
  ];
}

function elementwise(): Call[] {
  return [
    ...over("sigmoid", SHAPES, BETAS, (suffix, rows, columns, beta, source) => ({
      areas: { x: changed(odd(suffix, rows, columns, source)) },
      arguments: ["x", "x", rows * columns, beta, "scratch"],
    })),
    ...over("klDivergence", SHAPES, [1], (suffix, rows, columns, _, source) => ({
      areas: {
        p: given(probabilities(suffix, rows, columns, source)),
        q: given(probabilities(suffix, rows, columns, source)),
        values: result("f64", rows),
      },
      arguments: ["p", rows % 2 ? "q" : 0, "values", rows, columns, "scratch"],
    })),
  ];
}

function choice(): Call[] {
  const ties = (suffix: Suffix, rows: number, columns: number, source: Random) => {
    const x = odd(suffix, rows, columns, source);
    return x.map((value) => Math.round(value / 20)) as Floats;
  };
  return [
    ...over("argmax", SHAPES, [1], (suffix, rows, columns, _, source) => ({
      areas: { x: given(ties(suffix, rows, columns, source)), values: result("f64", rows) },
      arguments: ["x", "values", rows, columns],
    })),
    ...[0, 1].flatMap((sorted) =>
      over("topK", SHAPES, [1], (suffix, rows, columns, _, source) => {
        const k = 1 + source.integer(columns);
        const areas = {
          x: given(ties(suffix, rows, columns, source)),
          values: result(compared(suffix), rows * k),
          indices: result("i32", rows * k),
          work: room(selectionBytes(columns)),
        };
        return { areas, arguments: ["x", "values", "indices", rows, columns, k, sorted, "work"] };
      }),
    ),
  ];
}

function linear(): Call[] {
  return over("affine", SHAPES, [1], (suffix, rows, columns, _, source) => {
    const pitch = Math.ceil(columns / 4) * 4;
    const classes = 1 + source.integer(7);
    const areas = {
      x: given(logits(suffix, rows * pitch, source)),
      w: given(logits(suffix, classes * pitch, source)),
      b: given(logits(suffix, classes, source)),
      z: result(compared(suffix), rows * classes),
    };
    return { areas, arguments: ["x", "w", "b", "z", rows, pitch, classes] };
  }).concat(
    over("affineGrad", SHAPES, [1], (suffix, rows, columns, _, source) => {
      const pitch = Math.ceil(columns / 4) * 4;
      const classes = 1 + source.integer(7);
      const areas = {
        x: given(logits(suffix, rows * pitch, source)),
        g: given(logits(suffix, rows * classes, source)),
        dw: changed(logits("F64", classes * pitch, source)),
        db: changed(logits("F64", classes, source)),
      };
      return { areas, arguments: ["x", "g", "dw", "db", rows, pitch, classes] };
    }),
  );
}

/** The calls of each baseline module, by what stands before "simd.wasm" in its name. */
export const CALLS: Readonly<Record<string, () => readonly Call[]>> = {
  "": () => [
    ...rowwise(),
    ...acrossAxes(),
    ...logSumExp(),
    ...partials(),
    ...crossEntropy(),
    ...derivatives(),
    ...elementwise(),
    ...choice(),
    ...moves(),
  ],
  "learn.": () => [...rowwise(), ...crossEntropy(), ...linear()],
  "sampling.": () => [...sampling(), ...moves()],
};
