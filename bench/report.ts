import type { Machine } from "./machine.js";
import type { Timing } from "./measure.js";
import type { BLOCK } from "./stopwatch.js";

/** The rounds, the seed, and what makes a block. */
export interface Protocol extends Readonly<typeof BLOCK> {
  readonly rounds: number;
  readonly seed: number;
}

export interface Report extends Machine {
  readonly backend: { readonly backend: string; readonly reason: string };
  readonly protocol: Protocol;
  readonly results: readonly Timing[];
}

export function heading({ date, cpu, cores, platform, runtime, versions, backend, protocol }: Report): string {
  return [
    `softmax-simd ${versions["softmax-simd"]}, backend ${backend.backend} (${backend.reason})`,
    `${cpu}, ${cores} cores, ${platform}, ${runtime}, ${date}`,
    `float32, one thread; ns an element, the median of ${protocol.rounds} rounds of ${protocol.blockMs} ms in rotated order`,
  ].join("\n");
}

/** A line a shape: every contender's time, then how many times the subject's each of the others takes. */
export function table(results: readonly Timing[], subject: string): string {
  const names = [...new Set(results.map((timing) => timing.contender))];
  const others = names.filter((name) => name !== subject);
  const shapes = [...new Set(results.map((timing) => timing.shape))];
  const lines = shapes.map((shape) => {
    const of = (name: string) => nsPerElement(results, shape, name);
    const times = names.map((name) => of(name).toFixed(2));
    const ratios = others.map((name) => `${(of(name) / of(subject)).toFixed(2)}x`);
    return [shape.join("x"), ...times, ...ratios];
  });
  return align([["shape", ...names, ...others.map((name) => `vs ${name}`)], ...lines]);
}

function nsPerElement(results: readonly Timing[], shape: Timing["shape"], contender: string): number {
  return results.find((t) => t.shape === shape && t.contender === contender)?.nsPerElement ?? Number.NaN;
}

/** The first column to the left, the others to the right. */
function align(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) => line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))))
    .map((line) => line.join("  "))
    .join("\n");
}
