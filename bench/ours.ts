import * as library from "softmax-simd";
import { type Dtype, type SoftmaxFunction, softmax } from "softmax-simd";
import { labelOf } from "./cases.js";
import type { Batch, Contender, FloatArray, Prepared } from "./contender.js";
import { arranged, asRows, floats } from "./data.js";

interface Handle {
  readonly data: FloatArray;
  set(values: FloatArray): void;
}

const { allocate } = library as unknown as {
  allocate?: (dtype: Dtype, shape: readonly number[]) => Handle;
};

/** The one that the others are compared with. */
export const subject: Contender = {
  name: "softmax-simd",
  takes: (_, mode) => mode !== "resident" || allocate !== undefined,
  load: (_, mode) => (mode === "resident" ? resident : (batch) => arrayToArray(softmax, batch)),
};

/** The same rows stored one after the other: what the other axis costs. */
const lastAxis: Contender = {
  name: "softmax-simd, last axis",
  takes: (given, mode) => given.axis === 0 && subject.takes(given, mode),
  async load(given, mode) {
    const prepare = await subject.load(given, mode);
    return async (batch) => {
      const rows = { ...given, axis: -1 } as const;
      const [x, out] = [asRows(batch.x, given), floats(given.dtype, batch.x.length)];
      const { run, result } = await prepare({ given: rows, shape: [given.rows, given.columns], x, out });
      return { run, result: async () => arranged(await result(), given) };
    };
  },
};

/** V8's pass that joins 128-bit operations into 256-bit ones, where the engine has it. */
const revectorized: Contender = {
  ...subject,
  name: "softmax-simd, revectorized",
  flags: ["--experimental-wasm-revectorize"],
  takes: (given, mode) => labelOf(given) === "256x1000" && subject.takes(given, mode),
};

export const variants: readonly Contender[] = [revectorized, lastAxis];

export function arrayToArray(compute: SoftmaxFunction, { given, shape, x, out }: Batch): Prepared {
  const options = { shape, axis: given.axis, out: out as Float32Array };
  return { run: () => compute(x as Float32Array, options), result: () => out };
}

function resident({ given, shape, x }: Batch): Prepared {
  if (allocate === undefined) throw new Error("this build has no handles");
  const from = allocate(given.dtype, shape);
  const to = allocate(given.dtype, shape);
  from.set(x);
  const options = { axis: given.axis, out: to };
  return { run: () => softmax(from as never, options as never), result: () => to.data.slice() };
}
