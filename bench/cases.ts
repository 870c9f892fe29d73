import type { ResidentDtype as Dtype } from "softmax-simd";

export type { Dtype };

/** From the caller's array to the caller's array, every copy inside the clock; or on data that stays with the library. */
export type Mode = "array to array" | "resident";

export const MODES: readonly Mode[] = ["array to array", "resident"];

/** A batch: rows of as many classes, one row after the other (axis -1), or one class after the other (axis 0). */
export interface Case {
  readonly rows: number;
  readonly columns: number;
  readonly dtype: Dtype;
  readonly axis: -1 | 0;
}

/** A batch of one, small heads, a classifier, vocabularies; then float64, and a batch that stands on its side. */
export const cases: readonly Case[] = [
  float32(1, 10),
  float32(64, 10),
  float32(1024, 2),
  float32(1024, 3),
  float32(1024, 10),
  float32(4096, 64),
  float32(256, 1000),
  float32(1, 131072),
  float32(64, 32768),
  { ...float32(256, 1000), dtype: "float64" },
  { ...float32(256, 1000), axis: 0 },
];

/** The row-major shape of the batch as it is stored. */
export function shapeOf({ rows, columns, axis }: Case): [number, number] {
  return axis === 0 ? [columns, rows] : [rows, columns];
}

/** "256x1000", "256x1000 float64", "1000x256 axis 0". */
export function labelOf(given: Case): string {
  const { dtype, axis } = given;
  const words = [shapeOf(given).join("x"), dtype === "float32" ? "" : dtype, axis === 0 ? "axis 0" : ""];
  return words.filter((word) => word !== "").join(" ");
}

/** The bytes of the batch, which its result takes once more. */
export function bytesOf({ rows, columns, dtype }: Case): number {
  return rows * columns * (dtype === "float32" ? 4 : 8);
}

function float32(rows: number, columns: number): Case {
  return { rows, columns, dtype: "float32", axis: -1 };
}
