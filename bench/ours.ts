import { allocate, type SoftmaxFunction, softmax } from "softmax-simd";
import { labelOf } from "./cases.js";
import type { Batch, Contender, Prepared } from "./contender.js";
import { arranged, asRows, floats } from "./data.js";

/** The one that the others are compared with. */
export const subject: Contender = {
  name: "softmax-simd",
  takes: () => true,
  load: (_, mode) => (mode === "resident" ? resident : (batch) => arrayToArray(softmax, batch)),
};

/** The same rows stored one after the other: what the other axis costs. */
const lastAxis: Contender = {
  name: "softmax-simd, last axis",
  takes: ({ axis }) => axis === 0,
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
  takes: (given) => labelOf(given) === "256x1000",
};

export const variants: readonly Contender[] = [revectorized, lastAxis];

export function arrayToArray(compute: SoftmaxFunction, { given, shape, x, out }: Batch): Prepared {
  const options = { shape, axis: given.axis, out: out as Float32Array };
  return { run: () => compute(x as Float32Array, options), result: () => out };
}

function resident({ given, shape, x }: Batch): Prepared {
  // The types have one dtype at a time.
  const dtype = given.dtype as "float32";
  const from = allocate(dtype, shape);
  const to = allocate(dtype, shape);
  from.set(x);
  const options = { axis: given.axis, out: to };
  return { run: () => softmax(from, options), result: () => to.data.slice() };
}
