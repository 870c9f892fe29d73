// From samples to logits, probabilities or their logarithms, in X's dtype.

import { WINDOW_BYTES } from "../chunks.js";
import type { Engine } from "../engine.js";
import type { Memory } from "../memory.js";
import * as reference from "../reference.js";
import { learnKernels } from "./engine.js";
import type { Fitted } from "./fitted.js";
import { layout, pitchOf, putRows } from "./layout.js";
import type { Floats, Matrix } from "./matrix.js";
import * as inJs from "./rows.js";

/** What is made of the logits. */
export type Link = "logits" | "softmax" | "logSoftmax";

/** X Wᵀ + b and its link, one row a sample. */
export function forward(engine: Engine, x: Matrix, model: Fitted, link: Link): Floats {
  const size = x.rows * model.classes.length;
  const result = x.dtype === "float64" ? new Float64Array(size) : new Float32Array(size);
  if (size === 0) return result;
  const memory = engine.memory();
  if (memory === undefined) forwardInJs(x, model, link, result);
  else forwardInKernels(memory, x, model, link, result);
  return result;
}

/** Blocks of rows through the window. */
function forwardInKernels(memory: Memory, x: Matrix, { weights, biases }: Fitted, link: Link, result: Floats): void {
  const { dtype, rows, columns } = x;
  const classes = biases.length;
  const width = dtype === "float64" ? 8 : 4;
  const pitch = pitchOf(columns);
  const block = Math.max(1, Math.min(rows, Math.floor(WINDOW_BYTES / ((pitch + classes) * width))));
  const sizes = [classes * pitch, classes, block * pitch, block * classes].map((size) => size * width);
  const { affine, softmax, logSoftmax } = kernelsOf(memory, dtype);
  const start = memory.reserve(layout(sizes, 0).at(-1)!);
  try {
    const [w, b, data, z] = layout(sizes, start) as [number, number, number, number];
    const values = memory.view(dtype) as Floats;
    putRows(values, w / width, { data: weights, columns }, 0, classes);
    values.set(biases, b / width);
    for (let first = 0; first < rows; first += block) {
      const length = Math.min(block, rows - first);
      putRows(values, data / width, x, first, length);
      affine(data, w, b, z, length, pitch, classes);
      if (link === "logSoftmax") logSoftmax(z, z, length, classes, 1, memory.scratch);
      if (link === "softmax") softmax(z, z, length, classes, 1, 1, memory.scratch);
      result.set(values.subarray(z / width, z / width + length * classes), first * classes);
    }
  } finally {
    memory.release();
  }
}

function kernelsOf(memory: Memory, dtype: Matrix["dtype"]) {
  const kernels = learnKernels(memory);
  return dtype === "float64"
    ? { affine: kernels.affineF64, softmax: kernels.softmaxF64, logSoftmax: kernels.logSoftmaxF64 }
    : { affine: kernels.affineF32, softmax: kernels.softmaxF32, logSoftmax: kernels.logSoftmaxF32 };
}

function forwardInJs({ dtype, data, rows, columns }: Matrix, { weights, biases }: Fitted, link: Link, z: Floats): void {
  const classes = biases.length;
  const [w, b] = dtype === "float64" ? [weights, biases] : [new Float32Array(weights), new Float32Array(biases)];
  inJs.affine(data, 0, w, b, z, rows, columns, classes);
  const shape = [rows, classes];
  if (link === "logSoftmax") z.set(reference.logSoftmax(z as Float64Array, { shape }));
  if (link === "softmax") z.set(reference.softmax(z as Float64Array, { shape }));
}
