import { type Images, PIXELS, SIDE } from "./data.js";

/**
 * Shears each image until its writing stands upright: the slant differs from hand to hand, and says nothing about the
 * digit. Each image's own ink tells how far, nothing is learned from others (LeCun et al., Gradient-based learning applied
 * to document recognition, 1998).
 */
export function deskew(images: Images): Images {
  const pixels = new Float32Array(images.pixels.length);
  for (let start = 0; start < pixels.length; start += PIXELS) {
    const end = start + PIXELS;
    shear(images.pixels.subarray(start, end), pixels.subarray(start, end));
  }
  return { ...images, pixels };
}

/** Moves each line of the image by slant times its distance from the centre, between pixels linearly. */
function shear(image: Float32Array, to: Float32Array): void {
  const { centre, slant } = measure(image);
  for (let y = 0; y < SIDE; y++) {
    const line = image.subarray(y * SIDE, (y + 1) * SIDE);
    const shift = slant * (y - centre);
    const whole = Math.floor(shift);
    const part = shift - whole;
    for (let x = 0; x < SIDE; x++) {
      const left = line[x + whole] ?? 0;
      const right = line[x + whole + 1] ?? 0;
      to[y * SIDE + x] = left + part * (right - left);
    }
  }
}

/** The ink's mean height, and the slope of the line of x over y that fits the ink best. */
function measure(image: Float32Array): { centre: number; slant: number } {
  let ink = 0;
  let sumX = 0;
  let sumY = 0;
  let sumXY = 0;
  let sumYY = 0;
  image.forEach((value, i) => {
    const x = i % SIDE;
    const y = Math.floor(i / SIDE);
    ink += value;
    sumX += value * x;
    sumY += value * y;
    sumXY += value * x * y;
    sumYY += value * y * y;
  });
  const centre = sumY / ink;
  const slant = (sumXY - sumX * centre) / (sumYY - sumY * centre);
  return Number.isFinite(slant) ? { centre, slant } : { centre: 0, slant: 0 };
}
