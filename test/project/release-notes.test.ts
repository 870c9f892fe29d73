// The notes that a release is published with, or why it is not.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { releaseNotes } from "../../scripts/changelog.js";

const CHANGELOG = `# Changelog

All notable changes.

## 1.10.0 (2027-02-01)

- Later.

## 1.1.0-rc.1 (2027-01-08)

- A candidate.

## 1.1.0 (2027-01-09)

- \`softmax\` along
  any axis, and
  - of nested arrays,
    too.
- Faster.

Thanks to all.

## 1.0.1 (unreleased)

- Not yet.

## 1.0.0 (2026-12-24)
`;

describe("releaseNotes", () => {
  it("are the version's section and no other, each entry on one line", () => {
    expect(releaseNotes("v1.1.0", "1.1.0", CHANGELOG)).toBe(
      "- `softmax` along any axis, and\n  - of nested arrays, too.\n- Faster.\n\nThanks to all.",
    );
    expect(releaseNotes("v1.10.0", "1.10.0", CHANGELOG)).toBe("- Later.");
    expect(releaseNotes("v1.1.0-rc.1", "1.1.0-rc.1", CHANGELOG)).toBe("- A candidate.");
  });

  it("are the same where lines end as on Windows", () => {
    expect(releaseNotes("v1.1.0", "1.1.0", CHANGELOG.replaceAll("\n", "\r\n"))).toBe(
      releaseNotes("v1.1.0", "1.1.0", CHANGELOG),
    );
  });

  it.each([
    ["v1.1.1", "1.1.0", 'the tag is "v1.1.1", expected "v1.1.0": package.json\'s version'],
    ["1.1.0", "1.1.0", 'the tag is "1.1.0", expected "v1.1.0": package.json\'s version'],
    ["", "1.1.0", 'the tag is "", expected "v1.1.0": package.json\'s version'],
    ["v1.1", "1.1", 'CHANGELOG.md has no section headed "## 1.1 (YYYY-MM-DD)"'],
    ["v2.0.0", "2.0.0", 'CHANGELOG.md has no section headed "## 2.0.0 (YYYY-MM-DD)"'],
    ["v1.0.1", "1.0.1", 'CHANGELOG.md has a section headed "## 1.0.1 (unreleased)", expected "## 1.0.1 (YYYY-MM-DD)"'],
    ["v1.0.0", "1.0.0", "CHANGELOG.md says nothing of 1.0.0"],
  ])("of %j at version %s say what is wrong", (tag, version, message) => {
    expect(() => releaseNotes(tag, version, CHANGELOG)).toThrow(new Error(message));
  });
});

describe("scripts/release-notes.ts", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "softmax-simd-release-"));
    writeFileSync(join(directory, "package.json"), JSON.stringify({ version: "1.10.0" }));
    writeFileSync(join(directory, "CHANGELOG.md"), CHANGELOG);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));

  function run(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
    const tsx = createRequire(import.meta.url).resolve("tsx/cli");
    const script = resolve("scripts/release-notes.ts");
    return spawnSync(process.execPath, [tsx, script, ...args], { cwd: directory, encoding: "utf8" });
  }

  it("prints the notes alone", () => {
    expect(run("v1.10.0")).toMatchObject({ status: 0, stdout: "- Later.\n", stderr: "" });
  });

  it.each([
    { args: ["v1.1.0"], said: 'the tag is "v1.1.0", expected "v1.10.0": package.json\'s version\n' },
    { args: [], said: 'the tag is "", expected "v1.10.0": package.json\'s version\n' },
  ])("exits with 1 and prints no notes for $args", ({ args, said }) => {
    expect(run(...args)).toMatchObject({ status: 1, stdout: "", stderr: said });
  });
});

describe("CHANGELOG.md", () => {
  it("has a section on package.json's version", () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8"));
    const headings = [...readFileSync("CHANGELOG.md", "utf8").matchAll(/^## (\S+) \((.*)\)$/gm)];
    expect(headings.map(([, name]) => name)).toContain(version);
    for (const [, , when] of headings) expect(when).toMatch(/^(unreleased|\d{4}-\d\d-\d\d)$/);
  });
});
