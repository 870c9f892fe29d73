import type { Iteration } from "softmax-simd/learn";
import { count, percent, table } from "../table.js";
import type { Calibration, Learned } from "./learn.js";
import type { Figures, Result, TimedShape } from "./run.js";

/** The figures as aligned tables. */
export function report(figures: Figures): string {
  return [resultTable(figures), timingTable(figures.timings)].join("\n\n");
}

function resultTable({ linear, attention }: Figures): string {
  return table([
    ["way", "temperature", "accuracy", "mean confidence", "largest difference from the reference"],
    resultRow("linear", linear),
    ...attention.map((result) => resultRow("attention", result)),
  ]);
}

function resultRow(way: string, { temperature, accuracy, confidence, difference }: Result): string[] {
  return [way, String(temperature), percent(accuracy), percent(confidence), difference.toExponential(1)];
}

function timingTable(timings: TimedShape[]): string {
  return table([
    ["softmax of", "softmax-simd", "pure JavaScript", "ratio"],
    ...timings.map(({ shape, timing }) => [
      shape.map(count).join(" x "),
      `${timing.package.toFixed(2)} ns/element`,
      `${timing.plain.toFixed(2)} ns/element`,
      `${(timing.plain / timing.package).toFixed(1)} x`,
    ]),
  ]);
}

/** The line that an iteration of training prints. */
export function progress({ iteration, loss, gradientNorm }: Iteration): string {
  return `iteration ${String(iteration).padStart(3)}  loss ${loss.toFixed(6)}  gradient ${gradientNorm.toExponential(1)}`;
}

/** What was learned, as aligned tables. */
export function reportLearned(learned: Learned): string {
  const { accuracy, converged, iterations, seconds, testCount } = learned;
  const end = converged ? "converged" : "stopped";
  const training = `${end} after ${iterations} iterations in ${seconds.toFixed(1)} s`;
  const test = `${percent(accuracy)} of ${count(testCount)} test images right`;
  return [`${training}\n${test}`, confusionTable(learned.confusion), calibrationTable(learned)].join("\n\n");
}

function confusionTable(confusion: number[][]): string {
  const rows = confusion.map((counts, digit) => {
    const total = counts.reduce((sum, n) => sum + n, 0);
    return [String(digit), ...counts.map((n) => cell(n === 0 ? "." : n)), percent(counts[digit]! / total)];
  });
  return table([["true \\ predicted", ...confusion.map((_, digit) => cell(digit)), "right"], ...rows]);
}

/** All columns equally wide. */
function cell(content: number | string): string {
  return String(content).padStart(3);
}

function calibrationTable({ before, after }: Learned): string {
  return table([
    ["calibration", "temperature", "accuracy", "mean confidence", "calibration error", "cross-entropy"],
    calibrationRow("before", before),
    calibrationRow("after", after),
  ]);
}

function calibrationRow(name: string, { temperature, accuracy, confidence, error, loss }: Calibration): string[] {
  return [name, temperature.toFixed(3), percent(accuracy), percent(confidence), percent(error), loss.toFixed(4)];
}
