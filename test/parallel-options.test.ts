import { afterAll, beforeAll, describe, it } from "vitest";
import type { Pool } from "../src/parallel.js";
import type { FloatArray } from "../src/types.js";
import { DTYPES } from "./support/floats.js";
import { ALL, type Options, opNamed, rowwise, taken } from "./support/ops.js";
import {
  BATCH,
  expectAsOne,
  LONG_BYTES,
  logitsOf,
  type Memory,
  ROWWISE,
  SOFTMAX,
  secondOf,
  sizeOf,
  startPool,
  typed,
  valuesFor,
} from "./support/pools.js";

const SHAPE = BATCH;

/** Elements of a row that threads share. */
const LONG = { float32: LONG_BYTES / 4 + 5, float64: LONG_BYTES / 8 + 5 };
const SIZE = sizeOf(SHAPE);

const SCALES: readonly Options[] = [
  { temperature: 0.3 },
  { temperature: 0 },
  { temperature: Infinity },
  { temperature: 1e-40 },
  { temperature: -2 },
  { beta: -1 },
  { beta: 0 },
  { beta: -Infinity },
  { beta: Infinity },
  { beta: -1e-300 },
  { base: 2 },
  { base: 0 },
  { base: 1 },
  { base: 10 },
];

const bits = (length: number, step: number): Uint8Array => Uint8Array.from({ length }, (_, i) => Number(i % step > 0));

const MASKS: Readonly<Record<string, unknown>> = {
  "as long as x": bits(SIZE, 3),
  "as long as a row": bits(SHAPE[1], 4),
  "of booleans": Array.from({ length: SIZE }, (_, i) => i % 5 !== 1),
  "of a tokenizer": BigInt64Array.from(bits(SIZE, 2), BigInt),
  "one element a row": { data: bits(SHAPE[0], 3), shape: [SHAPE[0], 1] },
  "with all of some rows masked": Uint8Array.from({ length: SIZE }, (_, i) => Number(Math.floor(i / SHAPE[1]) % 7 > 0)),
};

describe.each<Memory>(["shared", "transferred"])("memory %s: as one thread, to the bit", (memory) => {
  let pool: Pool;
  beforeAll(async () => {
    pool = await startPool(memory, { threads: 3 });
  });
  afterAll(() => pool.close());

  it.each(SCALES)("%o", async (scale) => {
    for (const dtype of DTYPES) {
      const x = logitsOf(dtype, SHAPE);
      const others = dtype === "float32" ? (["logSoftmax", "logSumExp", "sigmoid"] as const) : [];
      for (const op of [SOFTMAX, ...others.map(opNamed)]) {
        await expectAsOne(pool, op, x, undefined, taken(op, { shape: SHAPE, ...scale }));
      }
      await expectAsOne(pool, SOFTMAX, x, undefined, { shape: SHAPE, axis: 0, ...scale });
      // A long row.
      await expectAsOne(pool, SOFTMAX, logitsOf(dtype, [LONG[dtype]]), undefined, scale);
      const loss = opNamed("crossEntropyWithGrad");
      await expectAsOne(
        pool,
        loss,
        x,
        secondOf(loss, () => x, ...SHAPE),
        { shape: SHAPE, ...scale },
      );
    }
  });

  it.each(Object.keys(MASKS))("where %s", async (name) => {
    const all = ROWWISE.filter(({ options }) => options.includes("where"));
    for (const op of name === "as long as x" ? all : [SOFTMAX, opNamed("logSumExp"), opNamed("softmaxVjp")]) {
      const x = typed("float32", valuesFor(op, SIZE, 1));
      const second = secondOf(op, () => x.map((value) => value / 2), ...SHAPE);
      await expectAsOne(pool, op, x, second, rowwise(op, { shape: SHAPE, where: MASKS[name] }));
    }
    const x = logitsOf("float64", SHAPE);
    await expectAsOne(pool, SOFTMAX, x, undefined, { shape: SHAPE, where: bits(SIZE, 3), axis: 0 });
    await expectAsOne(pool, SOFTMAX, x, undefined, { shape: SHAPE, where: bits(SIZE, 3), axis: null });
  });

  it("rows with NaN and infinities in them, beside others", async () => {
    for (const dtype of DTYPES) {
      const x = logitsOf(dtype, SHAPE);
      const put = (row: number, value: number): void => {
        x[row * SHAPE[1] + ((row * 31) % SHAPE[1])] = value;
      };
      for (let row = 0; row < SHAPE[0]; row += 4) put(row, [NaN, Infinity, -Infinity][row % 3] as number);
      x.fill(-Infinity, 5 * SHAPE[1], 6 * SHAPE[1]);
      for (const op of ROWWISE) {
        const second = secondOf(op, () => x, ...SHAPE);
        await expectAsOne(pool, op, x, second, rowwise(op, taken(op, { shape: SHAPE })));
      }
    }
  });

  it.each([
    ["NaN", [[70_000, NaN]]],
    ["Infinity", [[200_000, Infinity]]],
    ["-Infinity", [[0, -Infinity]]],
    ["two maxima far apart", [[3, 50], [500_000, 50]]], // biome-ignore format: one case a line
  ] as const)("a long row with %s in it", async (_, places) => {
    for (const dtype of DTYPES) {
      const x = logitsOf(dtype, [LONG[dtype]]);
      for (const [i, value] of places) x[i] = value;
      await expectAsOne(pool, SOFTMAX, x);
    }
  });

  it.each([
    ["of equal numbers", (x: FloatArray) => x.fill(3)],
    ["of -Infinity", (x: FloatArray) => x.fill(-Infinity)],
    ["of zeros of either sign", (x: FloatArray) => x.fill(0).fill(-0, 100)],
    ["far from 0", (x: FloatArray) => x.map((value) => value + 1e6)],
    ["far apart", (x: FloatArray) => x.map((value) => value * 1e30)],
  ] as const)("a long row %s", async (_, change) => {
    for (const dtype of DTYPES) {
      const x = change(logitsOf(dtype, [LONG[dtype]])) as FloatArray;
      for (const options of [undefined, { beta: -3 }, { temperature: 0 }]) {
        await expectAsOne(pool, SOFTMAX, x, undefined, options);
      }
    }
  });

  it("losses with weights, smoothing and ignored rows; sums with weights", async () => {
    const x = logitsOf("float32", SHAPE);
    const soft = typed("float32", valuesFor(opNamed("entropy"), SIZE));
    const positive = (length: number) => typed("float32", valuesFor(opNamed("entropy"), length, 5));
    for (const name of ["crossEntropy", "crossEntropyWithGrad"] as const) {
      const op = opNamed(name);
      const classes = secondOf(op, () => x, ...SHAPE) as Int32Array;
      for (const [targets, options] of [
        [classes, { weight: positive(SHAPE[1]) }],
        [classes, { sampleWeight: positive(SHAPE[0]), reduction: "sum" }],
        [classes, { labelSmoothing: 0.1 }],
        [classes.map((value) => (value === 31 ? 7 : value)), { ignoreIndex: 7, reduction: "none" }],
        [soft, { reduction: "none" }],
        [soft, { labelSmoothing: 0.2, weight: positive(SHAPE[1]) }],
      ] as const) {
        await expectAsOne(pool, op, x, targets, { shape: SHAPE, ...options });
      }
    }
    for (const weights of [logitsOf("float32", SHAPE, 9), positive(SHAPE[1])]) {
      await expectAsOne(pool, opNamed("logSumExp"), x, undefined, { shape: SHAPE, weights });
      await expectAsOne(pool, opNamed("logSumExpSigned"), x, undefined, { shape: SHAPE, weights });
    }
  });

  it("keepDims, sorted and k of any size", async () => {
    const x = logitsOf("float32", SHAPE);
    for (const op of ALL.filter(({ options }) => options.includes("keepDims"))) {
      const tensor = { data: x, dims: SHAPE };
      await expectAsOne(
        pool,
        op,
        tensor,
        secondOf(op, () => tensor, ...SHAPE),
        { keepDims: true },
      );
    }
    for (const k of [0, 1, 17, SHAPE[1], SHAPE[1] + 1]) {
      for (const sorted of [true, false]) await expectAsOne(pool, opNamed("topK"), x, k, { shape: SHAPE, sorted });
      await expectAsOne(pool, opNamed("topK"), x, k, { shape: SHAPE, axis: 0 });
    }
  });
});
