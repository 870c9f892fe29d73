// The kernels that choose read and write nothing but what they were given.

import { describe, expect, it } from "vitest";
import { selectionBytes } from "../src/abi.js";
import type { FloatArray } from "../src/types.js";
import { inRows, ranked, someOf } from "./support/choice.js";
import { DTYPES, floats, logits } from "./support/floats.js";
import { enclosed } from "./support/guard.js";
import { instantiate, TAKEN } from "./support/modules.js";

const LENGTHS = [...Array.from({ length: 70 }, (_, i) => i + 1), 255, 256, 257, 258, 1000, 5000];

const ROWS = 3;

/** Rows of few values, and without ties but with a NaN. */
function inputs(dtype: "float32" | "float64", columns: number): FloatArray[] {
  const x = logits(dtype, ROWS * columns, columns);
  const few = floats(
    dtype,
    x.map((v) => Math.round(v / 5)),
  );
  const odd = floats(dtype, x);
  odd[odd.length - 1] = NaN;
  return [few, odd];
}

describe.each(TAKEN)("%s module: reads and writes nothing but what it is given", (target) => {
  const kernels = instantiate(target);
  for (const dtype of DTYPES) {
    const width = dtype === "float32" ? 4 : 8;
    const suffix = dtype === "float32" ? "F32" : "F64";
    const arrayOf = ({ buffer }: Uint8Array) =>
      dtype === "float32" ? new Float32Array(buffer as ArrayBuffer) : new Float64Array(buffer as ArrayBuffer);

    it(`${dtype}: argmax`, () => {
      for (const columns of LENGTHS) {
        for (const data of inputs(dtype, columns)) {
          const places = {
            x: { bytes: data.byteLength, align: width, data, kept: true },
            values: { bytes: ROWS * 8, align: 8 },
          };
          const expected = inRows(data, columns).map((row) => ranked(row)[0]);
          for (const last of ["x", "values"] as const) {
            const { values } = enclosed(kernels, places, last, ({ x, values }) =>
              kernels[`argmax${suffix}`](x, values, ROWS, columns),
            );
            expect([...new Float64Array(values.buffer)], `${columns} columns`).toEqual(expected);
          }
        }
      }
    });

    it.each([
      ["in order of index", 0],
      ["sorted", 1],
    ] as const)(`${dtype}: topK, %s`, (_, sorted) => {
      for (const columns of LENGTHS) {
        for (const data of inputs(dtype, columns)) {
          const rows = inRows(data, columns);
          const orders = rows.map(ranked);
          for (const k of someOf(columns)) {
            const places = {
              x: { bytes: data.byteLength, align: width, data, kept: true },
              values: { bytes: ROWS * k * width, align: width },
              indices: { bytes: ROWS * k * 4, align: 4 },
              work: { bytes: selectionBytes(columns), align: 8 },
            };
            const indices = orders.map((order) => {
              const chosen = order.slice(0, k);
              return sorted ? chosen : chosen.sort((a, b) => a - b);
            });
            const values = indices.flatMap((row, r) => row.map((i) => rows[r]![i]!));
            for (const last of ["x", "values", "indices", "work"] as const) {
              const left = enclosed(kernels, places, last, ({ x, values, indices, work }) =>
                kernels[`topK${suffix}`](x, values, indices, ROWS, columns, k, sorted, work),
              );
              const label = `${columns} columns, k ${k}`;
              expect([...new Int32Array(left.indices.buffer)], label).toEqual(indices.flat());
              expect([...arrayOf(left.values)], label).toEqual(values);
            }
          }
        }
      }
    });
  }
});
