import { describe, expect, it } from "vitest";
import { createSoftmax } from "../src/index.js";
import type { FloatArray, ResidentArray, Softmax } from "../src/types.js";
import { DTYPES, floats } from "./support/floats.js";
import { MAKERS } from "./support/implementations.js";
import { expectWorking, thrownBy, valuesOf } from "./support/misuse.js";
import {
  callOp,
  expectOpError,
  formShape,
  OPS,
  type Op,
  type Options,
  rowwise,
  secondFor,
  taken,
  written,
} from "./support/ops.js";

const shape = [2, 3];
const P = [0.5, 0.25, 0.25, 0.125, 0.125, 0.75];
const Q = [...P].reverse();

const shapeOf = (op: Op): number[] => formShape(op.form, [2], 3);
const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

/** What an op takes second, given what is like x; class indices in the kind that comes next. */
const secondOf = (op: Op, like: unknown): unknown =>
  op.second === "like x" ? like : op.second === "component" ? 1 : op.second === "none" ? undefined : [2, 0];

describe.each(MAKERS)("over %s", (_, make) => {
  const library = make();
  /** Handles are rows of three already; of other arrays the option says it. */
  const options = (op: Op, given: Options = {}): Options => rowwise(op, taken(op, { shape, ...given }));

  function resident(values: readonly number[], dtype: "float32" | "float64", of: Softmax = library): ResidentArray {
    const handle = of.allocate(dtype, shape);
    handle.set(values);
    return handle;
  }

  describe.each(OPS)("$name", (op) => {
    const run = (x: unknown, second: unknown, given?: Options): unknown =>
      callOp(library, op, x, second, options(op, given));
    const numbers = (result: unknown): number[] =>
      op.name === "logSumExpSigned" ? valuesOf((result as { value: unknown }).value) : valuesOf(written(op, result));

    for (const dtype of DTYPES) {
      const x = (): FloatArray => floats(dtype, P);
      const y = (): FloatArray => floats(dtype, Q);

      it(`${dtype}: takes handles and arrays in any mixture, and gives the same bits`, () => {
        const expected = numbers(run(x(), secondOf(op, y())));
        const [p, q] = [resident(P, dtype), resident(Q, dtype)];
        const seconds = op.second === "like x" ? [q, y(), { data: y(), shape }] : [secondOf(op, y())];
        for (const first of [p, x(), p.data]) {
          for (const second of seconds) {
            const result = run(first, second);
            expect(numbers(result)).toEqual(expected);
            expect(
              written(op, op.name === "logSumExpSigned" ? (result as { sign: unknown }).sign : result),
            ).toBeInstanceOf(x().constructor);
            if (!op.options.includes("out")) continue;
            const into = library.allocate(dtype, shapeOf(op));
            const typed = floats(dtype, expected.length).fill(7);
            for (const out of [into, typed, into.data]) {
              valuesInto(out, 7);
              expect(written(op, run(first, second, { out }))).toBe(out);
              expect(valuesOf(out)).toEqual(expected);
            }
            into.free();
          }
        }
        expect([...p.data, ...q.data]).toEqual([...P, ...Q]);
        for (const handle of [p, q]) handle.free();
      });

      if (op.form !== "same" || !op.options.includes("out")) continue;
      it(`${dtype}: out is any whole input`, () => {
        const expected = numbers(run(x(), secondOf(op, y())));
        for (const i of op.second === "like x" ? [0, 1] : [0]) {
          const given = [resident(P, dtype), secondOf(op, resident(Q, dtype))];
          expect(written(op, run(given[0], given[1], { out: given[i] }))).toBe(given[i]);
          expect(valuesOf(given[i])).toEqual(expected);
        }
        if (op.second !== "like x") return;
        // One array as both, and as out too.
        const twice = numbers(run(x(), x()));
        const one = resident(P, dtype);
        expect(numbers(run(one, one))).toEqual(twice);
        run(one, one, { out: one });
        expect([...one.data]).toEqual(twice);
      });
    }

    it("refuses handles that are freed, or another instance's, in every place", () => {
      const [freed, live] = [resident(P, "float32"), resident(P, "float32")];
      freed.free();
      const foreign = resident(P, "float32", createSoftmax());
      for (const [bad, text] of [
        [freed, "expected an allocated array, got one that was freed"],
        [foreign, "expected an array allocated by this instance, got one of another instance"],
      ] as const) {
        const attempts: (readonly [name: string, act: () => unknown])[] = [
          [op.names[0], () => run(bad, secondOf(op, live))],
          ...(op.second === "none" ? [] : [[op.names[1] ?? "component", () => run(live, bad)] as const]),
          ...["out", "weights", "weight", "sampleWeight"]
            .filter((name) => op.options.includes(name))
            .map((name) => [name, () => run(live, secondOf(op, live), { [name]: bad })] as const),
        ];
        for (const [name, act] of attempts) {
          if (name === "component") continue;
          expectOpError(library, act, [live.data], TypeError, new RegExp(`^${name}: ${text}$`));
        }
      }
      expect([...foreign.data]).toEqual(P);
    });

    if (op.options.includes("out")) {
      it("refuses an out of another shape, dtype or kind", () => {
        const x = resident(P, "float32");
        const sizes = shapeOf(op);
        const second = secondOf(op, resident(Q, "float32"));
        const wrong: (readonly [out: unknown, kind: ErrorConstructor, message: RegExp])[] = [
          [library.allocate("float32", [...sizes, 1]), RangeError, /^out: expected shape \[.*\].*, got \[.*\]$/],
          [library.allocate("float32", product(sizes) + 1), RangeError, /^out: expected shape \[.*\].*, got \[\d+\]$/],
          [library.allocate("float64", sizes), TypeError, /^out: expected Float32Array as \w+ is, got Float64Array/],
          [floats("float32", product(sizes) - 1), RangeError, /^out: expected length \d+.*, got \d+$/],
          [[0, 0], TypeError, /^out: expected Float32Array as \w+ is, got an array/],
        ];
        for (const [out, kind, message] of wrong) {
          expectOpError(library, () => run(x, second, { out }), [x.data], kind, message);
        }
        if (op.form !== "same") {
          expectOpError(
            library,
            () => run(x.data, second, { out: x.data.subarray(0, 1) }),
            [x.data],
            RangeError,
            /^out: /,
          );
        }
      });
    }

    it("leaves nothing behind where it throws, however often", () => {
      const x = resident(P, "float32");
      for (let i = 0; i < 50; i++) {
        expect(thrownBy(() => callOp(library, op, x, secondOf(op, x), { ...options(op), quantile: 1 }))).toBeInstanceOf(
          TypeError,
        );
        if (op.second !== "none") expect(thrownBy(() => run(x, "second"))).toBeInstanceOf(TypeError);
      }
      expectWorking(library.softmax);
    });
  });

  it("fills flat handles too: of a number a row, or of all elements of a Jacobian", () => {
    const x = resident(P, "float64");
    const rows = library.allocate("float64", 2);
    expect(library.logSumExp(x, { out: rows })).toBe(rows);
    expect(rows.data).toEqual(library.logSumExp(x));
    const flat = library.allocate("float64", 18);
    expect(library.softmaxJacobian(x, { out: flat })).toBe(flat);
    expect(flat.data).toEqual(library.softmaxJacobian(x));
    const one = library.allocate("float64", 3);
    const scalar = library.allocate("float64", []);
    expect(library.logSumExp(one, { out: scalar })).toBe(scalar);
    expect(scalar.data[0]).toBeCloseTo(Math.log(3), 14);
    expect(library.logSumExp(x, { keepDims: true, out: library.allocate("float64", [2, 1]) }).shape).toEqual([2, 1]);
  });

  it("gives a number a row for more rows than a kernel's call takes", () => {
    const values = Float64Array.from({ length: 1300 * 3 }, (_, i) => Math.sin(i));
    const x = library.allocate("float64", [1300, 3]);
    x.set(values);
    const out = library.allocate("float64", 1300);
    const expected = library.logSumExp(values, { shape: [1300, 3] });
    expect(library.logSumExp(x)).toEqual(expected);
    expect(library.logSumExp(x, { out }).data).toEqual(expected);
    expect(x.data).toEqual(values);
  });

  it("takes empty handles", () => {
    for (const sizes of [[3, 0], [0, 3], [0, 0], [0]]) {
      // biome-ignore format: one line
      const x = library.allocate("float32", sizes);
      const length = sizes.at(-1)!;
      const before = sizes.slice(0, -1);
      for (const op of OPS) {
        if (!op.options.includes("out") || op.second === "component" || op.second === "actions") continue;
        const out = library.allocate("float32", op.form === "same" ? sizes : formShape(op.form, before, length));
        const classes = new Int32Array(product(before)).fill(length === 0 ? -100 : 0);
        const given = rowwise(op, { out });
        expect(written(op, callOp(library, op, x, op.second === "like x" ? x : classes, given))).toBe(out);
        if (op.name === "logSumExp") expect([...out.data].every((value) => value === -Infinity)).toBe(true);
        else expect([...out.data].every((value) => value === 0)).toBe(true);
      }
    }
    expectWorking(library.softmax);
  });

  it("refuses typed arrays over memory that is no longer one handle's, beside x too", () => {
    const [own, gone] = [resident(P, "float32"), resident(P, "float32")];
    const stale = gone.data;
    gone.free();
    // Without kernels, what was freed stays the caller's own memory.
    if (library.backend().backend === "js") {
      expect(library.softmaxVjp(own, stale)).toHaveLength(6);
      return;
    }
    const text = /^\w+: expected values within one allocated array, got memory that is freed or beyond it$/;
    for (const act of [
      () => library.softmaxVjp(own, stale),
      () => library.klDivergence(stale, own as never, { shape }),
      () => library.logSumExp(own, { weights: stale }),
      () => library.logSumExp(stale, { shape, weights: [1, 1, 1] }),
      () => library.crossEntropy(own, stale),
      () => library.crossEntropy(own, new Int32Array(stale.buffer, stale.byteOffset, 2).fill(0)),
      () => library.crossEntropy(own, [0, 0], { weight: stale.subarray(0, 3) }),
      () => library.crossEntropy(own, [0, 0], { sampleWeight: stale.subarray(0, 2) }),
      () => library.logProb(own, new Uint8Array(stale.buffer, stale.byteOffset, 2)),
    ]) {
      expectOpError(library, act, [own.data], RangeError, text);
    }
  });

  it("takes what stands in one handle beside another's", () => {
    const [x, beside] = [resident(P, "float32"), library.allocate("float32", 6)];
    beside.set([1, 2, 3, 4, 5, 6]);
    const plain = beside.data.slice();
    expect(library.logSumExp(x, { weights: beside.data.subarray(0, 3) })).toEqual(
      library.logSumExp(x, { weights: plain.subarray(0, 3) }),
    );
    const indices = new Int32Array(beside.data.buffer, beside.data.byteOffset, 2);
    indices.set([2, 0]);
    expect(library.crossEntropy(x, indices)).toBe(library.crossEntropy(x, [2, 0]));
    const out = library.allocate("float32", 2);
    const act = () =>
      library.logSumExp(x, { weights: out.data.subarray(0, 1).fill(1), out, axis: -1, keepDims: false });
    expect(thrownBy(act)).toBeInstanceOf(RangeError);
  });
});

function bytesOf({ buffer }: Float64Array): Uint8Array {
  return new Uint8Array(buffer);
}

function valuesInto(out: ResidentArray | FloatArray, value: number): void {
  ("dtype" in out ? out.data : out).fill(value);
}

describe("maxMemory", () => {
  const library = createSoftmax({ maxMemory: 2 ** 17, fallback: false });

  it.each(OPS.filter(({ name, form }) => name !== "sigmoid" && form !== "cubed"))(
    "$name: a row beyond it is a RangeError that names the bytes",
    (op) => {
      const x = new Float64Array(op.form === "squared" ? 8192 : 40_000).fill(0.5);
      const act = () =>
        callOp(
          library,
          op,
          x,
          secondFor(op, () => x, 1),
          rowwise(op),
        );
      expectOpError(library, act, [], RangeError, /^out of memory: asked for \d+ bytes, the limit is 131072 bytes$/);
    },
  );

  it("leaves room for shorter rows, whatever is made of them", () => {
    expect(library.logSumExp(new Float64Array(1000))[0]).toBeCloseTo(Math.log(1000), 12);
    const x = Float64Array.from({ length: 60 }, (_, i) => i / 60);
    for (const derive of ["softmaxHessian", "softmaxJacobian"] as const) {
      expect(Buffer.compare(bytesOf(library[derive](x)), bytesOf(createSoftmax()[derive](x)))).toBe(0);
    }
  });
});

describe.each(MAKERS)("neighbours in memory, over %s", (_, make) => {
  const library = make();

  it.each(OPS.filter(({ options }) => options.includes("out")))("$name from typed arrays writes to out alone", (op) => {
    const sizes = [50, 40];
    const count = product(sizes);
    const p = Float32Array.from({ length: count }, (_, i) => ((i % 40) + 1) / 820);
    const second = secondFor(op, () => p.slice().reverse(), sizes[0] as number);
    const options = rowwise(op, taken(op, { shape: sizes }));
    const expected = valuesOf(written(op, callOp(library, op, p, second, options)));
    const out = library.allocate("float32", formShape(op.form, [50], 40));
    const after = library.allocate("float32", 4 * count);
    after.data.fill(5);
    expect(valuesOf(written(op, callOp(library, op, p, second, { ...options, out })))).toEqual(expected);
    expect(after.data.every((value) => value === 5)).toBe(true);
    out.free();
    after.free();
  });
});
