import type { ResidentDtype as Dtype } from "softmax-simd";

export type { Dtype };

/** What is measured, by the package's names. */
export const OP_NAMES = [
  "softmax",
  "logSoftmax",
  "softmaxJacobian",
  "softmaxVjp",
  "crossEntropyWithGrad",
  "topK",
] as const;

export type OpName = (typeof OP_NAMES)[number];

/**
 * From the caller's array to the caller's array, every copy inside the clock; the same to an array that the call makes; or
 * on data that stays with the library.
 */
export type Mode = "array to array" | "to a fresh array" | "resident";

export const MODES: readonly Mode[] = ["array to array", "to a fresh array", "resident"];

/** An op over a batch: rows of as many classes, one row after the other (axis -1), or one class after the other (axis 0). */
export interface Case {
  readonly op: OpName;
  readonly rows: number;
  readonly columns: number;
  readonly dtype: Dtype;
  readonly axis: -1 | 0;
}

/** A case, and how it is measured. */
export interface MeasuredCase extends Case {
  readonly modes: readonly Mode[];
}

type Shape = Omit<Case, "op">;

/** A batch of one, small heads, a classifier, vocabularies; then float64, and a batch that stands on its side. */
const SHAPES: readonly Shape[] = [
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

const CLASSIFIER = [float32(256, 1000)];
const SMALL_HEADS = ["64x10", "1024x2", "1024x3"];
const BOTH: readonly Mode[] = ["array to array", "resident"];

export const cases: readonly MeasuredCase[] = [
  ...measured("softmax", SHAPES, BOTH),
  ...measured(
    "logSoftmax",
    SHAPES.filter((shape) => !SMALL_HEADS.includes(labelOf(shape))),
    BOTH,
  ),
  ...measured("softmaxJacobian", [float32(1, 1000), float32(8, 1000)], ["resident"]),
  ...measured("softmaxJacobian", [float32(256, 10), float32(16, 1000)], ["array to array"]),
  ...measured("softmaxJacobian", [float32(64, 100)], ["array to array", "to a fresh array"]),
  ...measured("softmaxVjp", CLASSIFIER, BOTH),
  ...measured("crossEntropyWithGrad", CLASSIFIER, BOTH),
];

/** What a pool of threads is for: many rows, or long ones. */
const LARGE_SHAPES: readonly Shape[] = [
  float32(64, 1000),
  float32(256, 1000),
  float32(1024, 10),
  float32(1024, 1000),
  float32(4096, 1000),
  float32(64, 32768),
  float32(64, 131072),
  float32(1, 131072),
  float32(1, 1048576),
  float32(1, 16777216),
];

const TWO_LARGE = [float32(4096, 1000), float32(64, 131072)];

/** What `npm run bench:parallel` measures. */
export const largeCases: readonly MeasuredCase[] = [
  ...measured("softmax", LARGE_SHAPES, BOTH),
  ...measured("logSoftmax", TWO_LARGE, BOTH),
  ...measured("crossEntropyWithGrad", TWO_LARGE, BOTH),
  ...measured("topK", TWO_LARGE, BOTH),
];

/** The row-major shape of the batch as it is stored. */
export function shapeOf({ rows, columns, axis }: Shape): [number, number] {
  return axis === 0 ? [columns, rows] : [rows, columns];
}

/** "256x1000", "256x1000 float64", "1000x256 axis 0". */
export function labelOf(given: Shape): string {
  const { dtype, axis } = given;
  const words = [shapeOf(given).join("x"), dtype === "float32" ? "" : dtype, axis === 0 ? "axis 0" : ""];
  return words.filter((word) => word !== "").join(" ");
}

function float32(rows: number, columns: number): Shape {
  return { rows, columns, dtype: "float32", axis: -1 };
}

function measured(op: OpName, shapes: readonly Shape[], modes: readonly Mode[]): MeasuredCase[] {
  return shapes.map((shape) => ({ op, ...shape, modes }));
}
