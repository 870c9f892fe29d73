// Arrays that live in WebAssembly memory, or stand in for such where nothing serves.

import type { ResidentArray } from "softmax-simd";
import type { Context, Floats, Loose, Subject } from "./entries.js";
import { thrown } from "./errors.js";
import { alike, DTYPES, floats, logits } from "./numbers.js";

type Handle = ResidentArray & { set: (values: unknown, offset?: number) => void };

export function checkHandles(context: Context): void {
  for (const subject of context.subjects) {
    checkOps(context, subject);
    checkLife(context, subject);
    checkGrowth(context, subject);
  }
}

const allocate = ({ loose }: Subject, dtype: string, shape: number | readonly number[]): Handle =>
  loose["allocate"]!(dtype, shape) as Handle;

/** Ops give the same over allocated arrays as over typed ones, into either. */
function checkOps({ suite }: Context, subject: Subject): void {
  for (const dtype of DTYPES) {
    for (const [rows, length] of [
      [1, 7],
      [3, 4],
      [5, 33],
      [2, 1025],
    ] as const) {
      const what = `${subject.name}, allocated ${dtype} [${rows}, ${length}]`;
      suite.group(what, () => {
        const x = logits(dtype, rows * length, length);
        const shape = [rows, length];
        const handle = allocate(subject, dtype, shape);
        suite.check(
          `${what}: zeros`,
          handle.data.every((v) => v === 0) && handle.data.length === x.length,
          handle.data,
          0,
        );
        const described = handle.dtype === dtype && handle.shape.join() === shape.join();
        suite.check(`${what}: dtype and shape`, described, [handle.dtype, handle.shape], [dtype, shape]);
        handle.set(x);
        suite.check(`${what}: set`, alike(handle.data, x), handle.data, x);
        const out = allocate(subject, dtype, shape);
        for (const op of ["softmax", "logSoftmax", "hardmax"]) {
          const run = subject.loose[op] as Loose;
          const expected = run(x, { shape }) as Floats;
          const fresh = run(handle) as Floats;
          suite.check(`${op}: ${what}`, fresh.constructor === x.constructor && alike(fresh, expected), fresh, expected);
          out.data.fill(9);
          suite.check(
            `${op}: ${what}: out`,
            run(handle, { out }) === out && alike(out.data, expected),
            out.data,
            expected,
          );
          out.data.fill(9);
          suite.check(
            `${op}: ${what}: typed to out`,
            run(x, { shape, out }) === out && alike(out.data, expected),
            out.data,
            expected,
          );
          const down = run(handle, { axis: 0 }) as Floats;
          const turned = run(x, { shape, axis: 0 }) as Floats;
          suite.check(`${op}: ${what}: first axis`, alike(down, turned), down, turned);
        }
        const reduced = subject.loose["logSumExp"]!(handle) as Floats;
        const sums = subject.logSumExp(x, { shape });
        suite.check(`logSumExp: ${what}`, alike(reduced, sums), reduced, sums);
        suite.check(`${what}: x as it was`, alike(handle.data, x), handle.data, x);
        const y = subject.softmax(x, { shape });
        subject.loose["softmax"]!(handle, { out: handle });
        suite.check(`softmax: ${what}: in place`, alike(handle.data, y), handle.data, y);
        handle.free();
        out.free();
      });
    }
  }
}

function checkLife({ suite }: Context, subject: Subject): void {
  const what = `${subject.name}, an allocated array`;
  suite.group(what, () => {
    const handle = allocate(subject, "float64", [2, 3]);
    handle.set([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    handle.set(Float32Array.of(9, 8), 1);
    suite.check(
      `${what}: set from an offset on`,
      alike(handle.data, [1, 9, 8, 4, 5, 6]),
      handle.data,
      [1, 9, 8, 4, 5, 6],
    );
    const other = allocate(subject, "float64", 6);
    other.set(handle.data);
    suite.check(`${what}: another beside it`, alike(other.data, handle.data), other.data, handle.data);
    handle.free();
    handle.free();
    for (const [name, act] of [
      ["data", () => handle.data],
      ["set", () => handle.set([1, 2, 3, 4, 5, 6])],
      ["x", () => subject.loose["softmax"]!(handle)],
      ["out", () => subject.loose["softmax"]!(new Float64Array(6), { out: handle })],
    ] as const) {
      const error = thrown(act);
      suite.check(
        `${what}: ${name} of a freed one`,
        error instanceof TypeError && /freed/.test(error.message),
        error,
        "a TypeError",
      );
    }
    suite.check(
      `${what}: one beside a freed one`,
      alike(other.data, [1, 9, 8, 4, 5, 6]),
      other.data,
      [1, 9, 8, 4, 5, 6],
    );
    other.free();
  });
}

/** What other arrays hold outlasts the growth of the memory that they are in. */
function checkGrowth({ suite }: Context, subject: Subject): void {
  const what = `${subject.name}, allocated arrays while memory grows`;
  suite.group(what, () => {
    const first = allocate(subject, "float32", 100);
    const values = floats("float32", logits("float32", 100, 4));
    first.set(values);
    const many = [1000, 100_000, 1_000_000].map((count) => allocate(subject, "float32", count));
    suite.check(what, alike(first.data, values), first.data, values);
    suite.check(
      `${what}: zeros`,
      many.every(({ data }) => data[0] === 0 && data[data.length - 1] === 0),
      many.map(({ data }) => data[0]),
      0,
    );
    const p = subject.loose["softmax"]!(first) as Floats;
    suite.check(`${what}: softmax`, alike(p, subject.softmax(values)), p, "as of a typed array");
    for (const handle of [first, ...many]) handle.free();
  });
}
