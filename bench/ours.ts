import * as entry from "softmax-simd";
import { labelOf, type Mode } from "./cases.js";
import { type Batch, type Contender, type FloatArray, keeping, type Prepare, type Prepared } from "./contender.js";
import { arranged, asRows, floats } from "./data.js";
import { softmaxFloat64 } from "./float64.js";
import { type Functions, type Op, type OwnOptions, ops } from "./ops.js";

/** The one that the others are compared with. */
export const subject: Contender = {
  name: "softmax-simd",
  takes: () => true,
  load: (given, mode) => calls(entry, ops[given.op], mode),
};

/** Its softmax of the same batch. */
const softmaxBeside: Contender = {
  name: "softmax-simd, softmax",
  exact: ({ x, given }) => softmaxFloat64(x, given),
  takes: (given) => !["softmax", "softmaxJacobian"].includes(given.op) && labelOf(given) === "256x1000",
  load: (_, mode) => calls(entry, ops.softmax, mode),
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
      const { run, result } = await prepare({ ...batch, given: rows, shape: [given.rows, given.columns], x, out });
      return { run, result: async () => arranged(await result(), given) };
    };
  },
};

/** V8's pass that joins 128-bit operations into 256-bit ones, where the engine has it. */
const revectorized: Contender = {
  ...subject,
  name: "softmax-simd, revectorized",
  flags: ["--experimental-wasm-revectorize"],
  takes: (given) => given.op === "softmax" && labelOf(given) === "256x1000",
};

export const variants: readonly Contender[] = [softmaxBeside, revectorized, lastAxis];

/** An op by some of the package's functions, in a mode. */
export function calls(by: Functions, op: Op, mode: Mode): Prepare {
  if (mode === "resident") return (batch) => resident(by, op, batch);
  return (batch) => overArrays(by, op, batch, mode === "array to array");
}

/** Over the caller's arrays, the result into one of them or into a fresh one. */
function overArrays(by: Functions, op: Op, { given, shape, x, second, out }: Batch, into: boolean): Prepared {
  const options = { shape, axis: given.axis, ...(into ? { out } : {}) } as OwnOptions;
  // The types have one dtype at a time.
  return keeping(op.ours(by, x as Float32Array, second as Float32Array, options));
}

/** Over allocated arrays; class indices are the caller's. */
function resident(by: Functions, op: Op, { given, shape, x, second }: Batch): Prepared {
  const own = (values: FloatArray): Float32Array => {
    const array = by.allocate(given.dtype, shape);
    array.set(values);
    return array as unknown as Float32Array;
  };
  const to = by.allocate(given.dtype, op.shape(given)) as unknown as Float32Array;
  const beside = second instanceof Int32Array ? second : second && own(second);
  return keeping(op.ours(by, own(x), beside as Float32Array, { axis: given.axis, out: to }));
}
