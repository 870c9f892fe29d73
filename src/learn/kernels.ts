// The data's part of the loss by the kernels. X stays in the memory of an instance of its own, and passes in blocks of rows
// that stay in the cache from the logits to the gradient: it is read once an evaluation.

import type { Engine } from "../engine.js";
import type { Memory } from "../memory.js";
import type { DataTerm, Samples } from "./data-term.js";
import { learnKernels } from "./engine.js";
import { layout, pitchOf, putRows } from "./layout.js";
import type { Floats, Matrix } from "./matrix.js";

/** Bytes of X that pass at a time: a part of the second-level cache. */
const BLOCK_BYTES = 256 * 1024;

/** The fewest and the most rows that do: few make adding up their gradient costly, many make its float32 sums inexact. */
const LEAST_ROWS = 8;
const MOST_ROWS = 64;

/** Σ weight (-log p_label) over the samples, and its gradient; undefined where no kernel can serve. */
export function termInKernels(engine: Engine, x: Matrix, samples: Samples): DataTerm | undefined {
  const { dtype, rows, columns } = x;
  const { classes, indices, weights } = samples;
  const width = dtype === "float64" ? 8 : 4;
  const pitch = pitchOf(columns);
  const count = classes * pitch;
  const block = Math.max(LEAST_ROWS, Math.min(MOST_ROWS, Math.floor(BLOCK_BYTES / (pitch * width))));
  const sizes = [
    rows * pitch * width,
    rows * 4,
    weights === undefined ? 0 : rows * 8,
    count * width,
    classes * width,
    block * classes * width,
    block * 8,
    (count + classes) * 8,
  ];
  const bytes = layout(sizes, 0).at(-1)!;
  const memory = engine.separate(bytes);
  if (memory === undefined) return undefined;
  const [data, labels, scales, w, b, z, losses, dw] = layout(sizes, memory.reserve(bytes)) as Pointers;
  const values = memory.view(dtype) as Floats;
  const doubles = memory.view("float64");
  putRows(values, data / width, x, 0, rows);
  memory.bytes().set(new Uint8Array(indices.buffer), labels);
  if (weights !== undefined) doubles.set(weights, scales / 8);
  const { affine, crossEntropy, affineGrad } = kernelsOf(memory, dtype);
  const result = doubles.subarray(dw / 8, dw / 8 + count + classes);
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
        const own = weights === undefined ? 0 : scales + first * 8;
        affine(at, w, b, z, length, pitch, classes);
        // Each row's loss, and in place of the logits its gradient.
        crossEntropy(z, z, length, classes, 1, labels + first * 4, 0, 0, own, 1, 0, 1, losses, memory.scratch);
        affineGrad(at, z, dw, dw + count * 8, length, pitch, classes);
        for (let r = 0; r < length; r++) loss += doubles[losses / 8 + r]!;
      }
      gradient.set(result);
      return loss;
    },
    release: () => memory.drop(),
  };
}

type Pointers = [
  data: number,
  labels: number,
  scales: number,
  w: number,
  b: number,
  z: number,
  losses: number,
  dw: number,
];

function kernelsOf(memory: Memory, dtype: Matrix["dtype"]) {
  const kernels = learnKernels(memory);
  return dtype === "float64"
    ? { affine: kernels.affineF64, crossEntropy: kernels.crossEntropyF64, affineGrad: kernels.affineGradF64 }
    : { affine: kernels.affineF32, crossEntropy: kernels.crossEntropyF32, affineGrad: kernels.affineGradF32 };
}
