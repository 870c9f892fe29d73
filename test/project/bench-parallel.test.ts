import { describe, expect, test } from "vitest";
import { type Case, largeCases, MODES, type Mode, OP_NAMES } from "../../bench/cases.js";
import { checkValues } from "../../bench/check.js";
import type { Contender, FloatArray } from "../../bench/contender.js";
import { find, threaded } from "../../bench/contenders.js";
import { logits } from "../../bench/data.js";
import type { Timing } from "../../bench/measure.js";
import { batchesOf, ops } from "../../bench/ops.js";
import { subject } from "../../bench/ours.js";
import {
  type ParallelReport,
  parallelHeading,
  parallelTables,
  rivalRows,
  speedupRows,
  togetherRows,
} from "../../bench/parallel-report.js";
import { isCompared, pool, poolBackend } from "../../bench/pool.js";
import { sectionsOf } from "../../bench/report.js";
import { topKBySort, topKRows } from "../../bench/sampling-loops.js";
import { blocksOf } from "../../bench/stopwatch.js";
import { aligned } from "../../bench/table.js";

async function compute(contender: Contender, given: Case, mode: Mode): Promise<FloatArray> {
  const prepare = await contender.load(given, mode);
  const { run, result } = await prepare(batchesOf(given)());
  await run();
  return result();
}

const POOLED = OP_NAMES.filter((op) => largeCases.some((given) => given.op === op));

describe.each(POOLED)("%s by the pool", (op) => {
  const given: Case = { op, rows: 300, columns: 1000, dtype: "float32", axis: -1 };

  test.each(MODES)("%s, is that of one thread, and agrees with float64", async (mode) => {
    const { exact, floor } = ops[op];
    const values = await compute(pool, given, mode);
    expect(values).toEqual(await compute(subject, given, mode));
    expect(checkValues(pool.name, values, exact(batchesOf(given)()), undefined, floor)).toBeLessThan(1e-5);
  });
});

test("the exact selection is that of a sort of each row", () => {
  const given: Case = { op: "topK", rows: 3, columns: 70, dtype: "float32", axis: -1 };
  const x = logits(given) as Float32Array;
  const rows = [0, 70, 140].map((start) => topKBySort(x.subarray(start, start + 70), 5));
  const expected = [
    ...rows.flatMap(({ values }) => [...values]),
    ...rows.flatMap(({ indices }) => Array.from(indices)),
  ];
  expect([...topKRows(x, given, 5)]).toEqual(expected);
});

test("calls back to back are all counted, for as long as asked", async () => {
  for (const value of [undefined, Promise.resolve()]) {
    let calls = 0;
    const run = (): unknown => {
      calls++;
      return value;
    };
    const { busy } = await blocksOf("calls", [{ run, result: () => Float32Array.of(1) }]);
    const [before, start] = [calls, performance.now()];
    const rate = await busy(20);
    const atMost = (calls - before) / 20;
    const atLeast = (calls - before) / (performance.now() - start);
    expect(rate / 1000).toBeLessThanOrEqual(atMost * 1.0001);
    expect(rate / 1000).toBeGreaterThanOrEqual(atLeast * 0.9999);
  }
});

describe("what is compared", () => {
  const compared = largeCases.filter(isCompared);

  test("are three cases of softmax", () => {
    expect(compared.map(({ op, rows, columns }) => [op, rows, columns])).toEqual([
      ["softmax", 256, 1000],
      ["softmax", 4096, 1000],
      ["softmax", 64, 131072],
    ]);
  });

  test.each(["node20", "chromium"])(
    "in %s: one thread and the pool everywhere, rivals in those cases alone",
    (engine) => {
      const [one, pooled, ...rivals] = threaded(engine);
      expect([one, pooled]).toEqual([subject, pool]);
      for (const given of largeCases) {
        expect(rivals.every((rival) => rival.takes(given, "resident") === isCompared(given))).toBe(true);
      }
      expect(rivals.map(({ name }) => find(name).name)).toEqual(rivals.map(({ name }) => name));
    },
  );
});

function timing(contender: string, label: string, mode: Mode, steady: number, busy?: number): Timing {
  const times = { steady, best: steady, rounds: [steady], first: 9000, tenth: 500, error: 1e-7, busy };
  return { contender, op: "softmax", case: label, mode, elements: 100, ...times };
}

/** As if measured: the pool twice as quick at the first case, 3 µs slower at the second. */
const report: ParallelReport = {
  harness: "parallel",
  command: "npm run bench:parallel -- --engine node20",
  engine: "node20",
  subject: subject.name,
  date: "2026-11-01",
  cpu: "A processor",
  cores: 2,
  platform: "linux x64",
  runtime: "node 20.0.0",
  backend: { backend: "simd", reason: "made up" },
  versions: { "softmax-simd": "1.2.3", rival: "4.5.6" },
  protocol: { rounds: 7, blockMs: 50, warmupMs: 10, sampleMs: 1, seed: 1, ringBytes: 80 * 2 ** 20, malloc: {} },
  pool: { backend: "simd", reason: "made up", threads: 2, memory: "shared" },
  together: [{ case: "2x50", alone: [100, 101, 99], both: [190, 180, 200], ratio: 1.9 }],
  results: [
    timing(subject.name, "2x50", "resident", 10_000, 1),
    timing(pool.name, "2x50", "resident", 5_000, 1.94),
    timing("rival", "2x50", "resident", 15_000, 1.5),
    timing(subject.name, "1x100", "resident", 20_000),
    timing(pool.name, "1x100", "resident", 23_000),
  ],
};

describe("the report", () => {
  const [section] = sectionsOf(report);

  test("has one thread's time over the pool's, and what the pool takes more", () => {
    expect(speedupRows(section!).slice(1)).toEqual([
      ["2x50", "10.0", "5.00", "2.00", "-5.00", "1.9"],
      ["1x100", "20.0", "23.0", "0.870", "+3.00", "-"],
    ]);
  });

  test("has the rivals' time over the pool's", () => {
    expect(rivalRows(section!).slice(1)).toEqual([["2x50", "rival", "15.0", "3.00x", "1.5"]]);
  });

  test("has the processes beside the pool", () => {
    expect(togetherRows(report).slice(1)).toEqual([["2x50", "100", "190", "1.90", "2.00"]]);
    expect(togetherRows({ ...report, results: [] })[1]!.at(-1)).toBe("-");
  });

  test("says what the pool was, and has a table for each op and mode", () => {
    expect(parallelHeading(report).join("\n")).toContain(
      "the pool: simd, 2 threads, memory shared; medians of 7 rounds",
    );
    const text = parallelTables(report, aligned);
    expect([...text.matchAll(/^(\S.*):$/gm)].map((match) => match[1])).toEqual([
      "softmax, resident",
      "softmax, resident, beside others",
      "2 independent processes, softmax, resident",
    ]);
  });
});

test("the pool has one thread beside the calling one", async () => {
  expect(await poolBackend()).toMatchObject({ threads: 1, memory: "shared" });
});
