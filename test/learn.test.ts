import { afterEach, describe, expect, it, vi } from "vitest";
import { SCIKIT_LEARN } from "../examples/iris/scikit-learn.js";
import { SoftmaxRegression } from "../src/learn.js";
import { irisX, irisY } from "./support/iris.js";

const exact = { tol: 1e-10, maxIter: 1000 };
const flat = irisX.flat();

/** The largest absolute difference of two nestings of numbers. */
function distance(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number {
  const [p, q] = [a.flat(), b.flat()];
  expect(p).toHaveLength(q.length);
  return p.reduce((most, v, i) => Math.max(most, Math.abs(v - q[i]!)), 0);
}

describe("iris, as scikit-learn fits it", () => {
  const model = new SoftmaxRegression(exact).fit(irisX, irisY);

  it("has its coefficients and intercepts", () => {
    expect(model.converged).toBe(true);
    expect(distance(model.coef, SCIKIT_LEARN.coef)).toBeLessThan(1e-7);
    expect(distance([model.intercept], [SCIKIT_LEARN.intercept])).toBeLessThan(1e-5);
  });

  it("has its probabilities, classes and score", () => {
    for (const { index: i, expected } of SCIKIT_LEARN.probabilities as readonly {
      index: number;
      expected: readonly number[];
    }[]) {
      expect(distance(model.predictProba([irisX[i]!]), [expected])).toBeLessThan(1e-7);
      expect(model.predict([irisX[i]!])).toEqual([model.classes[expected.indexOf(Math.max(...expected))]]);
    }
    expect(model.classes).toEqual(["setosa", "versicolor", "virginica"]);
    expect(model.score(irisX, irisY)).toBeCloseTo(SCIKIT_LEARN.score, 15);
  });

  it("comes close with the default options", () => {
    const usual = new SoftmaxRegression().fit(irisX, irisY);
    expect(usual.converged).toBe(true);
    expect(usual.nIter).toBeGreaterThan(10);
    expect(usual.nIter).toBeLessThan(100);
    expect(distance(usual.coef, SCIKIT_LEARN.coef)).toBeLessThan(0.02);
    expect(usual.score(irisX, irisY)).toBeCloseTo(SCIKIT_LEARN.score, 15);
  });

  it("comes close in float32", () => {
    const single = new SoftmaxRegression({ tol: 1e-6, maxIter: 1000 }).fit(new Float32Array(flat), irisY);
    expect(distance(single.coef, SCIKIT_LEARN.coef)).toBeLessThan(0.005);
    expect(single.score(new Float32Array(flat), irisY)).toBeCloseTo(SCIKIT_LEARN.score, 15);
  });

  it("has its coefficients for another C, without intercept", () => {
    const other = new SoftmaxRegression({ ...exact, C: 10, fitIntercept: false }).fit(irisX, irisY);
    const expected = [
      [1.4756744126504893, 3.0678986624412343, -4.094361237040402, -2.101779361748304],
      [1.1058031164102684, 0.34688811365658745, -0.32139779789976425, -2.152867363470912],
      [-2.5814775290608525, -3.414786776097815, 4.415759034940255, 4.254646725219244],
    ];
    expect(distance(other.coef, expected)).toBeLessThan(1e-6);
    expect(other.intercept).toEqual([0, 0, 0]);
  });

  it("has its coefficients for weighted samples", () => {
    const sampleWeight = irisX.map((_, i) => 1 + (i % 3));
    const weighted = new SoftmaxRegression(exact).fit(irisX, irisY, { sampleWeight });
    const expected = [
      [-0.44816176815230074, 1.2409275683203242, -2.996702870004565, -1.3557530704978853],
      [0.8269347663308132, -0.2236102860664162, -0.4034095376997016, -1.1080203814081486],
      [-0.3787729981785695, -1.0173172822538712, 3.400112407704355, 2.4637734519060843],
    ];
    expect(distance(weighted.coef, expected)).toBeLessThan(1e-6);
    expect(weighted.score(irisX, irisY, { sampleWeight })).toBeCloseTo(0.9833333333333333, 15);
  });

  it("has its multinomial model of two classes, which is its binary one at twice the C", () => {
    const two = new SoftmaxRegression(exact).fit(irisX.slice(50), irisY.slice(50));
    const expected = [-0.36748633855502677, -0.4171248916981214, 1.801262215511618, 1.6016386887179086];
    expect(distance(two.coef, [expected.map((v) => -v), expected])).toBeLessThan(1e-7);
    expect(two.intercept[1]).toBeCloseTo(-7.991819384411109, 5);
    const [[a, b]] = two.decisionFunction([irisX[77]!]) as [[number, number]];
    expect(b - a).toBeCloseTo(0.047488611323451835, 6);
  });
});

describe("problems solved by hand", () => {
  it("finds the only weight: w = C (1 - σ(2w)) for samples ±1 of two classes", () => {
    // C Σ log(1 + exp(-2w)) + w² over two samples, W = [[-w], [w]]: its derivative is -4 C (1 - σ(2w)) + 2w.
    for (const C of [0.01, 1, 100]) {
      const model = new SoftmaxRegression({ ...exact, C }).fit([[-1], [1]], [0, 1]);
      const w = model.coef[1]![0]!;
      expect(w).toBeCloseTo(2 * C * (1 - 1 / (1 + Math.exp(-2 * w))), 6);
      expect(model.coef[0]![0]).toBeCloseTo(-w, 9);
      expect(model.intercept[0]).toBeCloseTo(0, 9);
    }
  });

  it("learns the classes' shares where the features say nothing", () => {
    const y = ["a", "b", "b", "c", "c", "c"];
    const model = new SoftmaxRegression(exact).fit(
      y.map(() => [0, 0]),
      y,
    );
    expect(distance(model.predictProba([[5, -3]]), [[1 / 6, 2 / 6, 3 / 6]])).toBeLessThan(1e-8);
    expect(model.coef.flat().every((w) => w === 0)).toBe(true);
  });

  it("takes fewer rows than classes could fill, and fewer rows than features", () => {
    const model = new SoftmaxRegression().fit(
      [
        [1, 0, 0, 0, 2],
        [0, 1, 0, 1, 0],
        [0, 0, 1, 0, 1],
      ],
      [30, 10, 20],
    );
    expect(model.predict([[0, 1, 0, 1, 0]])).toEqual([10]);
    expect(model.classes).toEqual([10, 20, 30]);
  });

  it("stays finite on separable data, with a penalty and without", () => {
    const X = [[-2], [-1], [1], [2]];
    for (const C of [1, Infinity]) {
      const model = new SoftmaxRegression({ C }).fit(X, [0, 0, 1, 1]);
      expect(model.converged).toBe(true);
      expect(model.coef.flat().every(Number.isFinite)).toBe(true);
      expect(model.score(X, [0, 0, 1, 1])).toBe(1);
    }
    const endless = new SoftmaxRegression({ C: Infinity, tol: 0, maxIter: 15 }).fit(X, [0, 0, 1, 1]);
    expect(endless.converged).toBe(false);
    expect(endless.coef.flat().every(Number.isFinite)).toBe(true);
  });

  it("says when maxIter ended the fit", () => {
    const short = new SoftmaxRegression({ maxIter: 3 }).fit(irisX, irisY);
    expect([short.nIter, short.converged]).toEqual([3, false]);
    const none = new SoftmaxRegression({ maxIter: 0 }).fit(irisX, irisY);
    expect(none.predictProba([irisX[0]!])).toEqual([[1 / 3, 1 / 3, 1 / 3]]);
  });
});

describe("invariances", () => {
  const model = new SoftmaxRegression(exact).fit(irisX, irisY);

  it("does not depend on the order of rows, nor on the classes' names", () => {
    const order = irisX.map((_, i) => (i * 37) % 150);
    const names: Record<string, number> = { setosa: 7, versicolor: -1, virginica: 3 };
    const other = new SoftmaxRegression(exact).fit(
      order.map((i) => irisX[i]!),
      order.map((i) => names[irisY[i]!]!),
    );
    expect(other.classes).toEqual([-1, 3, 7]);
    expect(
      distance(
        [1, 2, 0].map((k) => model.coef[k]!),
        other.coef,
      ),
    ).toBeLessThan(1e-6);
  });

  it("counts a row of weight 2 as two rows, and one of weight 0 as none", () => {
    const X = irisX.slice(40, 120);
    const y = irisY.slice(40, 120);
    const weighted = new SoftmaxRegression(exact).fit([...X, [9, 9, 9, 9]], [...y, "setosa"], {
      sampleWeight: [...X.map((_, i) => (i < 20 ? 2 : 1)), 0],
    });
    const twice = new SoftmaxRegression(exact).fit([...X, ...X.slice(0, 20)], [...y, ...y.slice(0, 20)]);
    expect(distance(weighted.coef, twice.coef)).toBeLessThan(1e-6);
  });

  it("has rows of coefficients that sum to 0, and probabilities that sum to 1", () => {
    for (let d = 0; d < 4; d++) expect(model.coef.reduce((sum, row) => sum + row[d]!, 0)).toBeCloseTo(0, 10);
    for (const row of model.predictProba(irisX)) expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 14);
  });

  it("has log-probabilities and logits that belong to its probabilities", () => {
    const p = model.predictProba(irisX);
    expect(
      distance(
        model.predictLogProba(irisX),
        p.map((row) => row.map(Math.log)),
      ),
    ).toBeLessThan(1e-12);
    model.decisionFunction(irisX).forEach((row, i) => {
      const sum = row.reduce((total, z) => total + Math.exp(z), 0);
      expect(distance([row.map((z) => Math.exp(z) / sum)], [p[i]!])).toBeLessThan(1e-13);
    });
  });

  it("keeps log-probabilities that probabilities cannot", () => {
    const sure = new SoftmaxRegression({ C: Infinity, maxIter: 50, tol: 1e-9 }).fit([[-1], [1]], [0, 1]);
    const [[low, high]] = sure.predictLogProba([[1000]]) as [[number, number]];
    expect(low).toBeLessThan(-1000);
    expect(high).toBeCloseTo(0, 15);
    const [[small]] = sure.predictLogProba([[-2]]) as [[number]];
    expect(small).toBeLessThan(0);
    expect(small).toBeGreaterThan(-1e-12);
  });
});

describe("kinds", () => {
  const model = new SoftmaxRegression().fit(irisX, irisY);

  it("gives values a sample in X's kind and dtype", () => {
    const nested = model.predictProba(irisX.slice(0, 2));
    expect(nested.map((row) => row.length)).toEqual([3, 3]);
    expect(model.predictProba(flat.slice(0, 8))).toEqual(nested.flat());
    expect(model.predictProba(Float64Array.from(flat.slice(0, 8)))).toEqual(Float64Array.from(nested.flat()));
    expect(model.predictProba(Float32Array.from(flat.slice(0, 8)), { shape: [2, 4] })).toBeInstanceOf(Float32Array);
    expect(model.decisionFunction({ data: Float64Array.from(flat.slice(0, 8)), dims: [2, 4] })).toEqual({
      data: Float64Array.from(model.decisionFunction(irisX.slice(0, 2)).flat()),
      dims: [2, 3],
    });
  });

  it("takes float16 bits, and answers in float32", () => {
    // 5, 3.5, 1.5 and 0.25 are float16 numbers.
    const bits = { data: Uint16Array.of(0x4500, 0x4300, 0x3e00, 0x3400), shape: [1, 4], dtype: "float16" };
    const result = model.predictProba(bits) as { data: Float32Array; shape: number[] };
    expect(result.shape).toEqual([1, 3]);
    expect(result.data).toEqual(model.predictProba(Float32Array.of(5, 3.5, 1.5, 0.25)));
  });

  it("fits flat arrays, tensors and nested arrays alike", () => {
    for (const X of [flat, Float64Array.from(flat), { data: Float64Array.from(flat), shape: [150, 4] }]) {
      expect(new SoftmaxRegression().fit(X, irisY).coef).toEqual(model.coef);
    }
    expect(new SoftmaxRegression().fit(flat, irisY, { shape: [150, 4] }).coef).toEqual(model.coef);
  });

  it.each([
    ["numbers", [10, 9, -1, 0.5, 9]],
    ["strings", ["b", "ä", "B", "10", "9"]],
    ["booleans", [true, false, true, false, true]],
    ["bigints", [10n, -3n, 2n ** 70n, 10n, 9n]],
    ["Uint8Array", Uint8Array.of(3, 1, 2, 3, 1)],
    ["Int16Array", Int16Array.of(-3, 1, 2, 300, 1)],
    ["Float32Array", Float32Array.of(0.5, 1, 2, 0.5, 1)],
    ["BigInt64Array", BigInt64Array.of(5n, -1n, 5n, 7n, 9n)],
  ] as const)("predicts labels as they were given: %s", (_, y) => {
    const X = [
      [1, 0, 0, 0, 0],
      [0, 1, 0, 0, 0],
      [0, 0, 1, 0, 0],
      [0, 0, 0, 1, 0],
      [0, 0, 0, 0, 1],
    ];
    const labelled = new SoftmaxRegression({ C: 1000 }).fit(X, y);
    expect(labelled.predict(X)).toEqual(y);
    expect(labelled.score(X, y)).toBe(1);
    const sorted = [...new Set<unknown>(y)].sort((a, b) => ((a as number) < (b as number) ? -1 : 1));
    expect([...labelled.classes]).toEqual(sorted);
    const again = SoftmaxRegression.fromJSON(JSON.parse(JSON.stringify(labelled)));
    expect(again.predict(X)).toEqual(y);
  });

  it("sorts strings by code units and numbers by size", () => {
    expect(new SoftmaxRegression().fit([[1], [2], [3]], ["b", "a", "B"]).classes).toEqual(["B", "a", "b"]);
    expect(new SoftmaxRegression().fit([[1], [2], [3]], [10, 9, 100]).classes).toEqual([9, 10, 100]);
  });

  it("predicts nothing for no samples", () => {
    expect(model.predict([])).toEqual([]);
    expect(model.predictProba(new Float32Array(0))).toEqual(new Float32Array(0));
  });

  it("passes batches that are larger than its window", () => {
    const many = new Float32Array(120_000 * 4).map((_, i) => flat[i % 600]!);
    const probabilities = model.predictProba(many);
    const first = model.predictProba(new Float32Array(flat));
    for (const sample of [0, 149, 150, 60_000, 119_999]) {
      const k = sample % 150;
      expect(probabilities.slice(sample * 3, sample * 3 + 3)).toEqual(first.slice(k * 3, k * 3 + 3));
    }
  });
});

describe("JSON", () => {
  it("keeps what was learned and the options", () => {
    const model = new SoftmaxRegression({ C: Infinity, maxIter: 7, seed: 3, fitIntercept: false }).fit(irisX, irisY);
    const json = JSON.parse(JSON.stringify(model));
    const again = SoftmaxRegression.fromJSON<string[]>(json);
    expect(again.toJSON()).toEqual(model.toJSON());
    expect(again.predictProba(irisX)).toEqual(model.predictProba(irisX));
    expect([again.nIter, again.converged, again.classes]).toEqual([7, false, model.classes]);
    expect(again.fit(irisX, irisY).coef).toEqual(model.coef);
  });

  it("keeps a model that was not fitted so", () => {
    const json = JSON.parse(JSON.stringify(new SoftmaxRegression({ C: 2 })));
    expect(json).toEqual({ model: "SoftmaxRegression", C: 2, tol: 1e-4, maxIter: 100, fitIntercept: true });
    expect(() => SoftmaxRegression.fromJSON(json).predict([[1]])).toThrow("call fit first");
  });
});

describe("seed", () => {
  it("gives the same bits for the same seed, and the same model for any", () => {
    const fitted = (seed?: number) => new SoftmaxRegression({ ...exact, seed }).fit(irisX, irisY);
    expect(fitted(5).coef).toEqual(fitted(5).coef);
    expect(fitted().coef).toEqual(fitted().coef);
    expect(fitted(5).coef).not.toEqual(fitted(6).coef);
    expect(distance(fitted(5).coef, fitted(6).coef)).toBeLessThan(1e-6);
    const start = new SoftmaxRegression({ maxIter: 0, seed: 1 }).fit(irisX, irisY).coef.flat();
    expect(new Set(start).size).toBe(12);
    expect(Math.max(...start.map(Math.abs))).toBeLessThan(0.01);
  });
});

describe("onIteration", () => {
  it("is told of every iteration, with a falling loss", () => {
    const seen: { iteration: number; loss: number; gradientNorm: number }[] = [];
    const model = new SoftmaxRegression({ onIteration: (step) => seen.push(step) }).fit(irisX, irisY);
    expect(seen.map(({ iteration }) => iteration)).toEqual(Array.from({ length: model.nIter }, (_, i) => i + 1));
    for (let i = 1; i < seen.length; i++) expect(seen[i]!.loss).toBeLessThan(seen[i - 1]!.loss + 1e-15);
    expect(seen.at(-1)!.gradientNorm).toBeLessThanOrEqual(1e-4);
    // The objective at scikit-learn's solution.
    expect(seen.at(-1)!.loss).toBeCloseTo(0.19257544402728333, 5);
  });

  it("ends the fit when it throws, and leaves the model as it was", () => {
    let limit = Infinity;
    const onIteration = ({ iteration }: { iteration: number }) => {
      if (iteration > limit) throw new Error("enough");
    };
    const model = new SoftmaxRegression({ onIteration }).fit(irisX, irisY);
    const before = model.toJSON();
    limit = 2;
    expect(() => model.fit(irisX.slice(50), irisY.slice(50))).toThrow("enough");
    expect(model.toJSON()).toEqual(before);
    expect(() => new SoftmaxRegression({ onIteration }).fit(irisX, irisY)).toThrow("enough");
    limit = Infinity;
    expect(model.fit(irisX, irisY).toJSON()).toEqual(before);
  });

  it("may fit, predict and change X", () => {
    const X = Float64Array.from(flat);
    const expected = new SoftmaxRegression().fit(X, irisY).coef;
    const model: SoftmaxRegression = new SoftmaxRegression({
      onIteration: ({ iteration }) => {
        X.fill(NaN);
        if (iteration > 2) return;
        const inner = new SoftmaxRegression({ maxIter: 5 }).fit(irisX, irisY);
        inner.predictProba(irisX);
      },
    });
    expect(model.fit(X, irisY).coef).toEqual(expected);
  });
});

describe("without WebAssembly", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it("fits and predicts the same", async () => {
    const usual = new SoftmaxRegression(exact).fit(irisX, irisY);
    vi.resetModules();
    vi.stubGlobal("WebAssembly", undefined);
    const learn = await import("../src/learn.js");
    const { engine } = await import("../src/learn/engine.js");
    const model = new learn.SoftmaxRegression(exact).fit(irisX, irisY);
    expect(engine.backend().backend).toBe("js");
    expect(distance(model.coef, usual.coef)).toBeLessThan(1e-7);
    expect(distance(model.predictProba(irisX), usual.predictProba(irisX))).toBeLessThan(1e-7);
    expect(distance(model.predictLogProba(irisX), usual.predictLogProba(irisX))).toBeLessThan(1e-6);
    expect(model.predict(irisX)).toEqual(usual.predict(irisX));
    const single = new learn.SoftmaxRegression().fit(new Float32Array(flat), irisY);
    expect(single.score(new Float32Array(flat), irisY)).toBeCloseTo(SCIKIT_LEARN.score, 15);
    expect(single.predictProba(new Float32Array(flat))).toBeInstanceOf(Float32Array);
  });
});
