import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import type { Kernels } from "../src/abi.js";
import { Chunks } from "../src/chunks.js";
import { createSoftmax } from "../src/index.js";
import { Budget, Memory } from "../src/memory.js";
import * as ops from "../src/ops/index.js";
import type { Plan } from "../src/plan.js";
import type { Store } from "../src/store.js";
import { numbersFor, takeNumbers } from "../src/window.js";
import { logits } from "./support/floats.js";
import { instantiate, moduleBytes } from "./support/modules.js";

/** A memory whose kernels run not when they are called, but when `runAll` is. */
function deferred(): { memory: Memory; runAll: () => void } {
  const calls: (() => void)[] = [];
  const later = ([name, found]: [string, unknown]): [string, unknown] => {
    if (typeof found !== "function") return [name, found];
    return [name, (...numbers: number[]) => void calls.push(() => found(...numbers))];
  };
  const kernels = Object.fromEntries(Object.entries(instantiate("simd")).map(later)) as unknown as Kernels;
  const memory = new Memory(kernels, new Budget(2 ** 32));
  const runAll = (): void => {
    for (const call of calls.splice(0)) call();
  };
  return { memory, runAll };
}

/** Carries a plan out with each chunk's kernels after all that is copied in, before what is copied out. */
function carryOutDeferred({ request, op, deliver }: Plan): unknown {
  const { memory, runAll } = deferred();
  const { outer, length, inner } = request.extent;
  const elements = new Float64Array(op.masked === undefined ? 0 : outer * length * inner);
  const values = request.dtype === "float64" ? elements : new Float32Array(elements);
  const numbers = numbersFor(request, op);
  const chunks = new Chunks(memory, request, op);
  for (const chunk of chunks.all()) {
    const rows = chunks.load(chunk, op);
    op.run(rows);
    if (op.masked !== undefined) chunks.finish(chunk, op.masked);
    runAll();
    takeNumbers(memory, rows.first, rows.outer, op.numbers, numbers);
    op.take?.(rows);
    if (op.masked !== undefined) chunks.copyOut(chunk, values);
  }
  return deliver(request, values, numbers);
}

const library = createSoftmax({ bytes: moduleBytes("simd") });

/** Small, of several panels, and of several slabs; the rows along the middle. */
const SHAPES = [
  [2, 5, 3],
  [1, 2048, 90],
  [700, 3, 50],
];

describe.each(["float32", "float64"] as const)("kernels that run after all is copied in, %s", (dtype) => {
  it.each(SHAPES)("give the same bits, of (%d, %d, %d) along the middle", (...shape) => {
    const size = shape.reduce((a, b) => a * b);
    const x = logits(dtype, size, 1) as Float32Array;
    const second = logits(dtype, size, 2) as Float32Array;
    const where = Uint8Array.from(x, (_, i) => (i % 7 === 3 ? 0 : 1));
    const classes = Int32Array.from({ length: size / shape[1]! }, (_, r) => (r * 5) % shape[1]!);
    const options = { shape, axis: 1 };
    const store = undefined as unknown as Store;
    const check = (plan: unknown, expected: unknown): void => {
      expect(isDeepStrictEqual(carryOutDeferred(plan as Plan), expected)).toBe(true);
    };
    check(ops.softmax(x, { ...options, where }, store), library.softmax(x, { ...options, where }));
    check(ops.softmaxVjp(x, second, options, store), library.softmaxVjp(x, second, options));
    check(ops.logSumExp(x, { ...options, where }, store), library.logSumExp(x, { ...options, where }));
    check(ops.topK(x, 2, options, store), library.topK(x, 2, options));
    check(
      ops.logSumExpSigned(x, { ...options, weights: second }, store),
      library.logSumExpSigned(x, { ...options, weights: second }),
    );
    check(
      ops.crossEntropyWithGrad(x, classes, { ...options, reduction: "none" }, store),
      library.crossEntropyWithGrad(x, classes, { ...options, reduction: "none" }),
    );
  });
});
