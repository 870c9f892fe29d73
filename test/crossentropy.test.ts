import { describe, expect, it } from "vitest";
import type { FloatArray } from "../src/types.js";
import { CONTRACT } from "./support/contract.js";
import { derivatives } from "./support/differences.js";
import { DTYPES, floats, largestErrorIn, logits, rowsOf } from "./support/floats.js";
import { IMPLEMENTATIONS, type Options } from "./support/implementations.js";
import { logSoftmax as exactLogSoftmax } from "./support/oracle.js";

const INF = Infinity;
const LN2 = Math.LN2;
const [ROWS, K] = [4, 5];
const shape = [ROWS, K];
const LABELS = [3, 0, 4, 1];
const WEIGHT = [0.5, 2, 0.25, 1, 3];
const SAMPLE_WEIGHT = [1, 0.5, 0, 4];

/** Rows of probabilities. */
const TARGETS = [
  [0.5, 0.5, 0, 0, 0],
  [0, 0, 1, 0, 0],
  [0.125, 0.25, 0.125, 0.25, 0.25],
  [0, 0.75, 0, 0, 0.25],
];

const INTEGERS: readonly (readonly [name: string, labels: unknown])[] = [
  ["Int32Array", new Int32Array(LABELS)],
  ["Uint8Array", new Uint8Array(LABELS)],
  ["Uint16Array", new Uint16Array(LABELS)],
  ["Int8Array", new Int8Array(LABELS)],
  ["BigInt64Array", new BigInt64Array(LABELS.map(BigInt))],
  ["a view within a buffer", new Int32Array([9, ...LABELS, 9]).subarray(1, 5)],
  ["an array", LABELS],
  ["a tensor of int64", { data: new BigInt64Array(LABELS.map(BigInt)), dims: [ROWS], type: "int64" }],
];

/** What PyTorch documents, spelled out in exact log-probabilities. */
function torch(
  x: FloatArray,
  targets: readonly (readonly number[])[],
  options: Options,
): { losses: number[]; weights: number[] } {
  const weight = (options["weight"] as number[] | undefined) ?? Array(K).fill(1);
  const sample = (options["sampleWeight"] as number[] | undefined) ?? Array(ROWS).fill(1);
  const epsilon = (options["labelSmoothing"] as number | undefined) ?? 0;
  const losses = rowsOf(x, K).map((row, r) => {
    const surprise = exactLogSoftmax(row, (options["beta"] as number | undefined) ?? 1).map((v) => -v);
    const smooth = (t: number): number => t * (1 - epsilon) + epsilon / K;
    return (sample[r] as number) * sum(surprise.map((v, c) => weight[c] * smooth(targets[r]?.[c] as number) * v));
  });
  return { losses, weights: sample };
}

function sum(values: Iterable<number>): number {
  return [...values].reduce((total, v) => total + v, 0);
}

function oneHot(label: number): number[] {
  return Array.from({ length: K }, (_, c) => (c === label ? 1 : 0));
}

const VARIANTS: readonly Options[] = [
  {},
  { beta: 0.5 },
  { beta: -2 },
  { weight: WEIGHT },
  { sampleWeight: SAMPLE_WEIGHT },
  { labelSmoothing: 0.1 },
  { labelSmoothing: 1 },
  { weight: WEIGHT, sampleWeight: SAMPLE_WEIGHT, labelSmoothing: 0.25, beta: 1.5 },
];

describe.each(IMPLEMENTATIONS)("$name: crossEntropy", (library) => {
  const { crossEntropy, crossEntropyWithGrad, softmax, logSoftmax } = library;

  describe.each(DTYPES)("%s", (dtype) => {
    const bound = CONTRACT[dtype].terms;
    const x = logits(dtype, ROWS * K, 8, 5);
    const near = (got: number, expected: number): void => {
      expect(Math.abs(got - expected)).toBeLessThanOrEqual(2 * bound * Math.abs(expected));
    };

    it("worked numbers", () => {
      // -log softmax([2, 1, 0.1])[0].
      near(crossEntropy(floats(dtype, [2, 1, 0.125]), 0), Math.log(1 + Math.exp(-1) + Math.exp(-1.875)));
      near(crossEntropy(floats(dtype, [7, 7, 7, 7]), [2]), 2 * LN2);
      near(crossEntropy(floats(dtype, [0, 0]), [0.5, 0.5]), LN2);
      near(crossEntropy(floats(dtype, [40, 0]), 0), Math.log1p(Math.exp(-40)));
      near(crossEntropy(floats(dtype, [0, 1000]), 0), 1000);
      expect(crossEntropy(floats(dtype, [-3]), 0)).toBe(0);
    });

    it.each(INTEGERS)("class indices: %s", (_, labels) => {
      const { losses } = torch(x, LABELS.map(oneHot), {});
      expect(largestErrorIn(crossEntropy(x, labels, { shape, reduction: "none" }), losses, losses, dtype)).toBeLessThan(
        bound,
      );
      near(crossEntropy(x, labels, { shape, reduction: "sum" }), sum(losses));
      near(crossEntropy(x, labels, { shape }), sum(losses) / ROWS);
      near(crossEntropy(x, labels, { shape, reduction: "mean" }), sum(losses) / ROWS);
    });

    it.each(VARIANTS)("PyTorch's formulas for class indices, %o", (options) => {
      const { losses, weights } = torch(x, LABELS.map(oneHot), options);
      const sizes = losses.map((v) => v + 1e-9);
      const own = LABELS.map(
        (label, r) => (weights[r] as number) * (options["weight"] === undefined ? 1 : (WEIGHT[label] as number)),
      );
      const run = (reduction: string): number => crossEntropy(x, LABELS, { shape, ...options, reduction });
      const got = crossEntropy(x, LABELS, { shape, ...options, reduction: "none" });
      expect(largestErrorIn(got, losses, sizes, dtype)).toBeLessThan(bound);
      near(run("sum"), sum(losses));
      near(run("mean"), sum(losses) / sum(own));
    });

    it.each(VARIANTS)("PyTorch's formulas for probabilities, %o", (options) => {
      const { losses, weights } = torch(x, TARGETS, options);
      const targets = floats(dtype, TARGETS.flat());
      const sizes = losses.map((v) => v + 1e-9);
      const got = crossEntropy(x, targets, { shape, ...options, reduction: "none" });
      expect(largestErrorIn(got, losses, sizes, dtype)).toBeLessThan(bound);
      near(crossEntropy(x, targets, { shape, ...options, reduction: "sum" }), sum(losses));
      near(crossEntropy(x, targets, { shape, ...options }), sum(losses) / sum(weights));
      near(crossEntropy(x, TARGETS, { shape, ...options }), sum(losses) / sum(weights));
    });

    it.each(VARIANTS)("the loss beside the gradient is the loss without it, %o", (options) => {
      for (const targets of [LABELS, floats(dtype, TARGETS.flat())]) {
        for (const reduction of ["none", "sum", "mean"]) {
          const given = { shape, ...options, reduction };
          expect(crossEntropyWithGrad(x, targets, given).loss).toEqual(crossEntropy(x, targets, given));
        }
      }
    });

    it("the gradient is (softmax - y) / N, times beta", () => {
      for (const beta of [1, 0.5, -2]) {
        const p = softmax(x as Float64Array, { shape, beta });
        const y = LABELS.flatMap(oneHot);
        for (const [reduction, n] of [
          ["mean", ROWS],
          ["sum", 1],
          ["none", 1],
        ] as const) {
          const { grad } = crossEntropyWithGrad(x, LABELS, { shape, beta, reduction });
          const expected = Float64Array.from(p, (v, i) => (beta * (v - (y[i] as number))) / n);
          expect(
            largestErrorIn(
              grad,
              expected,
              expected.map(() => 1),
              dtype,
            ),
          ).toBeLessThan(bound * Math.abs(beta));
        }
      }
    });

    it("the gradient keeps what is left where the label has nearly all the mass", () => {
      const { grad, loss } = crossEntropyWithGrad(floats(dtype, [30, 0, 1]), [0]);
      const rest = (1 + Math.E) * Math.exp(-30);
      near(loss, Math.log1p(rest));
      near(grad[0] as number, -rest / (1 + rest));
      near(grad[1] as number, Math.exp(-30) / (1 + rest));
    });

    it("ignored rows count for nothing, whatever stands in them", () => {
      const spoiled = x.slice() as FloatArray;
      spoiled.set([NaN, INF, -INF, 1, 2], K);
      const rows = [0, 2, 3];
      const options = { shape, weight: WEIGHT };
      const alone = floats(
        dtype,
        rows.flatMap((r) => [...x.subarray(r * K, (r + 1) * K)]),
      );
      const kept = crossEntropyWithGrad(
        alone,
        rows.map((r) => LABELS[r]),
        { ...options, shape: [3, K] },
      );
      for (const [ignoreIndex, labels] of [
        [undefined, new Int32Array([3, -100, 4, 1])],
        [255, new Uint8Array([3, 255, 4, 1])],
        [2, [3, 2, 4, 1]],
        [-1, new BigInt64Array([3n, -1n, 4n, 1n])],
      ] as const) {
        const given = { ...options, ...(ignoreIndex === undefined ? {} : { ignoreIndex }) };
        const { loss, grad } = crossEntropyWithGrad(spoiled, labels, given);
        expect(loss).toBe(kept.loss);
        expect(crossEntropy(spoiled, labels, given)).toBe(kept.loss);
        const zeros = floats(dtype, K);
        expect(rowsOf(grad, K)).toEqual([...rowsOf(kept.grad, K).slice(0, 1), zeros, ...rowsOf(kept.grad, K).slice(1)]);
        expect(crossEntropy(spoiled, labels, { ...given, reduction: "none" })[1]).toBe(0);
      }
    });

    it("every row ignored: none, sum and mean are 0s, 0 and NaN; so are no rows", () => {
      const labels = Array(ROWS).fill(-100);
      expect(crossEntropy(x, labels, { shape, reduction: "none" })).toEqual(floats(dtype, ROWS));
      expect(crossEntropy(x, labels, { shape, reduction: "sum" })).toBe(0);
      expect(crossEntropy(x, labels, { shape })).toBeNaN();
      expect(crossEntropyWithGrad(x, labels, { shape }).grad).toEqual(floats(dtype, ROWS * K));
      const empty = floats(dtype, 0);
      expect(crossEntropy(empty, [], { shape: [0, 5], reduction: "none" })).toEqual(empty);
      expect(crossEntropy(empty, [], { shape: [0, 5], reduction: "sum" })).toBe(0);
      expect(crossEntropy(empty, [], { shape: [0, 5] })).toBeNaN();
      expect(crossEntropyWithGrad(empty, [], { shape: [0, 5], reduction: "sum" }).grad).toEqual(empty);
    });

    it("along another axis, with the targets in row order", () => {
      const sizes = [2, K, 3];
      const z = logits(dtype, 2 * K * 3, 2);
      const labels = [0, 1, 2, 3, 4, 2];
      const rows = floats(
        dtype,
        labels.flatMap((_, r) =>
          Array.from({ length: K }, (_, c) => z[(Math.floor(r / 3) * K + c) * 3 + (r % 3)] as number),
        ),
      );
      const expected = crossEntropyWithGrad(rows, labels, { shape: [6, K], reduction: "none" });
      for (const targets of [labels, new Uint8Array(labels), [labels.slice(0, 3), labels.slice(3)]]) {
        const got = crossEntropyWithGrad(z, targets, { shape: sizes, axis: 1, reduction: "none" });
        expect(got.loss).toEqual(expected.loss);
        const turned = floats(dtype, 2 * K * 3);
        expected.grad.forEach((v, i) => {
          turned[(Math.floor(i / K / 3) * K + (i % K)) * 3 + (Math.floor(i / K) % 3)] = v;
        });
        expect(got.grad).toEqual(turned);
      }
    });

    it("writes the gradient, or the losses, into `out`", () => {
      const options = { shape, reduction: "none" } as const;
      const { loss, grad } = crossEntropyWithGrad(x, LABELS, options);
      const before = x.slice();
      const out = floats(dtype, ROWS * K);
      expect(crossEntropyWithGrad(x, LABELS, { ...options, out }).grad).toBe(out);
      expect(out).toEqual(grad);
      const losses = floats(dtype, ROWS);
      expect(crossEntropy(x, LABELS, { ...options, out: losses })).toBe(losses);
      expect(losses).toEqual(loss);
      expect(x).toEqual(before);
      const place = x.slice() as FloatArray;
      expect(crossEntropyWithGrad(place, LABELS, { ...options, out: place }).grad).toBe(place);
      expect(place).toEqual(grad);
    });
  });

  it.each([...VARIANTS, { where: [1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1] }])(
    "the gradient is what central differences give, %o",
    (options) => {
      const x = logits("float64", ROWS * K, 8, 3) as Float64Array;
      // None where it is masked.
      const targets =
        "where" in options
          ? TARGETS.map((row, r) => row.map((t, c) => (5 * r + c === 2 || 5 * r + c === 13 ? 0 : t)))
          : TARGETS;
      for (const given of [LABELS, targets]) {
        for (const reduction of ["sum", "mean"]) {
          const all = { shape, ...options, reduction };
          const expected = derivatives((z) => [crossEntropy(z, given, all)], x).flat();
          const ones = expected.map(() => 1);
          for (const dtype of DTYPES) {
            const { grad } = crossEntropyWithGrad(floats(dtype, x), given, all);
            expect(largestErrorIn(grad, expected, ones, dtype)).toBeLessThan(dtype === "float32" ? 1e-5 : 1e-7);
          }
        }
      }
    },
  );

  it("is the negative log-probability, and the divergence plus the entropy", () => {
    const x = logits("float64", ROWS * K, 8, 5);
    const log = logSoftmax(x, { shape });
    const losses = crossEntropy(x, LABELS, { shape, reduction: "none" });
    LABELS.forEach((label, r) => {
      expect(losses[r]).toBeCloseTo(-(log[r * K + label] as number), 13);
    });
    const p = floats("float64", TARGETS.flat());
    const q = softmax(x as Float64Array, { shape });
    const soft = crossEntropy(x, p, { shape, reduction: "none" });
    const parts = [library.klDivergence(p, q, { shape }), library.entropy(p, { shape })] as const;
    soft.forEach((value, r) => {
      expect(value).toBeCloseTo((parts[0][r] as number) + (parts[1][r] as number), 12);
    });
  });

  it("takes nested arrays and tensors, and gives gradients and losses of their kind", () => {
    const nested = [
      [0, 0],
      [3, 3],
    ] as unknown as FloatArray;
    const near = (v: number) => expect.closeTo(v, 14);
    const half = [
      [-0.5, 0.5],
      [0.5, -0.5],
    ].map((row) => row.map(near));
    for (const targets of [
      [0, 1],
      new Int32Array([0, 1]),
      [
        [1, 0],
        [0, 1],
      ],
    ]) {
      const { loss, grad } = crossEntropyWithGrad(nested, targets, { reduction: "none" });
      expect(loss).toEqual([near(LN2), near(LN2)]);
      expect(grad).toEqual(half);
    }
    const tensor = { data: new Float32Array(4), dims: [2, 2] } as unknown as FloatArray;
    const labels = { data: new BigInt64Array([0n, 1n]), dims: [2], type: "int64" };
    expect(crossEntropyWithGrad(tensor, labels, { reduction: "none" })).toEqual({
      loss: { data: new Float32Array([LN2, LN2]), dims: [2] },
      grad: { data: new Float32Array([-0.5, 0.5, 0.5, -0.5]), dims: [2, 2] },
    });
    expect(crossEntropy(tensor, labels)).toBeCloseTo(LN2, 6);
  });
});
