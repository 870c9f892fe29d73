// What is installed is what was reviewed: exact versions with hashes, from the public registry.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const REGISTRY = "https://registry.npmjs.org/";
const DEPENDENCIES = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] as const;
const VERSION = /^(?:npm:(?:@[^@/]+\/)?[^@/]+@)?(\d+\.\d+\.\d+(?:-[\w.-]+)?)$/;

type Dependencies = Partial<Record<(typeof DEPENDENCIES)[number], Readonly<Record<string, string>>>>;
interface Locked extends Dependencies {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
}
interface LockFile {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, Locked>>;
}

/** The files of the repository whose names end so, those to be added included. */
function repositoryFiles(ending: string): string[] {
  const list = execFileSync("git", ["ls-files", "-co", "--exclude-standard", `*${ending}`], { encoding: "utf8" });
  return list.split("\n").filter((file) => file !== "" && file.split("/").at(-1) === ending);
}

function read<T>(file: string): T {
  return JSON.parse(readFileSync(file, "utf8"));
}

function pick(manifest: Dependencies): Dependencies {
  return Object.fromEntries(DEPENDENCIES.map((field) => [field, manifest[field] ?? {}]));
}

/** What keeps a locked package from being the one that was reviewed. */
function faultsOf([path, { resolved, integrity }]: [path: string, locked: Locked]): string[] {
  const faults: string[] = [];
  if (!/^sha512-[\w+/]{86}==$/.test(integrity ?? "")) faults.push(`${path}: integrity ${integrity}`);
  if (resolved !== undefined && !resolved.startsWith(REGISTRY)) faults.push(`${path}: resolved ${resolved}`);
  return faults;
}

const locks = repositoryFiles("package-lock.json");

it("every package.json with dependencies has a lock file beside it", () => {
  const manifests = repositoryFiles("package.json").filter((file) =>
    DEPENDENCIES.some((field) => read<Dependencies>(file)[field] !== undefined),
  );
  expect(manifests).toContain("package.json");
  expect(locks).toEqual(expect.arrayContaining(manifests.map((file) => file.replace(/\.json$/, "-lock.json"))));
});

describe.each(locks)("%s", (file) => {
  const { lockfileVersion, packages } = read<LockFile>(file);
  const { "": root = {}, ...locked } = packages;
  const manifest = read<Dependencies>(file.replace(/-lock\.json$/, ".json"));

  it("is in step with its package.json", () => {
    expect(lockfileVersion).toBe(3);
    expect(pick(root)).toEqual(pick(manifest));
  });

  it("holds the exact versions that its package.json asks for", () => {
    for (const [name, wanted] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
      expect(wanted, name).toMatch(VERSION);
      expect(locked[`node_modules/${name}`]?.version, name).toBe(VERSION.exec(wanted)?.[1]);
    }
  });

  it("has a hash for every package, and names no registry but the public one", () => {
    expect(Object.keys(locked).length).toBeGreaterThan(0);
    expect(Object.entries(locked).flatMap(faultsOf)).toEqual([]);
  });
});

describe("package.json", () => {
  const { allowScripts, ...manifest } = read<Dependencies & { allowScripts: Record<string, boolean> }>("package.json");

  it("asks for packages to develop with alone", () => {
    expect(pick(manifest)).toEqual({ ...pick({}), devDependencies: expect.any(Object) });
  });

  it("forbids every install script among them", () => {
    const { packages } = read<LockFile>("package-lock.json");
    const scripted = Object.keys(packages).filter((path) => packages[path]?.hasInstallScript);
    const names = scripted.map((path) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length));
    expect(allowScripts).toEqual(Object.fromEntries(names.map((name) => [name, false])));
  });
});
