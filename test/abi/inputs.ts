// What calls are made of: rows of every kind of length, every kind of beta, and the values that have answers of their own.

import { type Random, random } from "../support/random.js";
import type { Area, Call, Compared } from "./script.js";

export type Suffix = "F32" | "F64";
export type Floats = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

export const SUFFIXES: readonly Suffix[] = ["F32", "F64"];

/** Narrow rows, in panels of 16, of 4 and alone; a vector, a block, the lengths at which ways part. */
export const SHAPES: readonly (readonly [rows: number, columns: number])[] = [
  ...Array.from({ length: 20 }, (_, i) => [21, i + 1] as const),
  ...[31, 32, 33, 47, 48, 49, 63, 64, 65, 127, 129].map((columns) => [5, columns] as const),
  ...[255, 257, 511, 513, 1000, 1025].map((columns) => [2, columns] as const),
];

export const FEW: typeof SHAPES = SHAPES.filter(([, columns]) => [1, 3, 10, 17, 48, 257].includes(columns));

/** Ordinary ones, beyond the reach of coefficients, beyond float32, the limits. */
export const FINITE: readonly number[] = [1, -2.5, 1e-7, 3e7, -1e200];
export const BETAS: readonly number[] = [...FINITE, 0, Infinity, -Infinity];

export function array(suffix: Suffix, length: number, value: (i: number) => number): Floats {
  const x = suffix === "F32" ? new Float32Array(length) : new Float64Array(length);
  for (let i = 0; i < length; i++) x[i] = value(i);
  return x;
}

export function logits(suffix: Suffix, length: number, source: Random, reach = 10): Floats {
  return array(suffix, length, () => source.uniform(-reach, reach));
}

/** Logits with a NaN, both infinities, -0 and what is too small for a normal number among them; rows of one value. */
export function odd(suffix: Suffix, rows: number, columns: number, source: Random): Floats {
  const x = logits(suffix, rows * columns, source, 90);
  const values = [NaN, Infinity, -Infinity, -0, 1e-310, 3e38, -3e38];
  for (let r = 0; r < rows; r++) {
    x[r * columns + source.integer(columns)] = values[r % values.length]!;
    if (r % 4 === 3) x.fill(r % 8 === 3 ? -Infinity : 2.5, r * columns, (r + 1) * columns);
  }
  return x;
}

export function probabilities(suffix: Suffix, rows: number, columns: number, source: Random): Floats {
  const p = array(suffix, rows * columns, () => Math.max(0, source.uniform(-0.2, 1)));
  for (let r = 0; r < rows; r++) {
    const row = p.subarray(r * columns, (r + 1) * columns);
    let sum = 0;
    for (const value of row) sum += value;
    for (let k = 0; k < columns; k++) row[k] = row[k]! / (sum || 1);
  }
  return p;
}

export function given(data: ArrayBufferView): Area {
  return { data, bytes: data.byteLength };
}

export function room(bytes: number): Area {
  return { bytes };
}

export function result(compared: Compared, count: number): Area {
  return { compared, bytes: count * (compared === "f64" ? 8 : 4) };
}

export function compared(suffix: Suffix): Compared {
  return suffix === "F32" ? "f32" : "f64";
}

/** What is read and overwritten. */
export function changed(data: Floats | Int32Array): Area {
  const type = data instanceof Int32Array ? "i32" : data instanceof Float32Array ? "f32" : "f64";
  return { ...given(data), compared: type };
}

export type Build = (
  suffix: Suffix,
  rows: number,
  columns: number,
  beta: number,
  source: Random,
) => Pick<Call, "areas" | "arguments">;

/** The kernel of both dtypes over shapes and betas. */
export function over(kernel: string, shapes: typeof SHAPES, betas: readonly number[], build: Build): Call[] {
  return SUFFIXES.flatMap((suffix) =>
    shapes.flatMap(([rows, columns], i) =>
      // Every shape with beta 1; the other betas in turn.
      [...new Set([1, betas[i % betas.length]!, betas[(i * 3 + 1) % betas.length]!])]
        .filter((beta) => betas.includes(beta))
        .map((beta) => {
          const built = build(suffix, rows, columns, beta, random(rows * 10_000 + columns));
          const name = `${kernel}${suffix} of ${rows}x${columns}, beta ${beta}`;
          return { name, kernel: `${kernel}${suffix}`, ...built };
        }),
    ),
  );
}
