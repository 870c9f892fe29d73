// What the guides state, held against what it is taken from: bounds, plotted errors, commands, paths. Their examples run in
// examples.test.ts.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { DistanceReport } from "../../bench/distance-chart.js";
import { BLOCK, RING_BYTES } from "../../bench/stopwatch.js";
import { WINDOW_BYTES } from "../../src/chunks.js";
import { CONTRACT } from "../support/contract.js";

const read = (file: string): string => readFileSync(file, "utf8");
const pages = ["README.md", "CONTRIBUTING.md", ...readdirSync("docs").map((file) => `docs/${file}`)].filter((file) =>
  file.endsWith(".md"),
);

describe("docs/numerics.md", () => {
  const page = read("docs/numerics.md");

  it.each([
    ["`softmax`", "anyLogits", 1],
    ["a row's sum, added in float64", "sum", 1],
    ["`logSoftmax`", "logSoftmax", 1],
    ["`logSumExp`", "logSumExp", 1],
    ["products with Jacobians, losses, their gradients", "terms", 1],
    ["Jacobians, Hessians", "terms", 2],
    ["`entropy`, `klDivergence`", "entropy", 1],
    ["`sigmoid`", "sigmoid", 1],
  ] as const)("states the bounds of %s that the tests hold", (name, bound, times) => {
    const accuracy = page.slice(page.indexOf("## Accuracy"));
    const line = accuracy.split("\n").find((text) => text.startsWith(`| ${name} | `)) ?? "";
    const [single, double] = line.split("|").slice(2).map(Number);
    expect([single, double]).toEqual([times * CONTRACT.float32[bound], times * CONTRACT.float64[bound]]);
  });

  it("says of the plot what its figures are", () => {
    const { lines } = JSON.parse(read("bench/results/distance-node20.json")) as DistanceReport;
    const largest = (op: string, contender: RegExp): number[] =>
      lines.filter((line) => line.op === op && contender.test(line.contender)).map(({ errors }) => Math.max(...errors));
    const [ours, libraries] = [/^softmax-simd/, /^(tfjs|ORT)/];
    expect(Math.max(...largest("softmax", ours), ...largest("logSoftmax", ours))).toBeLessThan(4e-7);
    for (const error of largest("softmax", libraries)) expect(error).toBeCloseTo(4e-6, 6);
    for (const error of largest("logSoftmax", libraries)) expect(error).toBe(1);
    expect(page).toContain(
      "stays below 4e-7, those of others grow to 4e-6; of log-softmax's largest entry theirs reach 1",
    );
  });
});

it("docs/performance.md has the benches' protocol", () => {
  const page = read("docs/performance.md").replace(/\s+/g, " ");
  expect(page).toContain(`**block of ${BLOCK.blockMs} ms** after ${BLOCK.warmupMs} ms of warm-up`);
  expect(page).toContain(`samples of at least ${BLOCK.sampleMs} ms`);
  expect(page).toContain(`a ring of ${RING_BYTES / 2 ** 20} MiB`);
});

it("docs/memory.md has the window's size", () => {
  expect(read("docs/memory.md")).toContain(`The window is ${WINDOW_BYTES / 2 ** 20} MiB,`);
});

describe.each(pages)("%s", (file) => {
  const text = read(file);

  it("names npm scripts that there are", () => {
    const known = Object.keys(JSON.parse(read("package.json")).scripts);
    const scripts = Array.from(text.matchAll(/npm run ([\w:]+)/g), ([, name]) => name);
    for (const name of scripts) expect(known).toContain(name);
  });

  it("names files that there are", () => {
    const paths = Array.from(
      text.matchAll(/`((?:assembly|src|test|bench|scripts|examples|docs)\/[\w./-]*)`/g),
      ([, path]) => path as string,
    );
    // Those of the worked example are not there.
    for (const path of paths.filter((path) => !path.includes("sparsemax"))) expect(existsSync(path), path).toBe(true);
  });
});
