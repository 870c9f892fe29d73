import { describe, expect, it } from "vitest";
import type { FloatArray, ResidentArray } from "../src/types.js";
import { DTYPES, floats, logits } from "./support/floats.js";
import { MAKERS } from "./support/implementations.js";
import { ALL, callOp, formShape, type Op, rowwise, secondFor, taken, written } from "./support/ops.js";

const ROWS = 60;
const LENGTH = 23;

const writing = ALL.filter(({ options, form }) => options.includes("out") && form !== "cubed");

describe.each(MAKERS)("arrays beside out, over %s", (_, make) => {
  it.each(writing)("$name leaves as they are", (op) => {
    const library = make();
    for (const dtype of DTYPES) {
      const x = logits(dtype, ROWS * LENGTH, 1);
      const options = rowwise(op, taken(op, { shape: [ROWS, LENGTH] }));
      const expected = written(op, callOp(library, op, x, second(op, x), options)) as FloatArray;
      const allocate = (shape: readonly number[]): ResidentArray => library.allocate(dtype, shape);
      for (const isResident of [false, true]) {
        const [before, out, after] = [[ROWS, LENGTH], formShape(op.form, [ROWS], LENGTH), [ROWS, LENGTH]].map(allocate);
        const from = isResident ? allocate([ROWS, LENGTH]) : x;
        if (isResident) (from as ResidentArray).set(x);
        for (const beside of [before, after]) beside!.data.fill(7);
        callOp(library, op, from, second(op, from), { ...options, out });
        expect(out!.data).toEqual(expected);
        for (const beside of [before, after]) expect(beside!.data).toEqual(floats(dtype, ROWS * LENGTH).fill(7));
        if (isResident) expect((from as ResidentArray).data).toEqual(x);
      }
    }
  });
});

function second(op: Op, x: unknown): unknown {
  return secondFor(op, () => x, ROWS);
}
