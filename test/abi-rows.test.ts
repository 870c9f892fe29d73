// The kernels of the log domain read and write nothing but what they were given.

import { describe, expect, it } from "vitest";
import { type Kernels, SCRATCH_BYTES } from "../src/abi.js";
import type { Dtype } from "./support/contract.js";
import { DTYPES, logits } from "./support/floats.js";
import { isFilled } from "./support/guard.js";
import { instantiate, TAKEN } from "./support/modules.js";

const SCRATCH = 2048;
const LOSSES = 8192;
const LABELS = 8704;
const SIGNS = 8960;

const SHAPES: readonly (readonly [rows: number, columns: number])[] = [
  ...Array.from({ length: 20 }, (_, i) => [21, i + 1] as const),
  ...Array.from({ length: 40 }, (_, i) => [3, i + 1] as const),
  [1, 255],
  [2, 300],
  [1, 513],
];

/** Those that may write to where they read. */
const IN_PLACE: ReadonlySet<string> = new Set([
  "logSoftmax",
  "normalize",
  "normalize of logarithms",
  "crossEntropy with gradient",
]);

/** A call that reads x, at the end of memory, and may write y. */
type Call = (kernels: Kernels, x: number, y: number, rows: number, columns: number, beta: number) => void;

function callsOf(dtype: Dtype): Readonly<Record<string, Call>> {
  const s = dtype === "float32" ? "F32" : "F64";
  return {
    logSoftmax: (k, x, y, rows, columns, beta) => k[`logSoftmax${s}`](x, y, rows, columns, beta, SCRATCH),
    logSumExp: (k, x, _, rows, columns, beta) => k[`logSumExp${s}`](x, 0, LOSSES, 0, rows, columns, beta, SCRATCH),
    "logSumExp with weights and signs": (k, x, _, rows, columns, beta) =>
      k[`logSumExp${s}`](x, x, LOSSES, SIGNS, rows, columns, beta, SCRATCH),
    partials: (k, x, _, rows, columns, beta) => k[`partials${s}`](x, LOSSES, SIGNS, rows, columns, beta, SCRATCH),
    ...Object.fromEntries(
      [0, 1].map((log): [string, Call] => [
        `normalize${log ? " of logarithms" : ""}`,
        (k, x, y, rows, columns, beta) => k[`normalize${s}`](x, y, rows, columns, beta, LOSSES, LOSSES, log, SCRATCH),
      ]),
    ),
    crossEntropy: (k, x, _, rows, columns, beta) =>
      k[`crossEntropy${s}`](x, 0, rows, columns, beta, LABELS, 0, 0, 0, 1, 0, 1, LOSSES, SCRATCH),
    "crossEntropy with gradient": (k, x, y, rows, columns, beta) =>
      k[`crossEntropy${s}`](x, y, rows, columns, beta, LABELS, 0, 0, 0, 1, 0, 1, LOSSES, SCRATCH),
    "crossEntropy of probabilities": (k, x, y, rows, columns, beta) =>
      k[`crossEntropy${s}`](x, y, rows, columns, beta, 0, x, x, 0, 0.9, 0.1, 1, LOSSES, SCRATCH),
  };
}

describe.each(TAKEN)("%s module", (target) => {
  const kernels = instantiate(target);
  const all = new Uint8Array(kernels.memory.buffer);

  for (const dtype of DTYPES) {
    const width = dtype === "float32" ? 4 : 8;

    it.each(Object.entries(callsOf(dtype)))(`${dtype}: %s`, (name, call) => {
      for (const [rows, columns] of SHAPES) {
        const count = rows * columns;
        const values = new Uint8Array(logits(dtype, count, count).buffer);
        // The last byte of x is the last of memory: reading past it traps.
        const x = all.length - count * width;
        const y = 12288 + width;
        for (const beta of [1, -2, 1e30]) {
          all.fill(0xa5, kernels.heapBase.value);
          all.set(values, x);
          new Int32Array(all.buffer, LABELS, rows).forEach((_, r, labels) => {
            labels[r] = (r % (columns + 1)) - 1;
          });
          call(kernels, x, y, rows, columns, beta);
          expect(all.slice(x)).toEqual(values);
          const given = [
            [SCRATCH, SCRATCH_BYTES],
            [LOSSES, 8 * rows],
            [LABELS, 4 * rows],
            [SIGNS, 8 * rows],
            [y, count * width],
            [x, count * width],
          ] as const;
          given.reduce((from, [at, length]) => {
            expect(isFilled(all, from, at)).toBe(true);
            return at + length;
          }, kernels.heapBase.value);
          if (!IN_PLACE.has(name)) continue;
          const apart = all.slice(y, y + count * width);
          call(kernels, x, x, rows, columns, beta);
          expect(all.slice(x)).toEqual(apart);
        }
      }
    });
  }
});
