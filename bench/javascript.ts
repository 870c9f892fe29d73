import { type Contender, isFloat32Rows, keeping } from "./contender.js";
import { floats } from "./data.js";
import { ops } from "./ops.js";

/** The loops work on the caller's arrays, so that both modes are the same to them. */
export const javascript: readonly Contender[] = ["Math.exp", "polynomial", "plain loop"].map((name) => ({
  name,
  takes: ({ op, axis }) => axis === -1 && ops[op].loops[name] !== undefined,
  load: ({ op }, mode) => {
    const compute = ops[op].loops[name]!;
    return (batch) => {
      const { rows, columns, dtype } = batch.given;
      // Nothing in the loops depends on the width, and each case has a process, hence machine code, of its own.
      const [x, out, second] = [batch.x, batch.out, batch.second] as Float32Array[];
      const fresh = (): Float32Array => floats(dtype, batch.out.length) as Float32Array;
      return keeping(
        mode === "to a fresh array"
          ? () => compute(x!, fresh(), rows, columns, second!)
          : () => compute(x!, out!, rows, columns, second!),
      );
    };
  },
}));

/** What SciPy's softmax does in float32: exp of the rounded difference, and NumPy's pairwise sum. */
export const pairwise: Contender = {
  name: "float32 pairwise",
  takes: (given) => given.op === "softmax" && isFloat32Rows(given),
  load: () => (batch) => {
    const { rows, columns } = batch.given;
    const [x, out] = [batch.x as Float32Array, batch.out as Float32Array];
    return { run: () => softmaxPairwise(x, out, rows, columns), result: () => out };
  },
};

function softmaxPairwise(x: Float32Array, out: Float32Array, rows: number, columns: number): void {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const end = start + columns;
    let max = -Infinity;
    for (let i = start; i < end; i++) max = Math.max(max, x[i]!);
    for (let i = start; i < end; i++) out[i] = Math.exp(Math.fround(x[i]! - max));
    const sum = pairwiseSum(out, start, columns);
    for (let i = start; i < end; i++) out[i] = out[i]! / sum;
  }
}

/** NumPy's order: halves down to 128 values, those by eight accumulators. */
export function pairwiseSum(values: Float32Array, start: number, count: number): number {
  const { fround } = Math;
  if (count > 128) {
    const half = (count >> 1) - ((count >> 1) % 8);
    return fround(pairwiseSum(values, start, half) + pairwiseSum(values, start + half, count - half));
  }
  const whole = count - (count % 8);
  const sums = new Float32Array(8);
  for (let i = 0; i < whole; i++) sums[i % 8] = sums[i % 8]! + values[start + i]!;
  const pair = (a: number) => fround(sums[a]! + sums[a + 1]!);
  let sum = fround(fround(pair(0) + pair(2)) + fround(pair(4) + pair(6)));
  for (let i = whole; i < count; i++) sum = fround(sum + values[start + i]!);
  return sum;
}
