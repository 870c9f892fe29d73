// Smoke tests of the packed package in Node, workerd and Chromium: `npm run test:smoke`, with `--all` where none may be
// skipped. Runs what dist/ holds: build first.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { hasChromium } from "../support/chromium.js";
import { installPacked, type PackedProject } from "../support/packed.js";
import type { Report } from "./check.js";
import { runInChromium } from "./chromium.js";
import { runInWorkerd } from "./workerd.js";

/** Softmax in float32 is this near to the reference. */
const TOLERANCE = 6e-7;
/** Coefficients trained in float64 are this near to Node's. */
const COEFFICIENT_TOLERANCE = 1e-6;

const counts = { passed: 0, failed: 0, skipped: 0 };
const project = installPacked();
try {
  await addCheck(project);
  const inNode = runInNode(project);
  await test("Node", async () => {
    assertServed(inNode, inNode);
    return `${process.versions.node}: ${describe(inNode)}`;
  });
  await test("workerd", async () => {
    const report = await runInWorkerd(project);
    assert.equal(report.backend, "relaxed-simd");
    assertServed(report, inNode);
    const { version } = createRequire(import.meta.url)("workerd/package.json");
    return `${version}: ${describe(report)}, deterministic results and draws as in Node`;
  });
  if (hasChromium) {
    await test("Chromium", async () => {
      const { version, plain, strict } = await runInChromium(project);
      assert.equal(plain.backend, "relaxed-simd");
      assertServed(plain, inNode);
      assertFallback(strict, inNode);
      return `${version}: ${describe(plain)}, deterministic results and draws as in Node; ${strict.backend} under a strict policy`;
    });
  } else {
    counts.skipped++;
    console.log("skip Chromium: no /usr/bin/chromium; `npm run setup:engines` installs it");
  }
} finally {
  project.remove();
}

const { passed, failed, skipped } = counts;
console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
if (skipped > 0 && process.argv.includes("--all")) console.log("failed: --all permits no skip");
if (failed > 0 || (skipped > 0 && process.argv.includes("--all"))) process.exitCode = 1;

/** Puts what the runtimes run into the project, without its types. */
async function addCheck({ directory }: PackedProject): Promise<void> {
  const source = readFileSync(fileURLToPath(new URL("check.ts", import.meta.url)), "utf8");
  const { code } = await transform(source, { loader: "ts", format: "esm" });
  writeFileSync(join(directory, "check.js"), code);
}

function runInNode({ run }: PackedProject): Report {
  const program = `
    import * as library from "softmax-simd";
    import * as learn from "softmax-simd/learn";
    import * as sampling from "softmax-simd/sampling";
    import * as reference from "softmax-simd/reference";
    import { check } from "./check.js";
    console.log(JSON.stringify(check({ library, learn, sampling, reference })));`;
  return JSON.parse(run(program));
}

async function test(name: string, body: () => Promise<string>): Promise<void> {
  try {
    console.log(`ok   ${name} ${await body()}`);
    counts.passed++;
  } catch (error) {
    console.log(`FAIL ${name}: ${error instanceof Error ? error.message : error}`);
    counts.failed++;
  }
}

/** The kernels serve, and the deterministic instance and sampling give the bits that they give in Node. */
function assertServed(report: Report, inNode: Report): void {
  assert.ok(report.verified, "verify() is not ok");
  assert.ok(report.largestDifference <= TOLERANCE, `${report.largestDifference} from the reference`);
  assert.equal(report.deterministic?.backend, "simd");
  assertSame("words of the deterministic results", report.deterministic?.bits, inNode.deterministic?.bits);
  assertSame("classes drawn", report.draws, inNode.draws);
  assertSame("words of the distribution drawn from", report.distribution, inNode.distribution);
  assertTrained(report, inNode);
}

/** JavaScript serves, and says so; it draws with the same random numbers. */
function assertFallback(report: Report, inNode: Report): void {
  assert.equal(report.backend, "js");
  assert.match(report.reason, /not permitted/);
  assert.ok(report.verified, "verify() of the fallback is not ok");
  assert.equal(report.deterministic, null);
  assert.notDeepEqual(report.distribution, inNode.distribution, "the kernels' distribution where none may run");
  const differing = countDiffering(report.draws, inNode.draws);
  assert.ok(
    differing <= 1,
    `${differing} classes drawn by the fallback differ from Node's, expected 1 at an edge at most`,
  );
  assertTrained(report, inNode);
}

function assertTrained({ trained }: Report, inNode: Report): void {
  assert.equal(trained.score, 1);
  const distances = inNode.trained.coef.map((value, i) => Math.abs(value - (trained.coef[i] ?? Number.NaN)));
  assert.ok(Math.max(...distances) <= COEFFICIENT_TOLERANCE, `coefficients ${Math.max(...distances)} from Node's`);
}

function assertSame(what: string, got: readonly number[] = [], expected: readonly number[] = []): void {
  assert.notEqual(expected.length, 0, `no ${what} in Node`);
  assert.equal(got.length, expected.length);
  const differing = countDiffering(got, expected);
  assert.equal(differing, 0, `${differing} of ${expected.length} ${what} differ from Node's`);
}

function countDiffering(got: readonly number[], expected: readonly number[]): number {
  return expected.filter((value, i) => value !== got[i]).length;
}

function describe({ backend, largestDifference }: Report): string {
  return `${backend}, verified, ${largestDifference.toExponential(1)} from the reference`;
}
