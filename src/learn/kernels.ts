// The data's part of the loss by the kernels. X stays in the memory of an instance of its own, and passes in blocks of rows
// that stay in the cache from the logits to the gradient: it is read once an evaluation.

import type { Engine } from "../engine.js";
import type { Memory } from "../memory.js";
import type { DataTerm, Samples } from "./data-term.js";
import { layout, pitchOf, putRows } from "./layout.js";
import type { Floats, Matrix } from "./matrix.js";
import { crossEntropy } from "./rows.js";

/** Bytes of X that pass at a time: a part of the second-level cache. */
const BLOCK_BYTES = 256 * 1024;

/** The fewest and the most rows that do: few make adding up their gradient costly, many make its float32 sums inexact. */
const LEAST_ROWS = 8;
const MOST_ROWS = 64;

/** Σ weight (-log p_label) over the samples, and its gradient; undefined where no kernel can serve. */
export function termInKernels(engine: Engine, x: Matrix, samples: Samples): DataTerm | undefined {
  const { dtype, rows, columns } = x;
  const { classes } = samples;
  const width = dtype === "float64" ? 8 : 4;
  const pitch = pitchOf(columns);
  const count = classes * pitch;
  const block = Math.max(LEAST_ROWS, Math.min(MOST_ROWS, Math.floor(BLOCK_BYTES / (pitch * width))));
  const sizes = [rows * pitch * width, count * width, classes * width, block * classes * width, (count + classes) * 8];
  const bytes = layout(sizes, 0).at(-1)!;
  const memory = engine.separate(bytes);
  if (memory === undefined) return undefined;
  const [data, w, b, z, dw] = layout(sizes, memory.reserve(bytes)) as [number, number, number, number, number];
  const values = memory.view(dtype) as Floats;
  putRows(values, data / width, x, 0, rows);
  const [affine, affineGrad] = productsOf(memory, dtype);
  const logits = values.subarray(z / width, z / width + block * classes) as Floats;
  const result = memory.view("float64").subarray(dw / 8, dw / 8 + count + classes);
  return {
    pitch,
    evaluate(point, gradient) {
      values.set(point.subarray(0, count), w / width);
      values.set(point.subarray(count), b / width);
      result.fill(0);
      let loss = 0;
      for (let first = 0; first < rows; first += block) {
        const length = Math.min(block, rows - first);
        const at = data + first * pitch * width;
        affine(at, w, b, z, length, pitch, classes);
        loss += crossEntropy(logits, samples, first, length);
        affineGrad(at, z, dw, dw + count * 8, length, pitch, classes);
      }
      gradient.set(result);
      return loss;
    },
    release: () => memory.drop(),
  };
}

function productsOf({ kernels }: Memory, dtype: Matrix["dtype"]) {
  return dtype === "float64"
    ? ([kernels.affineF64, kernels.affineGradF64] as const)
    : ([kernels.affineF32, kernels.affineGradF32] as const);
}
