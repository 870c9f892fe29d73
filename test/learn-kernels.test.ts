import { describe, expect, it } from "vitest";
import { DTYPES, floats } from "./support/floats.js";
import { instantiateLearn, TAKEN } from "./support/modules.js";
import { random } from "./support/random.js";

/** (rows, pitch, classes): whole tiles, and what is left of them. */
const SIZES: readonly (readonly [number, number, number])[] = [
  [1, 4, 2],
  [4, 4, 2],
  [5, 8, 3],
  [3, 12, 1],
  [7, 16, 5],
  [64, 20, 10],
  [9, 36, 4],
  [2, 784, 10],
];

describe.each(TAKEN)("%s: a linear model's products", (target) => {
  for (const dtype of DTYPES) {
    const width = dtype === "float32" ? 4 : 8;
    const tolerance = dtype === "float32" ? 1e-6 : 1e-15;

    it.each(SIZES)(
      `${dtype}: are those of the loops, and nothing else is read or written, at %i x %i x %i`,
      (...size) => {
        const [rows, pitch, classes] = size;
        const kernels = instantiateLearn(target);
        const all = new Uint8Array(kernels.memory.buffer);
        all.fill(0xa5, kernels.heapBase.value);
        const { uniform } = random(rows * pitch + classes);
        const numbers = (count: number) =>
          floats(
            dtype,
            Array.from({ length: count }, () => uniform(-1, 1)),
          );
        const x = numbers(rows * pitch);
        const w = numbers(classes * pitch);
        const b = numbers(classes);
        // x ends where memory does: reading past it traps.
        const at = {
          w: 8192,
          b: 8192 + w.byteLength,
          z: 8192 + w.byteLength + b.byteLength,
          x: all.length - x.byteLength,
        };
        all.set(new Uint8Array(w.buffer), at.w);
        all.set(new Uint8Array(b.buffer), at.b);
        all.set(new Uint8Array(x.buffer), at.x);
        const inputs = all.slice(at.w, at.z);

        const affine = dtype === "float32" ? kernels.affineF32 : kernels.affineF64;
        affine(at.x, at.w, at.b, at.z, rows, pitch, classes);
        const end = at.z + rows * classes * width;
        const z = read(all, dtype, at.z, rows * classes);
        for (let r = 0; r < rows; r++) {
          for (let k = 0; k < classes; k++) {
            let sum = b[k]!;
            let size = Math.abs(sum);
            for (let d = 0; d < pitch; d++) {
              sum += x[r * pitch + d]! * w[k * pitch + d]!;
              size += Math.abs(x[r * pitch + d]! * w[k * pitch + d]!);
            }
            expect(Math.abs(z[r * classes + k]! - sum)).toBeLessThanOrEqual(tolerance * size);
          }
        }
        expect(all.slice(at.w, at.z)).toEqual(inputs);
        expect(isFilled(all, end, at.x)).toBe(true);

        const affineGrad = dtype === "float32" ? kernels.affineGradF32 : kernels.affineGradF64;
        const dw = 8 * Math.ceil(end / 8);
        const count = classes * pitch + classes;
        const before = Float64Array.from({ length: count }, () => uniform(-1, 1));
        new Float64Array(kernels.memory.buffer, dw, count).set(before);
        affineGrad(at.x, at.z, dw, dw + classes * pitch * 8, rows, pitch, classes);
        const after = read(all, "float64", dw, count);
        for (let k = 0; k < classes; k++) {
          for (let d = 0; d <= pitch; d++) {
            const i = d === pitch ? classes * pitch + k : k * pitch + d;
            let sum = before[i]!;
            let size = Math.abs(sum);
            for (let r = 0; r < rows; r++) {
              const product = z[r * classes + k]! * (d === pitch ? 1 : x[r * pitch + d]!);
              sum += product;
              size += Math.abs(product);
            }
            expect(Math.abs(after[i]! - sum)).toBeLessThanOrEqual(tolerance * size);
          }
        }
        expect(isFilled(all, end, dw)).toBe(true);
        expect(isFilled(all, dw + count * 8, at.x)).toBe(true);
        expect(read(all, dtype, at.z, rows * classes)).toEqual(z);
      },
    );
  }

  it("gives a row the same logits wherever it stands", () => {
    const kernels = instantiateLearn(target);
    const values = new Float32Array(kernels.memory.buffer);
    const { uniform } = random(3);
    const [x, w, b, z] = [8192, 16384, 20480, 20544];
    for (let i = 0; i < 7 * 20; i++) values[x / 4 + i] = uniform(-1, 1);
    for (let i = 0; i < 3 * 20; i++) values[w / 4 + i] = uniform(-1, 1);
    kernels.affineF32(x, w, b, z, 7, 20, 3);
    const batch = values.slice(z / 4, z / 4 + 21);
    for (let r = 0; r < 7; r++) {
      kernels.affineF32(x + r * 80, w, b, z, 1, 20, 3);
      expect(values.slice(z / 4, z / 4 + 3)).toEqual(batch.slice(r * 3, r * 3 + 3));
    }
  });
});

function read(all: Uint8Array, dtype: "float32" | "float64", at: number, count: number): Float64Array {
  const View = dtype === "float32" ? Float32Array : Float64Array;
  return Float64Array.from(new View(all.buffer as ArrayBuffer, at, count));
}

function isFilled(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== 0xa5) return false;
  return true;
}
