import { softmax } from "softmax-simd";
import { softmaxMathExp, softmaxPolynomial } from "./baselines.js";

export interface Batch {
  readonly x: Float32Array;
  readonly out: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** One softmax of the batch: from the caller's array to the array it returns (`out`, or one of its own). */
export type Run = () => Float32Array | Promise<Float32Array>;

export interface Contender {
  readonly name: string;
  /** Sets up, outside the clock, what a program would set up once. */
  prepare(batch: Batch): Run | Promise<Run>;
}

/** The one that the others are compared with. */
export const subject: Contender = {
  name: "softmax-simd",
  prepare({ x, out, rows, columns }) {
    const shape = [rows, columns];
    return () => softmax(x, { shape, out });
  },
};

export const contenders: readonly Contender[] = [
  {
    name: "Math.exp",
    prepare({ x, out, rows, columns }) {
      return () => softmaxMathExp(x, out, rows, columns);
    },
  },
  {
    name: "polynomial",
    prepare({ x, out, rows, columns }) {
      return () => softmaxPolynomial(x, out, rows, columns);
    },
  },
  subject,
];
