import { describe, expect, test } from "vitest";
import type { Mode, OpName } from "../../bench/cases.js";
import { bars, drawChart } from "../../bench/chart.js";
import { median, type Timing } from "../../bench/measure.js";
import {
  bestRows,
  enginesRows,
  heading,
  markdownTables,
  type Report,
  ratioRows,
  sectionsOf,
  tables,
} from "../../bench/report.js";
import { pick } from "../../bench/run.js";
import { aligned, digits, markdown } from "../../bench/table.js";

function timing(contender: string, label: string, mode: Mode, steady: number, best: number = steady): Timing {
  const rounds = [steady, best, steady];
  const times = { steady, best, rounds, first: 9000, tenth: 500, error: 1e-7 };
  return { contender, op: "softmax", case: label, mode, elements: 100, ...times };
}

function of(op: OpName, given: Timing): Timing {
  return { ...given, op };
}

/** As if measured: softmax's loop takes 10 and 5 times ours, the library half of ours in its best block. */
const report: Report = {
  harness: "rivals",
  command: "npm run bench:rivals -- --engine node20",
  engine: "node20",
  subject: "ours",
  date: "2026-11-01",
  cpu: "A processor",
  cores: 2,
  platform: "linux x64",
  runtime: "node 20.0.0",
  backend: { backend: "simd", reason: "made up" },
  versions: { "softmax-simd": "1.2.3", rival: "4.5.6" },
  protocol: { rounds: 7, blockMs: 50, warmupMs: 10, sampleMs: 1, seed: 1, ringBytes: 80 * 2 ** 20, malloc: {} },
  results: [
    timing("ours", "1x100", "array to array", 200),
    timing("loop", "1x100", "array to array", 2000),
    timing("library", "1x100", "array to array", 300, 100),
    timing("ours", "2x50", "array to array", 100),
    timing("loop", "2x50", "array to array", 500),
    timing("ours", "1x100", "resident", 100),
    timing("loop", "1x100", "resident", 2000),
    of("logSoftmax", timing("ours", "1x100", "resident", 400)),
    of("logSoftmax", timing("loop", "1x100", "resident", 1200)),
  ],
};

const [arrays, resident, logs] = sectionsOf(report);

describe("a report", () => {
  test("has a section for each op and mode", () => {
    const titles = ["softmax, array to array", "softmax, resident", "logSoftmax, resident"];
    expect(sectionsOf(report).map(({ title }) => title)).toEqual(titles);
  });

  test("has the rivals' times over the subject's", () => {
    expect(ratioRows(arrays!)).toEqual([
      ["rows x classes", "ours, ns an element", "loop", "library"],
      ["1x100", "2.00", "10.0x", "1.50x"],
      ["2x50", "1.00", "5.00x", "-"],
    ]);
    expect(bestRows(arrays!)[1]).toEqual(["1x100", "2.00", "10.0x", "0.500x"]);
    expect(ratioRows(resident!)[1]).toEqual(["1x100", "1.00", "20.0x"]);
    expect(ratioRows(logs!)[1]).toEqual(["1x100", "4.00", "3.00x"]);
  });

  test("says where, with what and how it was measured, and what repeats it", () => {
    expect(heading(report)).toContain("npm run bench:rivals -- --engine node20");
    expect(heading(report)).toContain("softmax-simd 1.2.3, backend simd (made up); rival 4.5.6");
    expect(heading(report)).toContain("A processor, 2 cores, linux x64, node 20.0.0, 2026-11-01");
    expect(heading(report)).toContain("medians of 7 rounds of 50 ms a contender, order rotated");
  });

  test("has a table for each section, and one of first, tenth and steady calls", () => {
    const text = tables(report);
    expect(text).toContain("softmax, resident: first / tenth / steady call, microseconds");
    expect(text).toContain("9.00 / 0.500 / 0.200");
    expect(markdownTables(report)).toContain("| 2x50 | 1.00 | 5.00x | - |");
  });

  test("has a dash where the subject was not measured", () => {
    const without = { ...report, results: report.results.filter(({ contender }) => contender !== "ours") };
    expect(ratioRows(sectionsOf(without)[1]!)[1]).toEqual(["1x100", "-"]);
    expect(bars(without)).toEqual([]);
  });

  test("stands in a line of the engines' table", () => {
    const results = report.results.filter(({ op }) => op === "softmax");
    const [titles, line] = enginesRows([{ ...report, results }]);
    expect(titles).toEqual(["engine", "backend", "1x100", "2x50", "1x100 resident"]);
    expect(line).toEqual(["node 20.0.0", "simd", "10.0 / 1.50", "5.00", "20.0"]);
  });
});

describe("the chart", () => {
  test("has a bar for each rival in each case of softmax, those of a case side by side", () => {
    expect(bars(report).map(({ panel, case: label, rival, ratio }) => [panel, label, rival, ratio])).toEqual([
      ["softmax, array to array", "1x100", "loop", 10],
      ["softmax, array to array", "1x100", "library", 1.5],
      ["softmax, array to array", "2x50", "loop", 5],
      ["softmax, resident", "1x100", "loop", 20],
    ]);
    const tops = bars(report).map(({ top }) => top);
    expect(tops[1]! - tops[0]!).toBeLessThan(tops[2]! - tops[1]!);
  });

  test("draws its bars from the line at 1, as long as the logarithm of the ratio", async () => {
    const svg = await drawChart(report);
    const widths = [...svg.matchAll(/<path d="M([\d.]+),[\d.]+h([\d.]+)v11h/g)];
    const [loop, library, half] = widths.map((match) => Number(match[2]));
    expect(widths).toHaveLength(4);
    expect(new Set(widths.map((match) => match[1])).size).toBe(1);
    expect(loop! / library!).toBeCloseTo(Math.log(10) / Math.log(1.5), 3);
    expect(loop! / half!).toBeCloseTo(Math.log(10) / Math.log(5), 3);
    for (const text of ["loop", "library", "2x50", "resident", "node 20.0.0"]) expect(svg).toContain(text);
  });
});

describe("the parts of a table", () => {
  test("numbers have three digits", () => {
    expect([0.12345, 1, 12.345, 99.96, 1234.5, NaN].map(digits)).toEqual(["0.123", "1.00", "12.3", "100", "1235", "-"]);
  });

  test("lines are aligned, and turned into Markdown", () => {
    const rows = [
      ["name", "x"],
      ["a", "100"],
    ];
    expect(aligned(rows)).toBe("name    x\na     100");
    expect(markdown(rows)).toBe("| name | x |\n| --- | --: |\n| a | 100 |");
  });

  test("the median is the middle, whatever the order", () => {
    expect([median([3, 1, 2]), median([10, 9]), median([1, 100, 2, 3, 4])]).toEqual([2, 9.5, 3]);
  });

  test("a name that nothing has is refused, with those that there are", () => {
    const names = ["a", "b"];
    expect(pick(names, ["b"], String)).toEqual(["b"]);
    expect(pick(names, undefined, String)).toEqual(names);
    expect(() => pick(names, ["c"], String)).toThrow('expected one of a, b; got "c"');
  });
});
