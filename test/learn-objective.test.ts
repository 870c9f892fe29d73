import { describe, expect, it } from "vitest";
import { Engine } from "../src/engine.js";
import type { DataTerm, Samples } from "../src/learn/data-term.js";
import { termInKernels } from "../src/learn/kernels.js";
import { pitchOf } from "../src/learn/layout.js";
import { minimize } from "../src/learn/lbfgs.js";
import type { Matrix } from "../src/learn/matrix.js";
import { modules } from "../src/learn/modules.js";
import { penalized } from "../src/learn/objective.js";
import { termInJs } from "../src/learn/rows.js";
import { checkSettings } from "../src/learn/settings.js";
import { train } from "../src/learn/train.js";
import { CEILING_BYTES } from "../src/memory.js";
import { random } from "./support/random.js";

function engineOf(baseline: boolean, maxMemory = CEILING_BYTES): Engine {
  const candidates = baseline ? modules.filter(({ backend }) => backend === "simd") : modules;
  return new Engine({ code: undefined, candidates, deterministic: baseline, fallback: false, maxMemory });
}

const TERMS: readonly (readonly [name: string, termOf: (x: Matrix, samples: Samples) => DataTerm])[] = [
  ["the best kernels", (x, samples) => termInKernels(engineOf(false), x, samples)!],
  ["the baseline kernels", (x, samples) => termInKernels(engineOf(true), x, samples)!],
  ["JavaScript", termInJs],
];

/** Rows, columns, classes: less than a block of rows, more, and padded rows. */
const SIZES = [
  [5, 3, 2],
  [70, 4, 3],
  [130, 17, 5],
  [3, 1, 7],
] as const;

function problem(rows: number, columns: number, classes: number, dtype: Matrix["dtype"]): [Matrix, Samples] {
  const { uniform, integer } = random(rows + columns);
  const numbers = Array.from({ length: rows * columns }, () => uniform(-2, 2));
  const data = dtype === "float64" ? new Float64Array(numbers) : new Float32Array(numbers);
  const indices = Int32Array.from({ length: rows }, () => integer(classes));
  const weights = rows % 2 === 0 ? Float64Array.from({ length: rows }, () => integer(4)) : undefined;
  return [
    { dtype, data, rows, columns, kind: "typed", flat: true },
    { classes, indices, weights },
  ];
}

/** A point with zeros where rows are padded. */
function pointOf(columns: number, classes: number, pitch: number): Float64Array {
  const { uniform } = random(columns * classes);
  const point = new Float64Array(classes * pitch + classes);
  for (let k = 0; k < classes; k++) {
    for (let d = 0; d < columns; d++) point[k * pitch + d] = uniform(-1, 1);
    point[classes * pitch + k] = uniform(-1, 1);
  }
  return point;
}

/** Σ weight (-log p_label), as in a textbook. */
function lossOf({ data, columns }: Matrix, samples: Samples, point: Float64Array, pitch: number): number {
  const { classes, indices, weights } = samples;
  let loss = 0;
  indices.forEach((label, r) => {
    const z = Array.from({ length: classes }, (_, k) => {
      let sum = point[classes * pitch + k]!;
      for (let d = 0; d < columns; d++) sum += point[k * pitch + d]! * data[r * columns + d]!;
      return sum;
    });
    const total = z.reduce((sum, v) => sum + Math.exp(v), 0);
    loss += (weights?.[r] ?? 1) * (Math.log(total) - z[label]!);
  });
  return loss;
}

describe.each(TERMS)("the loss of a linear model by %s", (_, termOf) => {
  it.each(SIZES)("is the textbook's, with its central differences as gradient, at %i x %i, %i classes", (...size) => {
    const [rows, columns, classes] = size;
    const [x, samples] = problem(rows, columns, classes, "float64");
    const term = termOf(x, samples);
    const point = pointOf(columns, classes, term.pitch);
    const gradient = new Float64Array(point.length);
    const loss = term.evaluate(point, gradient);
    expect(loss / lossOf(x, samples, point, term.pitch)).toBeCloseTo(1, 13);
    const step = 1e-5;
    for (let i = 0; i < point.length; i++) {
      if (i < classes * term.pitch && i % term.pitch >= columns) {
        expect(gradient[i]).toBe(0);
        continue;
      }
      const [above, below] = [step, -step].map((h) => {
        const moved = point.slice();
        moved[i] = moved[i]! + h;
        return lossOf(x, samples, moved, term.pitch);
      }) as [number, number];
      expect(gradient[i]).toBeCloseTo((above - below) / (2 * step), 5);
    }
    term.release();
  });

  it("is nearly the same in float32", () => {
    const [x, samples] = problem(130, 17, 5, "float32");
    const exact = problem(130, 17, 5, "float64");
    const [single, double] = [termOf(x, samples), termOf(...exact)];
    const point = pointOf(17, 5, single.pitch);
    const gradients = [new Float64Array(point.length), new Float64Array(point.length)] as const;
    const losses = [single.evaluate(point, gradients[0]), double.evaluate(point, gradients[1])] as const;
    expect(losses[0] / losses[1]).toBeCloseTo(1, 6);
    gradients[0].forEach((g, i) => {
      expect(Math.abs(g - gradients[1][i]!)).toBeLessThan(1e-4);
    });
  });

  it("has a gradient of the penalty too, and none of biases that are not fitted", () => {
    const [x, samples] = problem(5, 3, 2, "float64");
    const term = termOf(x, samples);
    const count = 2 * term.pitch;
    const point = pointOf(3, 2, term.pitch);
    const gradient = new Float64Array(point.length);
    const value = penalized(term, count, 5, 0.25, false)(point, gradient);
    const squares = point.subarray(0, count).reduce((sum, w) => sum + w * w, 0);
    expect(value).toBeCloseTo((lossOf(x, samples, point, term.pitch) + 2 * squares) / 5, 12);
    const bare = new Float64Array(point.length);
    term.evaluate(point, bare);
    for (let i = 0; i < count; i++) expect(gradient[i]).toBeCloseTo((bare[i]! + 4 * point[i]!) / 5, 12);
    expect([...gradient.subarray(count)]).toEqual([0, 0]);
  });
});

describe("the memory of a fit", () => {
  const MIB = 2 ** 20;
  const labels = { kind: "number", values: Array.from({ length: 256 }, (_, i) => i % 2) };
  const [x] = problem(256, 1024, 2, "float32");
  const trainOn = (engine: Engine, onIteration?: () => void) =>
    train(
      (...given) => termInKernels(engine, ...given)!,
      x,
      labels,
      undefined,
      checkSettings({ maxIter: 2, onIteration }),
    );

  it("is given back, however the fit ended", () => {
    const engine = engineOf(true, 6 * MIB);
    const stop = () => {
      throw new Error("stop");
    };
    for (let i = 0; i < 8; i++) {
      expect(trainOn(engine).nIter).toBe(2);
      expect(() => trainOn(engine, stop)).toThrow("stop");
    }
    let nested = 0;
    // Three at once have no room: the innermost fails, and ends those around it.
    const nest = (): void => {
      nested++;
      trainOn(engine, nest);
    };
    expect(() => trainOn(engine, nest)).toThrow(RangeError);
    expect(nested).toBeGreaterThan(0);
    expect(trainOn(engine).nIter).toBe(2);
  });

  it("is refused by a RangeError with the bytes asked for", () => {
    expect(() => trainOn(engineOf(true, 2 * MIB))).toThrow(
      /^out of memory: asked for \d+ bytes, the limit is 2097152 bytes$/,
    );
  });

  it("has rows of whole vectors", () => {
    expect([1, 4, 5, 784].map(pitchOf)).toEqual([4, 4, 8, 784]);
  });
});

describe("L-BFGS", () => {
  const settings = { tol: 1e-9, maxIter: 200, noise: 2 ** -50, onIteration: () => {} };

  it("finds Rosenbrock's minimum", () => {
    const point = Float64Array.of(-1.2, 1);
    const { converged, iterations } = minimize(rosenbrock, point, settings);
    expect(converged).toBe(true);
    expect(iterations).toBeLessThan(60);
    expect(point[0]).toBeCloseTo(1, 8);
    expect(point[1]).toBeCloseTo(1, 8);
  });

  it("finds a badly scaled quadratic's minimum, from where steps are far too long or too short", () => {
    for (const scale of [1e-6, 1, 1e6]) {
      const point = new Float64Array(12).fill(3);
      const objective = (p: Float64Array, g: Float64Array) => {
        let value = 0;
        p.forEach((v, i) => {
          const curvature = scale * 2 ** i;
          value += (curvature * (v - i) ** 2) / 2;
          g[i] = curvature * (v - i);
        });
        return value;
      };
      expect(minimize(objective, point, { ...settings, tol: 1e-9 * scale }).converged).toBe(true);
      point.forEach((v, i) => {
        expect(v).toBeCloseTo(i, 7);
      });
    }
  });

  it("steps back from where the value is not finite", () => {
    // x - log x beyond 0, where its logarithm ends.
    const objective = (p: Float64Array, g: Float64Array) => {
      g[0] = 1 - 1 / p[0]!;
      return p[0]! > 0 ? p[0]! - Math.log(p[0]!) : NaN;
    };
    const point = Float64Array.of(1e-3);
    expect(minimize(objective, point, settings).converged).toBe(true);
    expect(point[0]).toBeCloseTo(1, 8);
  });

  it("comes to an end where rounding hides every lower value", () => {
    const point = Float64Array.of(-1.2, 1);
    const { iterations } = minimize(rosenbrock, point, { ...settings, tol: 0, maxIter: 1000 });
    expect(iterations).toBeLessThanOrEqual(1000);
    expect(point[0]).toBeCloseTo(1, 8);
  });

  it("makes no step from a minimum", () => {
    expect(minimize(rosenbrock, Float64Array.of(1, 1), settings)).toEqual({ iterations: 0, converged: true });
  });
});

function rosenbrock([x, y]: Float64Array, gradient: Float64Array): number {
  const [a, b] = [1 - x!, y! - x! * x!];
  gradient[0] = -2 * a - 400 * x! * b;
  gradient[1] = 200 * b;
  return a * a + 100 * b * b;
}
