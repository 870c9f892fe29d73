// The sampling module's kernels read and write nothing but what they were given; and draws of narrow rows, which have a way
// of their own, are those of the probabilities, added up one after the other.

import { describe, expect, it } from "vitest";
import { SCRATCH_BYTES, samplingWorkBytes } from "../src/abi.js";
import type { FloatArray } from "../src/types.js";
import { inRows } from "./support/choice.js";
import type { Dtype } from "./support/contract.js";
import { cumulative } from "./support/filters.js";
import { DTYPES, floats, logits } from "./support/floats.js";
import { enclosed } from "./support/guard.js";
import { instantiateSampling } from "./support/modules.js";
import { uniformOf } from "./support/philox.js";
import { random } from "./support/random.js";

const LENGTHS = [...Array.from({ length: 70 }, (_, i) => i + 1), 255, 256, 257, 258, 1000, 5000];

const kernels = instantiateSampling();

type Filters = readonly [beta: number, topK: number, topP: number, minP: number];

/** None, each alone, all; and betas beyond the ordinary. */
function filtersOf(columns: number): readonly Filters[] {
  const half = Math.max(1, columns >> 1);
  return [
    [1, 0, 1, 0],
    [-1, 1, 1, 0],
    [1, Math.min(2, columns), 1, 0],
    [1, half, 1, 0],
    [0.5, columns, 1, 0],
    [0.25, 0, 0.9, 0],
    [0.25, 0, 1, 0.05],
    [-0.25, half, 0.8, 0.01],
    [1e200, 0, 0.5, 0],
    [0, 0, 0.5, 0],
  ];
}

function room(bytes: number, align: number) {
  return { bytes, align };
}

function given(data: FloatArray, kept: boolean) {
  return { bytes: data.byteLength, align: data.BYTES_PER_ELEMENT, data, kept };
}

function toFloats(dtype: Dtype, { buffer }: Uint8Array): FloatArray {
  return dtype === "float32" ? new Float32Array(buffer as ArrayBuffer) : new Float64Array(buffer as ArrayBuffer);
}

function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** What is at the end of memory in case number `i`: x, which is read and written most, in every second. */
function lastOf<Name extends string>(places: Readonly<Record<Name, unknown>>, i: number): Name {
  const names = Object.keys(places) as Name[];
  return names[i % 2 === 0 ? 0 : ((i - 1) / 2) % names.length]!;
}

const suffixOf = (dtype: Dtype) => (dtype === "float32" ? "F32" : "F64");

it("uniforms: any number of rows and draws, from any row on", () => {
  for (const draws of [1, 2, 3]) {
    for (const first of [0, 1, 6]) {
      for (const rows of [...Array.from({ length: 20 }, (_, i) => i + 1), 31, 32, 33, 50]) {
        const places = { values: room(rows * draws * 8, 8) };
        const { values } = enclosed(kernels, places, "values", ({ values }) =>
          kernels.uniforms(values, rows, draws, first, 5, 6, 7, 8),
        );
        const expected = Array.from({ length: rows * draws }, (_, i) =>
          uniformOf(5n + (6n << 32n), 7 + 8 * 2 ** 32, first + Math.floor(i / draws), i % draws),
        );
        expect([...new Float64Array(values.buffer)]).toEqual(expected);
      }
    }
  }
});

describe.each(DTYPES)("%s: reads and writes nothing but what it is given", (dtype) => {
  const tolerance = dtype === "float32" ? 2e-6 : 1e-13;

  it("normalizers", () => {
    const run = kernels[`normalizers${suffixOf(dtype)}`];
    for (const columns of LENGTHS) {
      const data = logits(dtype, 3 * columns, columns);
      const places = {
        x: given(data, true),
        values: room(3 * 16, 8),
        work: room(samplingWorkBytes(columns), 8),
        scratch: room(SCRATCH_BYTES, 16),
      };
      const expected = inRows(data, columns).flatMap((row) => {
        const most = Math.max(...row);
        return [most, Math.log(sumOf(row.map((v) => Math.exp(v - most))))];
      });
      for (const last of ["x", "values", "work", "scratch"] as const) {
        const { values } = enclosed(kernels, places, last, ({ x, values, work, scratch }) =>
          run(x, 3, columns, values, work, scratch),
        );
        new Float64Array(values.buffer).forEach((value, i) => {
          expect(Math.abs(value - expected[i]!)).toBeLessThan(tolerance * 10);
        });
      }
    }
  });

  it("probabilities, under every filter", () => {
    const run = kernels[`probabilities${suffixOf(dtype)}`];
    for (const columns of LENGTHS) {
      const data = logits(dtype, 3 * columns, columns);
      for (const [beta, topK, topP, minP] of filtersOf(columns)) {
        const places = {
          x: given(data, false),
          work: room(samplingWorkBytes(columns), 8),
          scratch: room(SCRATCH_BYTES, 16),
        };
        const [one, ...others] = (["x", "work", "scratch"] as const).map((last) => {
          const { x } = enclosed(kernels, places, last, ({ x, work, scratch }) =>
            run(x, 3, columns, beta, topK, topP, minP, work, scratch),
          );
          return x;
        });
        for (const other of others) expect(Buffer.compare(other, one!)).toBe(0);
        for (const row of inRows(toFloats(dtype, one!), columns)) {
          expect(Math.abs(sumOf(row) - 1)).toBeLessThan(tolerance);
          expect(row.filter((p) => p > 0).length).toBeLessThanOrEqual(topK || columns);
        }
      }
    }
  });

  it.each([
    ["once", 1, 1],
    ["three times", 3, 1],
    ["three times without replacement", 3, 0],
  ] as const)("draw, %s, under every filter", (_, draws, replacement) => {
    let cases = 0;
    for (const columns of LENGTHS) {
      const data = logits(dtype, 3 * columns, columns);
      const source = random(columns);
      for (const filters of filtersOf(columns)) {
        const uniforms = Float64Array.from({ length: 3 * draws }, () => source.uniform(0, 1));
        const plain = drawn(dtype, data, columns, { filters, uniforms, draws, replacement, withLogs: false }, cases++);
        const logged = drawn(dtype, data, columns, { filters, uniforms, draws, replacement, withLogs: true }, cases++);
        const label = `${columns} columns, filters ${filters}`;
        const p = probabilitiesOf(dtype, data, columns, filters);
        const failed = p.findIndex((row) => row.filter((share) => share > 0).length < (replacement ? 1 : draws));
        expect(plain.failed, label).toBe(failed);
        expect(logged.failed, label).toBe(failed);
        if (failed >= 0) continue;
        logged.tokens.forEach((token, i) => {
          const share = p[Math.floor(i / draws)]![token]!;
          expect(Math.abs(logged.logs[i]! - Math.log(share)), label).toBeLessThan(tolerance);
        });
        for (const row of inRows(floats("float64", plain.tokens), draws)) {
          for (const token of row) expect(token >= 0 && token < columns).toBe(true);
          if (!replacement) expect(new Set(row).size).toBe(draws);
        }
        if (columns >= 48 || dtype === "float64") expect(plain.tokens).toEqual(logged.tokens);
      }
    }
  });
});

interface Setting {
  readonly filters: Filters;
  readonly uniforms: Float64Array;
  readonly draws: number;
  readonly replacement: 0 | 1;
  readonly withLogs: boolean;
}

/** What a kernel draws from rows, with one or other of the places that it is given at the end of memory. */
function drawn(dtype: Dtype, data: FloatArray, columns: number, setting: Setting, i: number) {
  const { filters, uniforms, draws, replacement, withLogs } = setting;
  const [beta, topK, topP, minP] = filters;
  const rows = data.length / columns;
  const run = kernels[`draw${suffixOf(dtype)}`];
  const places = {
    x: { ...given(data, false), bytes: Math.ceil(rows / 4) * 4 * columns * data.BYTES_PER_ELEMENT },
    uniforms: given(uniforms, true),
    tokens: room(rows * draws * 4, 4),
    logs: room(rows * draws * 8, 8),
    work: room(samplingWorkBytes(columns), 8),
    scratch: room(SCRATCH_BYTES, 16),
  };
  let failed = NaN;
  const left = enclosed(kernels, places, lastOf(places, i), ({ x, uniforms, tokens, logs, work, scratch }) => {
    failed = run(
      ...([x, rows, columns, beta, topK, topP, minP, draws, replacement] as const),
      ...([uniforms, tokens, withLogs ? logs : 0, work, scratch] as const),
    );
  });
  return { failed, tokens: new Int32Array(left.tokens.buffer), logs: new Float64Array(left.logs.buffer) };
}

/** The distributions that rows are drawn from. */
function probabilitiesOf(dtype: Dtype, data: FloatArray, columns: number, filters: Filters): FloatArray[] {
  const [beta, topK, topP, minP] = filters;
  const places = {
    x: given(data, false),
    work: room(samplingWorkBytes(columns), 8),
    scratch: room(SCRATCH_BYTES, 16),
  };
  const { x } = enclosed(kernels, places, "x", ({ x, work, scratch }) =>
    kernels[`probabilities${suffixOf(dtype)}`](
      ...([x, data.length / columns, columns, beta, topK, topP, minP, work, scratch] as const),
    ),
  );
  return inRows(toFloats(dtype, x), columns);
}

describe.each(DTYPES)("%s: narrow rows", (dtype) => {
  const EDGE = 1e-6;

  it.each([1, 2, 5])("%i draws of each are where the probabilities, added up, first exceed the number", (draws) => {
    let compared = 0;
    for (let columns = 1; columns < 50; columns++) {
      for (const rows of [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 33, 37]) {
        for (const beta of [1, -0.3]) {
          const source = random(columns * 100 + rows);
          const data = logits(dtype, rows * columns, columns + rows, 4);
          const uniforms = Float64Array.from({ length: rows * draws }, () => source.uniform(0, 1));
          const filters = [beta, 0, 1, 0] as const;
          const setting = { filters, uniforms, draws, replacement: 1, withLogs: false } as const;
          const { failed, tokens } = drawn(dtype, data, columns, setting, rows);
          expect(failed).toBe(-1);
          const ends = probabilitiesOf(dtype, data, columns, filters).map(cumulative);
          tokens.forEach((token, i) => {
            const u = uniforms[i]!;
            const sums = ends[Math.floor(i / draws)]!;
            if (sums.some((end) => Math.abs(end - u) < EDGE)) return;
            compared++;
            if (token !== sums.findIndex((end) => end > u)) {
              expect.fail(`${rows} rows of ${columns}: drew ${token} for ${u}, where sums are ${sums}`);
            }
          });
        }
      }
    }
    expect(compared).toBeGreaterThan(20000 * draws - 1000);
  });

  it("the first row that nothing can be drawn from is told, wherever it is", () => {
    for (const columns of [1, 5, 47, 48]) {
      for (const rows of [1, 4, 17, 21, 37]) {
        for (let bad = 0; bad < rows; bad++) {
          const data = logits(dtype, rows * columns, columns);
          data.fill(-Infinity, bad * columns, (bad + 1) * columns);
          data[(rows - 1) * columns] = NaN;
          const uniforms = new Float64Array(rows * 2).fill(0.5);
          const setting = { filters: [1, 0, 1, 0], uniforms, draws: 2, replacement: 1, withLogs: false } as const;
          expect(drawn(dtype, data, columns, setting, bad).failed).toBe(bad);
        }
      }
    }
  });
});
