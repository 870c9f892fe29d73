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

/** With separators: 4,000. */
export function count(value: number): string {
  return value.toLocaleString("en");
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

/** Columns as wide as their widest cell, two spaces apart; the first to the left, figures to the right. */
function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const align = (cell: string, column: number): string => {
    const width = widths[column] ?? 0;
    return column === 0 ? cell.padEnd(width) : cell.padStart(width);
  };
  return rows.map((row) => row.map(align).join("  ")).join("\n");
}
