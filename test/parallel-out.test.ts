import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SharedArray } from "../src/parallel/types.js";
import type { Pool } from "../src/parallel.js";
import type { FloatArray } from "../src/types.js";
import { DTYPES, floats } from "./support/floats.js";
import { nest } from "./support/kinds.js";
import { callOp, type Op, opNamed, rowwise, taken, written } from "./support/ops.js";
import {
  BATCH,
  callPool,
  expectSameBits,
  logitsOf,
  type Memory,
  ONE,
  ROWWISE,
  SOFTMAX,
  secondOf,
  sizeOf,
  startPool,
  typed,
  valuesFor,
} from "./support/pools.js";

type Values = FloatArray | SharedArray;

/** Rows that threads share out, rows on other axes, one long row, and fewer long rows than threads. */
const CASES = (
  [
    ["float32", BATCH, -1],
    ["float64", BATCH, -1],
    ["float32", [487, 1100], 0],
    ["float32", [1, 2 ** 20 + 77], -1],
    ["float64", [2, 2 ** 19], -1],
  ] as const
).flatMap(([dtype, shape, axis], i) => {
  const x = logitsOf(dtype, shape);
  const where = new Uint8Array(x.length).map((_, k) => Number(k % 3 > 0));
  return [{ shape, axis, beta: -2 }, ...(i === 0 ? [{ shape, axis, where }] : [])].map((options) => ({
    x,
    shape,
    options,
    expected: callOp(ONE, SOFTMAX, x, undefined, options),
  }));
});

const isResident = (values: Values): values is SharedArray => "free" in values;
const numbersOf = (values: Values): FloatArray => (isResident(values) ? values.data : values);

describe.each<Memory>(["shared", "transferred"])("out, memory %s: as one thread, to the bit", (memory) => {
  let pool: Pool;
  beforeAll(async () => {
    pool = await startPool(memory, { threads: 3 });
  });
  afterAll(() => pool.close());

  function resident(x: FloatArray, shape: readonly number[]): SharedArray {
    const array = pool.allocate(x instanceof Float32Array ? "float32" : "float64", shape);
    array.set(x);
    return array;
  }

  const SOURCES: Readonly<Record<string, (x: FloatArray, shape: readonly number[]) => Values>> = {
    "a typed array": (x) => x.slice(),
    "the pool's array": resident,
    "its data": (x, shape) => resident(x, shape).data,
    "part of one": (x) => {
      const wide = resident(floats(x instanceof Float32Array ? "float32" : "float64", x.length + 5), [x.length + 5]);
      wide.data.set(x, 3);
      return wide.data.subarray(3, x.length + 3);
    },
    "a shared array of the caller's": (x) => {
      const values = new (x.constructor as Float64ArrayConstructor)(new SharedArrayBuffer(x.byteLength));
      values.set(x);
      return values;
    },
  };
  const TARGETS: Readonly<Record<string, (source: Values, shape: readonly number[]) => Values>> = {
    "a typed array": (source) => numbersOf(source).slice().fill(7) as FloatArray,
    "the pool's array": (source, shape) => resident(numbersOf(source).slice().fill(7) as FloatArray, shape),
    itself: (source) => source,
  };
  const ways = Object.keys(SOURCES).flatMap((from) => Object.keys(TARGETS).map((to) => [from, to] as const));

  it.each(ways)("softmax from %s into %s", async (from, to) => {
    for (const { x, shape, options, expected } of CASES) {
      const source = SOURCES[from]!(x, shape);
      const out = TARGETS[to]!(source, shape);
      expect(await callPool(pool, SOFTMAX, source, undefined, { ...options, out })).toBe(out);
      expectSameBits(numbersOf(out), expected, `${shape}, axis ${options.axis}`);
      if (out !== source) expectSameBits(numbersOf(source), x, "x is as before");
      for (const values of new Set([source, out])) if (isResident(values)) values.free();
    }
  });

  const writing = ROWWISE.filter(({ options }) => options.includes("out"));

  it.each(writing)("$name into the pool's arrays and typed ones", async (op) => {
    const shape = BATCH;
    for (const dtype of memory === "shared" ? DTYPES : DTYPES.slice(0, 1)) {
      const x = typed(dtype, valuesFor(op, sizeOf(shape)));
      const other = typed(dtype, valuesFor(op, sizeOf(shape), 2));
      const options = rowwise(op, taken(op, { shape }));
      const expected = written(op, callOp(ONE, op, x, secondFor(op, other), options)) as FloatArray;
      const size = op.form === "reduced" ? [shape[0]] : shape;
      for (const out of [pool.allocate(dtype, size), floats(dtype, sizeOf(size)).fill(7)]) {
        for (const [first, second] of [
          [x, other],
          [resident(x, shape), resident(other, shape)],
          [x, resident(other, shape)],
          [resident(x, shape), other],
        ] as const) {
          const result = await callPool(pool, op, first, secondFor(op, second), { ...options, out });
          expect(written(op, result)).toBe(out);
          expectSameBits(numbersOf(out as Values), expected);
          expectSameBits(numbersOf(first as Values), x, "the first input is as before");
          expectSameBits(numbersOf(second as Values), other, "the second input is as before");
          numbersOf(out as Values).fill(7);
        }
      }
    }
  });

  const inPlace = writing.filter(({ form }) => form === "same");

  it.each(inPlace)("$name over its inputs", async (op) => {
    const shape = BATCH;
    const values = [1, 2].map((seed) => typed("float32", valuesFor(op, sizeOf(shape), seed)));
    const options = rowwise(op, taken(op, { shape }));
    const expected = written(op, callOp(ONE, op, values[0], secondFor(op, values[1]), options));
    for (const make of [(x: FloatArray) => x.slice() as Values, (x: FloatArray) => resident(x, shape)]) {
      for (const place of op.second === "like x" ? [0, 1] : [0]) {
        const given = values.map(make);
        await callPool(pool, op, given[0], secondFor(op, given[1]), { ...options, out: given[place] });
        expectSameBits(numbersOf(given[place] as Values), expected);
      }
    }
  });

  function secondFor(op: Op, like: unknown): unknown {
    return secondOf(op, () => like, ...BATCH);
  }

  it("masks, weights and targets in the pool's arrays", async () => {
    const shape = BATCH;
    const x = logitsOf("float32", shape);
    const bits = pool.allocate("float32", sizeOf(shape) / 4);
    const where = new Uint8Array(bits.data.buffer, bits.data.byteOffset, sizeOf(shape));
    where.forEach((_, i) => {
      where[i] = Number(i % 4 > 0);
    });
    const masked = callOp(ONE, SOFTMAX, x, undefined, { shape, where: where.slice() });
    for (const given of [x, resident(x, shape)]) {
      expectSameBits(await callPool(pool, SOFTMAX, given, undefined, { shape, where }), masked);
    }
    const op = opNamed("crossEntropyWithGrad");
    const soft = typed("float32", valuesFor(opNamed("entropy"), sizeOf(shape)));
    const [weight, sampleWeight] = [BATCH[1], BATCH[0]].map((size) =>
      typed("float64", valuesFor(opNamed("entropy"), size)),
    );
    const expected = callOp(ONE, op, x, soft, { shape, weight, sampleWeight });
    const weights = { weight: resident(weight!, [BATCH[1]]), sampleWeight: resident(sampleWeight!, [BATCH[0]]) };
    expectSameBits(await callPool(pool, op, resident(x, shape), resident(soft, shape), weights), expected);
  });

  it("nested arrays, tensors and float16 bits, into such", async () => {
    const shape = BATCH;
    const values = valuesFor(SOFTMAX, sizeOf(shape));
    const bits = new Uint16Array(values.length).map((_, i) => 0x3000 + (i % 0x0c00));
    for (const make of [
      () => ({ data: new Float32Array(values), dims: shape }),
      () => ({ data: bits.slice(), shape, dtype: "float16" }),
      () => nest([...values], shape),
    ]) {
      const [x, out, expected] = [make(), make(), make()];
      callOp(ONE, SOFTMAX, x, undefined, { out: expected });
      expect(await callPool(pool, SOFTMAX, x, undefined, { out })).toBe(out);
      expectSameBits(out, expected);
      expectSameBits(x, make(), "x is as before");
      await callPool(pool, SOFTMAX, x, undefined, { out: x });
      expectSameBits(x, expected);
    }
  });
});
