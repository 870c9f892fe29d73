// How engines are run and compared: with engines that are made up here.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Engine, Run } from "../engines/engine.js";
import { engines as all } from "../engines/list.js";
import { processEngine } from "../engines/processes.js";
import { type Digests, differences, type Report } from "../engines/report.js";
import { type Counts, conclude, runEngines, select } from "../engines/runner.js";
import { start } from "../engines/start.js";
import type { PackedProject } from "../support/packed.js";
import { runToEnd } from "../support/processes.js";
import { isCurrent } from "../support/rooms.js";

const GOOD: Report = {
  backend: "simd",
  reason: "",
  checks: 3,
  failures: [],
  bits: { rows: "a", columns: "b" },
  draws: "c",
};
const FALLBACK: Report = { ...GOOD, backend: "js", reason: "WebAssembly is not permitted here", bits: null };

let project: PackedProject;
beforeAll(() => {
  const directory = mkdtempSync(join(tmpdir(), "softmax-simd-engines-"));
  const remove = (): void => rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  project = { directory, packageDirectory: directory, files: [], run: () => "", remove };
  writeFileSync(join(directory, "package.json"), `{ "type": "module" }`);
});
afterAll(() => project.remove());

function engine(name: string, run: Run | undefined, given: Partial<Engine> = {}): Engine {
  return { name, backend: "simd", gate: true, install: `install ${name}`, open: () => run, ...given };
}

function reporting(name: string, report: unknown, given: Partial<Engine> = {}): Engine {
  return engine(name, async () => ({ runtime: `${name} 1.0`, result: report }), given);
}

const nothing = async (): Promise<void> => {};

async function run(
  engines: readonly Engine[],
  limit = 60_000,
  prepare: (engine: Engine) => Promise<void> = nothing,
): Promise<{ counts: Counts; printed: string }> {
  const lines: string[] = [];
  const counts = await runEngines(engines, { project, limit, prepare, print: (line) => lines.push(line) });
  return { counts, printed: lines.join("\n") };
}

describe("the comparison of engines", () => {
  const names = ["node20", "bun", "deno", "chromium"];
  const same = (): Digests[] => names.map((name) => ({ engine: name, bits: { rows: "a", columns: "b" }, draws: "c" }));

  it("finds nothing where all agree", () => {
    expect(differences(same())).toEqual([]);
  });

  it("names the case, the engines that differ and those they differ from", () => {
    const digests = same().map((given) =>
      given.engine === "bun" ? { ...given, bits: { rows: "a", columns: "x" } } : given,
    );
    expect(differences(digests)).toEqual(["bits of columns: bun differ from node20, deno, chromium"]);
  });

  it("tells engines apart that differ from one another too", () => {
    const digests = same().map((given, i) => (i < 2 ? { ...given, draws: given.engine } : given));
    expect(differences(digests)).toEqual(["draws: node20; bun differ from deno, chromium"]);
  });

  it("counts a case that an engine lacks as a difference", () => {
    const digests = same().map((given) => (given.engine === "deno" ? { ...given, bits: { rows: "a" } } : given));
    expect(differences(digests)).toEqual(["bits of columns: deno (has none) differ from node20, bun, chromium"]);
  });

  it("names every case in which one engine is alone, and no other", () => {
    const cases = fc.uniqueArray(fc.stringMatching(/^[a-z0-9 ]{1,9}$/), { minLength: 1, maxLength: 6 });
    const alone = fc.record({ cases, wrong: fc.infiniteStream(fc.boolean()), culprit: fc.constantFrom(...names) });
    fc.assert(
      fc.property(alone, ({ cases, wrong, culprit }) => {
        const isWrong = cases.map(() => wrong.next().value as boolean);
        const digests = names.map((name) => {
          const digest = (i: number): string => (name === culprit && isWrong[i] ? "wrong" : "right");
          return { engine: name, bits: Object.fromEntries(cases.map((given, i) => [given, digest(i)])), draws: "c" };
        });
        const others = names.filter((name) => name !== culprit).join(", ");
        const expected = cases.filter((_, i) => isWrong[i]);
        expect(differences(digests).sort()).toEqual(
          expected.map((given) => `bits of ${given}: ${culprit} differ from ${others}`).sort(),
        );
      }),
    );
  });
});

describe("a run", () => {
  it("passes where each engine's report is good, and the comparison counts as a test", async () => {
    const { counts, printed } = await run([reporting("one", GOOD), reporting("two", GOOD)]);
    expect(counts).toEqual({ passed: 3, failed: 0, skipped: 0 });
    expect(printed).toMatch(/^ok {3}one +one 1\.0: simd, 3 checks, /m);
    expect(printed).toMatch(/^ok {3}2 cases .* the same to the bit: one, two$/m);
  });

  it("fails where engines differ, though each is good by itself", async () => {
    const other = { ...GOOD, bits: { ...GOOD.bits, rows: "x" } };
    const { counts, printed } = await run([reporting("one", GOOD), reporting("two", GOOD), reporting("three", other)]);
    expect(counts).toEqual({ passed: 3, failed: 1, skipped: 0 });
    expect(printed).toContain("bits of rows: three differ from one, two");
  });

  it("compares nothing with an engine that no kernel serves", async () => {
    const fallback = reporting("js", { ...FALLBACK, draws: "other" }, { backend: "js", reason: /not permitted/ });
    const { counts, printed } = await run([reporting("one", GOOD), fallback, reporting("two", GOOD)]);
    expect(counts).toEqual({ passed: 4, failed: 0, skipped: 0 });
    expect(printed).toContain("to the bit: one, two");
  });

  it("takes no bits from an engine with a program of its own, which is there before it runs", async () => {
    const { bits, draws, ...own } = GOOD;
    const prepared: (string | undefined)[] = [];
    const engines = [reporting("one", GOOD), reporting("two", GOOD), reporting("three", own, { program: "own.ts" })];
    const { counts, printed } = await run(engines, 60_000, async ({ program }) => void prepared.push(program));
    expect(prepared).toEqual([undefined, undefined, "own.ts"]);
    expect(counts).toEqual({ passed: 4, failed: 0, skipped: 0 });
    expect(printed).toContain("to the bit: one, two");
  });

  it("fails where a program of an engine's own does", async () => {
    const { counts } = await run([reporting("one", { ...GOOD, failures: ["wrong"] }, { program: "own.ts" })]);
    expect(counts).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it.each<[string, unknown, Partial<Engine>, string]>([
    ["a failed check", { ...GOOD, failures: ["softmax: got 1, expected 2"] }, {}, "softmax: got 1, expected 2"],
    ["no check", { ...GOOD, checks: 0 }, {}, "no assertion was made"],
    ["another backend", { ...GOOD, backend: "js", reason: "none" }, {}, "got backend js (none), expected simd"],
    ["another reason", FALLBACK, { backend: "js", reason: /no SIMD/ }, `"${FALLBACK.reason}", expected /no SIMD/`],
    ["no bits", { ...GOOD, bits: null }, {}, "the baseline module gave no results"],
    ["an empty set of bits", { ...GOOD, bits: {} }, {}, "the baseline module gave no results"],
    ["kernels in disguise", { ...FALLBACK, bits: GOOD.bits }, { backend: "js" }, "where no kernel may serve"],
    ["a pool in another memory", { ...GOOD, memory: "transferred" }, { memory: "shared" }, "got memory transferred ("],
    ["no pool", GOOD, { memory: "none" }, "got memory undefined ("],
    ["no report", { ok: true }, {}, `expected a report, got {"ok":true}`],
    ["nothing", null, {}, "expected a report, got null"],
  ])("fails on %s", async (_, report, given, said) => {
    const { counts, printed } = await run([reporting("one", report, given)]);
    expect(counts).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(printed).toMatch(/^FAIL one /);
    expect(printed).toContain(said);
  });

  it("says what installs a missing engine, and goes on", async () => {
    const { counts, printed } = await run([engine("gone", undefined), reporting("one", GOOD)]);
    expect(counts).toEqual({ passed: 1, failed: 0, skipped: 1 });
    expect(printed).toMatch(/^skip gone +not installed: install gone$/m);
  });

  it("fails on an engine that takes too long, and goes on", async () => {
    const { counts, printed } = await run([engine("slow", () => new Promise(() => {})), reporting("one", GOOD)], 20);
    expect(counts).toEqual({ passed: 1, failed: 1, skipped: 0 });
    expect(printed).toContain("slow took more than 0.02 s");
  });
});

describe("tries", () => {
  /** An engine of which so many starts fail. */
  function failing(starts: number, program: () => Promise<unknown>): { engine: Engine; tries: () => number } {
    const attempt = vi.fn(async () => {
      if (attempt.mock.calls.length <= starts) throw new Error("no display");
    });
    const open: Run = async () => {
      await start("it", attempt);
      return { runtime: "it 1.0", result: await program() };
    };
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    return { engine: engine("it", open), tries: () => attempt.mock.calls.length };
  }

  it("gives a start a second chance", async () => {
    const { engine, tries } = failing(1, async () => GOOD);
    expect((await run([engine])).counts.passed).toBe(1);
    expect(tries()).toBe(2);
  });

  it("gives a start no third chance", async () => {
    const program = vi.fn(async () => GOOD);
    const { engine, tries } = failing(2, program);
    const { counts, printed } = await run([engine]);
    expect(counts.failed).toBe(1);
    expect(printed).toContain("no display");
    expect([tries(), program.mock.calls.length]).toEqual([2, 0]);
  });

  it.each([
    ["that fails checks", async () => ({ ...GOOD, failures: ["wrong"] })],
    ["that throws", () => Promise.reject(new Error("wrong"))],
  ])("gives a program %s one chance", async (_, made) => {
    const program = vi.fn<() => Promise<unknown>>(made);
    const { engine, tries } = failing(0, program);
    const { counts, printed } = await run([engine]);
    expect(counts.failed).toBe(1);
    expect(printed).toContain("wrong");
    expect([tries(), program.mock.calls.length]).toEqual([1, 1]);
  });
});

describe("what is asked for", () => {
  const engines = [reporting("one", GOOD), reporting("two", GOOD, { gate: false }), engine("three", undefined)];
  const namesOf = (names: readonly string[], gate = false): string[] =>
    select(engines, { names, gate }).map(({ name }) => name);

  it("is all engines, those that are named, or the gate's", () => {
    expect(namesOf([])).toEqual(["one", "two", "three"]);
    expect(namesOf(["three", "one"])).toEqual(["one", "three"]);
    expect(namesOf([], true)).toEqual(["one", "three"]);
    expect(() => namesOf(["four"])).toThrow(new RangeError('got engine "four", expected one of one, two, three'));
  });

  it("is in each engine, by its name", () => {
    const names = all.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const pools = all.filter(({ name }) => name.endsWith("-pool"));
    expect(pools.filter(({ gate }) => gate).map(({ name }) => name)).toEqual(
      expect.arrayContaining(["node20-pool", "node24-pool", "chromium-pool", "chromium-isolated-pool"]),
    );
    for (const { program } of pools) expect(program).toMatch(/parallel\.ts$/);
  });

  it("holds with a skip, unless --gate or --all forbids that", async () => {
    const { counts } = await run(engines);
    expect(conclude(counts, true)).toEqual({ line: "3 passed, 0 failed, 1 skipped", ok: true });
    expect(conclude(counts, false).ok).toBe(false);
    expect(conclude({ ...counts, skipped: 0 }, false).ok).toBe(true);
  });

  it("does not hold with a failure, nor where nothing ran", () => {
    expect(conclude({ passed: 3, failed: 1, skipped: 0 }, true).ok).toBe(false);
    expect(conclude({ passed: 0, failed: 0, skipped: 3 }, true).ok).toBe(false);
  });
});

describe("an engine that is a process", () => {
  const own = processEngine({ name: "own", backend: "simd", gate: false, binary: () => process.execPath });

  async function runProgram(source: string): Promise<Awaited<ReturnType<Run>>> {
    writeFileSync(join(project.directory, "program.js"), source);
    return own.open()!(project);
  }

  it("tells its version beside the program's result, whatever else it prints", async () => {
    const program = `export default async (load, clock) => { console.log("hello"); return typeof (await clock()); };`;
    expect(await runProgram(program)).toEqual({ runtime: `node ${process.versions.node}`, result: "number" });
  });

  it("sees nothing of the caller's settings", async () => {
    vi.stubEnv("NODE_OPTIONS", "--no-such-option");
    onTestFinished(() => void vi.unstubAllEnvs());
    const program = `export default async () => process.env.NODE_OPTIONS ?? "none";`;
    expect((await runProgram(program)).result).toBe("none");
  });

  it("fails with what a program said that threw", async () => {
    await expect(runProgram(`export default async () => { throw new RangeError("out"); };`)).rejects.toThrow(
      /ended with 1\n[\s\S]*RangeError: out/,
    );
  });

  it("fails where a program ends without a result", async () => {
    await expect(runProgram("export default async () => process.exit(0);")).rejects.toThrow("without a result");
  });

  it("is not there without a binary", () => {
    expect(processEngine({ ...own, binary: () => undefined }).open()).toBeUndefined();
  });

  it("that hangs is ended and reported", async () => {
    const command = { command: process.execPath, args: ["--eval", "setInterval(() => {}, 1000)"], cwd: "." };
    const hanging = engine("hanging", async () => ({ runtime: "", result: await runToEnd(command, 300) }));
    const { counts, printed } = await run([hanging]);
    expect(counts).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(printed).toContain("took more than 0.3 s");
  });
});

describe("a room of packages", () => {
  function room(wanted: Record<string, string>, installed: Record<string, string>): string {
    const directory = mkdtempSync(join(project.directory, "room-"));
    writeFileSync(join(directory, "package.json"), JSON.stringify({ dependencies: wanted }));
    for (const [name, version] of Object.entries(installed)) {
      mkdirSync(join(directory, "node_modules", name), { recursive: true });
      writeFileSync(join(directory, "node_modules", name, "package.json"), JSON.stringify({ version }));
    }
    return directory;
  }

  const wanted = { plain: "1.2.3", "@scope/name": "4.5.6", alias: "npm:@other/name@20.20.2" };
  const there = { plain: "1.2.3", "@scope/name": "4.5.6", alias: "20.20.2" };

  it("is current with the exact versions, of aliases too", () => {
    expect(isCurrent(room(wanted, there))).toBe(true);
  });

  it.each([{ plain: "2.3" }, { plain: "1.2.4" }, { "@scope/name": "5.6" }, { alias: "20.2" }, { alias: "0.20.2" }])(
    "is not current with %o",
    (other) => {
      expect(isCurrent(room(wanted, { ...there, ...other }))).toBe(false);
    },
  );

  it("is not current without a package", () => {
    expect(isCurrent(room(wanted, { plain: "1.2.3" }))).toBe(false);
  });
});
