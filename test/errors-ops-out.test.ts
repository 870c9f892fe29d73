import { describe, it } from "vitest";
import {
  callOp,
  expectOpError,
  formShape,
  LIBRARIES,
  OPS,
  type Options,
  rowwise,
  secondFor,
  taken,
} from "./support/ops.js";

const shape = [2, 3];
const f32 = (): Float32Array => new Float32Array([0.1, 0.2, 0.7, 0.3, 0.3, 0.4]);

describe.each(LIBRARIES)("$name", ({ library }) => {
  describe.each(OPS.filter(({ options }) => options.includes("out")))("$name", (op) => {
    const base = taken(op, { shape });

    it("refuses an `out` that overlaps an argument", () => {
      const size = formShape(
        op.form,
        op.options.includes("shape") ? [2] : [],
        op.options.includes("shape") ? 3 : 6,
      ).reduce((a, b) => a * b, 1);
      const buffer = new ArrayBuffer(1024);
      const at = (start: number, length: number) => new Float32Array(buffer, 4 * start, length);
      at(0, 256).fill(0.25);
      const options: Options = rowwise(op, base);
      const text = (name: string): RegExp =>
        new RegExp(`^out: expected (${name} itself or )?memory apart from ${name}, got memory that overlaps it$`);
      for (const start of op.form === "same" ? [1, 5] : [0, 1, 5]) {
        const x = at(0, 6);
        const act = () => callOp(library, op, x, secondFor(op, f32, 2), { ...options, out: at(start, size) });
        expectOpError(library, act, [at(0, 256)], RangeError, text(op.names[0]));
        if (op.second !== "like x") continue;
        const other = () => callOp(library, op, f32(), x, { ...options, out: at(start, size) });
        expectOpError(library, other, [at(0, 256)], RangeError, text(op.names[1]!));
      }
      for (const [name, given] of [
        ["where", { where: new Uint8Array(buffer, 0, 3).fill(1) }],
        ["weights", { weights: at(0, 3) }],
        ["weight", { weight: at(0, 3) }],
        ["sampleWeight", { sampleWeight: at(0, 2) }],
      ] as const) {
        if (!op.options.includes(name)) continue;
        const act = () => callOp(library, op, f32(), secondFor(op, f32, 2), { ...options, ...given, out: at(0, size) });
        expectOpError(library, act, [at(0, 256)], RangeError, text(name));
      }
      if (op.second !== "targets" && op.second !== "actions") return;
      for (const second of [
        new Int32Array(buffer, 0, 2).fill(1),
        { data: new BigInt64Array(buffer, 0, 2).fill(1n), dims: [2] },
      ]) {
        const act = () => callOp(library, op, f32(), second, { ...options, out: at(1, size) });
        expectOpError(library, act, [at(0, 256)], RangeError, text(op.names[1]!));
      }
    });

    it("refuses nested rows of `out` that are frozen, shared or an argument's", () => {
      const fresh = (sizes: readonly number[]): unknown =>
        sizes.length === 0 ? 0 : Array.from({ length: sizes[0]! }, () => fresh(sizes.slice(1)));
      const x = [[0.5, 0.5], [0.25, 0.75]]; // biome-ignore format: rows
      const twin = (): unknown => structuredClone(x);
      const sizes = formShape(op.form, [2], 2);
      const options = rowwise(op);
      const attempt = (out: unknown, kind: ErrorConstructor, message: RegExp): void =>
        expectOpError(
          library,
          () => callOp(library, op, x, secondFor(op, twin, 2), { ...options, out }),
          [x, out],
          kind,
          message,
        );
      const frozen = fresh(sizes);
      let inner = frozen as unknown[];
      while (Array.isArray(inner[1])) inner = inner[1];
      Object.freeze(inner);
      attempt(frozen, TypeError, /^out: expected arrays that can be written, got frozen ones$/);
      attempt(fresh([...sizes, 1]), RangeError, /^out: expected shape \[.*\].*, got \[.*\]$/);
      attempt(new Float64Array(4), TypeError, /^out: expected nested arrays as \w+ is, got Float64Array\(4\)$/);
      if (op.form === "same") {
        attempt([x[1], x[0]], RangeError, /^out: expected \w+ itself or memory apart from /);
        attempt([x[0], [0, 0]], RangeError, /^out: expected \w+ itself or memory apart from /);
      }
      if (sizes.length < 2) return;
      const row = fresh(sizes.slice(1));
      attempt([row, row], RangeError, /^out: expected each row once, got one array as several rows$/);
    });
  });
});
