import { CLASSES, type Images, PIXELS } from "./data.js";

/** Images between two calls of `onProgress`. */
const STEP = 25;

/** Called with 0 done first, with all done last. */
export type OnProgress = (done: number, total: number) => void;

/** The mean image of every class, one a row. */
export function classMeans({ pixels, labels }: Images): Float32Array {
  const means = new Float32Array(CLASSES * PIXELS);
  const counts = new Uint32Array(CLASSES);
  labels.forEach((label, row) => {
    counts[label] = (counts[label] as number) + 1;
    for (let p = 0; p < PIXELS; p++) {
      means[label * PIXELS + p] = (means[label * PIXELS + p] as number) + (pixels[row * PIXELS + p] as number);
    }
  });
  return means.map((sum, i) => sum / (counts[Math.floor(i / PIXELS)] as number));
}

/**
 * x·r - |r|²/2 of every image x against every reference image r, one x a row: half the squared distance between them,
 * negated, but for |x|²/2, which is the same along a row and so changes no softmax.
 */
export function distanceLogits(images: Float32Array, references: Float32Array, onProgress?: OnProgress): Float32Array {
  const rows = images.length / PIXELS;
  const columns = references.length / PIXELS;
  const transposed = transpose(references, columns);
  const start = halfNorms(transposed, columns).map((half) => -half);
  const logits = new Float32Array(rows * columns);
  const row = new Float64Array(columns);
  for (let x = 0; x < rows; x++) {
    if (x % STEP === 0) onProgress?.(x, rows);
    row.set(start);
    addProducts(row, images.subarray(x * PIXELS, (x + 1) * PIXELS), transposed);
    logits.set(row, x * columns);
  }
  onProgress?.(rows, rows);
  return logits;
}

/** Adds image·r to `row` for every r. Four pixels in five are blank: going pixel by pixel leaves most work out. */
function addProducts(row: Float64Array, image: Float32Array, transposed: Float32Array): void {
  const columns = row.length;
  for (let p = 0; p < PIXELS; p++) {
    const pixel = image[p] as number;
    if (pixel === 0) continue;
    const offset = p * columns;
    for (let r = 0; r < columns; r++) row[r] = (row[r] as number) + pixel * (transposed[offset + r] as number);
  }
}

function halfNorms(transposed: Float32Array, columns: number): Float64Array {
  const norms = new Float64Array(columns);
  for (let p = 0; p < PIXELS; p++) {
    for (let r = 0; r < columns; r++)
      norms[r] = (norms[r] as number) + (transposed[p * columns + r] as number) ** 2 / 2;
  }
  return norms;
}

function transpose(images: Float32Array, count: number): Float32Array {
  const transposed = new Float32Array(images.length);
  for (let r = 0; r < count; r++) {
    for (let p = 0; p < PIXELS; p++) transposed[p * count + r] = images[r * PIXELS + p] as number;
  }
  return transposed;
}
