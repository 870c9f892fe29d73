// The conformance suite over the sources: all of it holds, by kernels and by the fallback; and it notices what is wrong.

import { build } from "esbuild";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import * as library from "../src/index.js";
import * as learn from "../src/learn.js";
import * as reference from "../src/reference.js";
import * as sampling from "../src/sampling.js";
import { bitsOf, drawsOf } from "./conformance/bits.js";
import { Digest } from "./conformance/digest.js";
import { contextOf, type Entries, type Loose } from "./conformance/entries.js";
import program, { SUBJECTS } from "./conformance/index.js";
import { Suite } from "./conformance/suite.js";
import type { Loaders } from "./engines/program.js";
import type { Report } from "./engines/report.js";
import { createFallback } from "./support/implementations.js";
import { MUTANTS } from "./support/mutants.js";
import { withoutKernels } from "./support/sampling.js";

afterEach(() => void vi.restoreAllMocks());

const TIMEOUT = 120_000;
const ENTRIES = { library, learn, sampling, reference } as unknown as Entries;

async function run(entries: Entries): Promise<Report> {
  const load = Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, async () => entry]));
  return (await program(load as unknown as Loaders, async () => performance.now())) as Report;
}

describe("by the kernels", () => {
  let report: Report;
  beforeAll(async () => {
    report = await run(ENTRIES);
  }, TIMEOUT);

  it("all of it holds", () => {
    expect(report.failures).toEqual([]);
    expect(report.checks).toBeGreaterThan(10_000);
    expect({ backend: report.backend, reason: report.reason }).toEqual(library.backend());
  });

  it(
    "digests are the same again, each of its own case",
    async () => {
      const bits = report.bits ?? {};
      expect(await bitsOf(ENTRIES)).toEqual(bits);
      expect(drawsOf(ENTRIES)).toBe(report.draws);
      for (const digest of [...Object.values(bits), report.draws]) expect(digest).toMatch(/^[0-9a-f]{16}$/);
      expect(Object.keys(bits).length).toBeGreaterThan(1000);
    },
    TIMEOUT,
  );
});

it(
  "all of it holds for the fallback, which has no bits to compare",
  async () => {
    withoutKernels();
    const ready = async (): Promise<void> => Promise.reject(new Error("no kernel can serve"));
    const createSoftmax = (options?: library.CreateOptions): library.Softmax =>
      options?.deterministic ? { ...library.createSoftmax(options), ready } : createFallback(options);
    const fallback = { ...library, ...createFallback(), createSoftmax };
    const report = await run({ ...ENTRIES, library: fallback } as unknown as Entries);
    expect(report.failures).toEqual([]);
    expect(report.checks).toBeGreaterThan(5_000);
    expect([report.backend, report.bits]).toEqual(["js", null]);
  },
  TIMEOUT,
);

describe("notices", () => {
  it.each(MUTANTS)(
    "%s, in %s",
    async (_, subject, entry, name, change) => {
      const real = (ENTRIES[entry] as unknown as Record<string, Loose>)[name] as Loose;
      const mutant = { ...ENTRIES[entry], [name]: (...args: readonly unknown[]) => change(real, ...args) };
      const suite = new Suite();
      const context = await contextOf(suite, { ...ENTRIES, [entry]: mutant });
      suite.group(subject, () => SUBJECTS[subject]?.(context));
      expect(suite.failures.length).toBeGreaterThan(0);
      expect(suite.failures.every((failure) => !failure.includes("deterministic,"))).toBe(true);
    },
    TIMEOUT,
  );

  it("a model that is not the best, in learn", async () => {
    class Careless extends learn.SoftmaxRegression {
      constructor(options: learn.SoftmaxRegressionOptions) {
        super({ ...options, C: 1 });
      }
    }
    const suite = new Suite();
    SUBJECTS["learn"]?.(
      await contextOf(suite, { ...ENTRIES, learn: { ...learn, SoftmaxRegression: Careless } } as unknown as Entries),
    );
    expect(suite.failures.join("\n")).toContain("SoftmaxRegression: C 0.5, tol 1e-9: gradient");
  });

  it("that the history is ignored, in sampling", async () => {
    class Forgetful extends sampling.Sampler {
      override accept(): void {}
    }
    const suite = new Suite();
    SUBJECTS["sampling"]?.(
      await contextOf(suite, { ...ENTRIES, sampling: { ...sampling, Sampler: Forgetful } } as unknown as Entries),
    );
    expect(suite.failures.join("\n")).toContain("Sampler: float32");
  });
});

describe("the collector", () => {
  it("counts checks and says what failed", () => {
    const suite = new Suite();
    suite.check("good", true, 1, 1);
    suite.check("bad", false, Float32Array.of(1, -0, NaN), [1n, { a: null }, "x"]);
    suite.group("broken", () => {
      suite.check("good too", true, 1, 1);
      throw new RangeError("too large");
    });
    expect(suite.checks).toBe(4);
    expect(suite.failures).toEqual([
      'bad: got Float32Array [1, -0, NaN], expected [1n, { a: null }, "x"]',
      "broken: threw RangeError: too large",
    ]);
  });

  it("keeps 20 failures at most, short ones", () => {
    const suite = new Suite();
    for (let i = 1; i <= 30; i++) suite.check(`check ${i}`, false, new Float64Array(1e6), 0);
    expect(suite.failures).toHaveLength(20);
    expect(suite.failures[18]).toMatch(/^check 19: got Float64Array \[0, 0, .*…, expected 0$/);
    expect(suite.failures[19]).toBe("and 11 more");
    expect(Math.max(...suite.failures.map(({ length }) => length))).toBeLessThan(400);
  });
});

describe("a digest", () => {
  const of = (...values: readonly number[]): string => new Digest().floats(Float32Array.from(values)).toString();

  it("tells the least differences apart", () => {
    const all = [
      of(1, 2),
      of(2, 1),
      of(1, 2, 0),
      of(1 + 2 ** -23, 2),
      of(1, 0),
      of(1, -0),
      of(1),
      of(),
      of(NaN),
      of(0),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(new Digest().floats(Float64Array.of(1, 1 + 2 ** -52)).toString()).not.toBe(
      new Digest().floats(Float64Array.of(1, 1)).toString(),
    );
  });

  it("counts every NaN as the same", () => {
    const quiet = new Float32Array(new Uint32Array([0x3f800000, 0x7fc00000]).buffer);
    const odd = new Float32Array(new Uint32Array([0x3f800000, 0xff80dead]).buffer);
    expect(new Digest().floats(odd).toString()).toBe(new Digest().floats(quiet).toString());
    const wide = [
      [0, 0x7ff80000],
      [5, 0xfff00000],
    ].map((words) => new Digest().floats(new Float64Array(new Uint32Array(words).buffer)).toString());
    expect(wide[0]).toBe(wide[1]);
  });
});

it("is one file that needs nothing of where it runs", async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: ["test/conformance/index.ts"],
    bundle: true,
    platform: "neutral",
    format: "esm",
    target: "es2022",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([]);
  expect(Object.keys(metafile.inputs).filter((file) => !/^test\/(conformance|support)\//.test(file))).toEqual([]);
  expect(outputFiles[0]?.text).not.toMatch(/node:|\brequire\(|\bprocess\b|\bBuffer\b|\bsetTimeout\b/);
});
