import { describe, expect, it } from "vitest";
import type { FloatArray } from "../src/types.js";
import { DTYPES, floats, logits } from "./support/floats.js";
import { guarded } from "./support/guard.js";
import { instantiate, TAKEN } from "./support/modules.js";

const LENGTHS = [...Array.from({ length: 20 }, (_, i) => i + 1), 33, 65, 255, 257, 513];

const BETAS = [-2.5, 1e200];

/** `rows` rows of probabilities. */
function probabilities(dtype: "float32" | "float64", rows: number, columns: number): FloatArray {
  const p = floats(
    dtype,
    logits(dtype, rows * columns, columns).map((v) => Math.exp(v)),
  );
  for (let r = 0; r < rows; r++) {
    const row = p.subarray(r * columns, (r + 1) * columns);
    let total = 0;
    for (const v of row) total += v;
    row.forEach((v, k) => {
      row[k] = v / total;
    });
  }
  return p;
}

/** What `run` leaves at the place of `values`, which is also its input. */
function inPlace(
  kernels: { readonly memory: { readonly buffer: ArrayBuffer } },
  values: FloatArray,
  run: (x: number) => void,
): Uint8Array {
  const x = kernels.memory.buffer.byteLength - values.byteLength;
  const bytes = new Uint8Array(kernels.memory.buffer, x);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  run(x);
  return bytes.slice();
}

describe.each(TAKEN)("%s module: reads and writes nothing but what it is given", (target) => {
  const kernels = instantiate(target);
  for (const dtype of DTYPES) {
    const suffix = dtype === "float32" ? "F32" : "F64";
    const width = dtype === "float32" ? 4 : 8;

    it(`${dtype}: jacobian, also by panels of rows, and over s itself`, () => {
      const jacobian = kernels[`jacobian${suffix}`];
      for (const columns of LENGTHS.filter((length) => length <= 65)) {
        for (const beta of BETAS) {
          const s = probabilities(dtype, 2, columns);
          const row = columns * width;
          const all = guarded(kernels, [s], 2 * columns * row, ([from], to) =>
            jacobian(from!, to, columns, 0, 2 * columns, beta),
          );
          const first = columns >> 1;
          const panel = guarded(kernels, [s], columns * row, ([from], to) =>
            jacobian(from!, to, columns, first, columns, beta),
          );
          expect(panel).toEqual(all.slice(first * row, (first + columns) * row));
          const matrix = floats(dtype, columns * columns);
          matrix.set(s.subarray(0, columns), columns * (columns - 1));
          const over = inPlace(kernels, matrix, (x) => jacobian(x + (columns - 1) * row, x, columns, 0, columns, beta));
          expect(over).toEqual(all.slice(0, columns * row));
        }
      }
    });

    it(`${dtype}: hessian, also by panels of rows`, () => {
      const hessian = kernels[`hessian${suffix}`];
      for (const columns of LENGTHS.filter((length) => length <= 17)) {
        for (const beta of BETAS) {
          const s = probabilities(dtype, 2, columns);
          const row = columns * width;
          const rows = 2 * columns * columns;
          const all = guarded(kernels, [s], rows * row, ([from], to) => hessian(from!, to, columns, 0, rows, beta));
          const first = Math.floor(rows / 3);
          const panel = guarded(kernels, [s], (rows - first) * row, ([from], to) =>
            hessian(from!, to, columns, first, rows - first, beta),
          );
          expect(panel).toEqual(all.slice(first * row));
        }
      }
    });

    it.each(["softmaxVjp", "logSoftmaxVjp"] as const)(`${dtype}: %s, also over y and dy`, (name) => {
      const vjp = kernels[`${name}${suffix}`];
      for (const columns of LENGTHS) {
        for (const beta of BETAS) {
          const p = probabilities(dtype, 3, columns);
          const y = name === "softmaxVjp" ? p : floats(dtype, p.map(Math.log));
          const dy = logits(dtype, 3 * columns, columns + 1);
          const run = (from: readonly number[], to: number, scratch: number) =>
            vjp(from[0]!, from[1]!, to, 3, columns, beta, scratch);
          const dx = guarded(kernels, [y, dy], y.byteLength, run);
          const swapped = guarded(kernels, [dy, y], y.byteLength, ([b, a], to, scratch) => run([a!, b!], to, scratch));
          expect(swapped).toEqual(dx);
          const both = floats(dtype, [...y, ...dy]);
          const over = (half: number) =>
            inPlace(kernels, both, (x) => run([x, x + y.byteLength], x + half * y.byteLength, 2048)).slice(
              half * y.byteLength,
              (half + 1) * y.byteLength,
            );
          expect(over(0)).toEqual(dx);
          expect(over(1)).toEqual(dx);
        }
      }
    });

    it(`${dtype}: sigmoid, also over x`, () => {
      const sigmoid = kernels[`sigmoid${suffix}`];
      for (const count of LENGTHS) {
        for (const beta of [...BETAS, 0, Infinity]) {
          const x = logits(dtype, count, count);
          const y = guarded(kernels, [x], x.byteLength, ([from], to, scratch) =>
            sigmoid(from!, to, count, beta, scratch),
          );
          expect(inPlace(kernels, x, (at) => sigmoid(at, at, count, beta, 2048))).toEqual(y);
        }
      }
    });

    it(`${dtype}: klDivergence, with q and without`, () => {
      const divergence = kernels[`klDivergence${suffix}`];
      for (const columns of LENGTHS) {
        const [p, q] = [probabilities(dtype, 3, columns), probabilities(dtype, 3, columns)];
        const between = guarded(kernels, [p, q], 24, ([a, b], to, scratch) =>
          divergence(a!, b!, to, 3, columns, scratch),
        );
        expect([...new Float64Array(between.buffer)]).toEqual([0, 0, 0]);
        const entropy = guarded(kernels, [p], 24, ([a], to, scratch) => divergence(a!, 0, to, 3, columns, scratch));
        for (const value of new Float64Array(entropy.buffer)) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThan(Math.log(columns) + 1e-6);
        }
      }
    });

    it(`${dtype}: turn, there and back`, () => {
      const turn = kernels[dtype === "float32" ? "turn32" : "turn64"];
      for (const length of [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 33]) {
        for (const inner of [1, 2, 3, 4, 5, 9, 16, 18, 35]) {
          const x = logits(dtype, 2 * length * inner, length);
          const y = guarded(kernels, [x], x.byteLength, ([from], to) => turn(from!, to, 2, length, inner));
          const turned = floats(dtype, x.length);
          new Uint8Array(turned.buffer).set(y);
          expect(turned[length * inner + (inner - 1) * length]).toBe(x[length * inner + inner - 1]);
          const back = guarded(kernels, [turned], x.byteLength, ([from], to) => turn(from!, to, 2, inner, length));
          expect(back).toEqual(new Uint8Array(x.buffer));
        }
      }
    });
  }
});
