// docs/abi.md against the binaries, the kernels' sources and the published types; and its example.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PUBLISHED, type PublishedName } from "../../scripts/modules.js";
import {
  KERNELS,
  LEARN_KERNELS,
  SAMPLING_KERNELS,
  SCRATCH_BYTES,
  samplingWorkBytes,
  selectionBytes,
} from "../../src/abi.js";
import { layoutOf, type Signature } from "../support/signatures.js";

interface Documented {
  readonly names: readonly string[];
  readonly signature: Signature;
}

const page = readFileSync("docs/abi.md", "utf8");
const names = Object.keys(PUBLISHED) as PublishedName[];
const binaries = names.map((name) => new Uint8Array(readFileSync(`build/${name}.wasm`)));

/** The kernels under each heading of the second level. */
const documented = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((part) => [part.slice(0, part.indexOf("\n")), kernelsIn(part)]),
);
const all = Object.assign({}, ...documented.values()) as Readonly<Record<string, Documented>>;

/** The tables under headings of kernels. */
function kernelsIn(part: string): Record<string, Documented> {
  const kernels = part.split(/^### /m).slice(1);
  return Object.fromEntries(
    kernels.flatMap((text) => {
      const called = codeIn(text.slice(0, text.indexOf("\n")));
      const rows = [...text.matchAll(/^\| (.+?) \| ([if]\d\d(?: \/ [if]\d\d)?) \|/gm)] as unknown as [
        string,
        string,
        string,
      ][];
      return called.map((name, i) => [name, documentedBy(rows, i)]);
    }),
  );
}

/** Of the function that stands `i`-th in the heading. */
function documentedBy(rows: readonly (readonly [string, string, string])[], i: number): Documented {
  const typed = rows.flatMap(([, cell, type]) => {
    const types = type.split(" / ");
    return (cell === "returns" ? [cell] : codeIn(cell)).map((name) => ({ name, type: types[i] ?? types[0] }));
  });
  const parameters = typed.filter(({ name }) => name !== "returns");
  const results = typed.filter(({ name }) => name === "returns");
  const typesOf = (list: typeof typed) => list.map(({ type }) => type) as Signature["parameters"];
  return {
    names: parameters.map(({ name }) => name),
    signature: { parameters: typesOf(parameters), results: typesOf(results) },
  };
}

function codeIn(text: string): string[] {
  return [...text.matchAll(/`(\w+)`/g)].map(([, code]) => code as string);
}

/** Names and types of the parameters that the exported functions have in the kernels' sources. */
function inSources(): Readonly<Record<string, readonly string[]>> {
  const sources = readdirSync("assembly").map((file) => readFileSync(`assembly/${file}`, "utf8"));
  const found = sources.flatMap((text) => [...text.matchAll(/^export function (\w+)\(([^)]*)\)/gm)]);
  return Object.fromEntries(found.map(([, name, list]) => [name, parametersIn(list as string)]));
}

/** The same in the published types. */
function inTypes(): Readonly<Record<string, readonly string[]>> {
  const text = readFileSync("src/kernel-types.ts", "utf8");
  const types = Object.fromEntries(
    [...text.matchAll(/^type (\w+) = \(([^)]*)\) =>/gm)].map(([, name, list]) => [name, parametersIn(list as string)]),
  );
  const members = [...text.matchAll(/^ {2}readonly (\w+): (\w+);$/gm)];
  return Object.fromEntries(members.map(([, name, type]) => [name, types[type as string] ?? []]));
}

function parametersIn(list: string): string[] {
  return [...list.matchAll(/(\w+):/g)].map(([, name]) => name as string);
}

/** The modules that a row of the page's first table names, and the kernels that it names. */
const rows = page
  .split("\n")
  .filter((line) => /^\| `[\w.-]+\.wasm`/.test(line))
  .map((line) => {
    const [, files = "", kernels = ""] = line.split("|");
    const [, heading] = /\[(.+?)\]/.exec(kernels) ?? [];
    const modules = [...files.matchAll(/`([\w.-]+)\.wasm`/g)].map(([, name]) => name as PublishedName);
    const own = Object.keys(documented.get(`Kernels ${heading}`) ?? {});
    return { modules, kernels: [...own, ...codeIn(kernels)] };
  });

describe("docs/abi.md", () => {
  it("names every module, and the kernels that it exports", () => {
    expect(rows.flatMap(({ modules }) => modules).sort()).toEqual([...names].sort());
    names.forEach((name, i) => {
      const told = rows.find(({ modules }) => modules.includes(name))?.kernels ?? [];
      expect([...told].sort(), name).toEqual(Object.keys(layoutOf(binaries[i]!).functions).sort());
    });
  });

  it.each(names)("has the types that %s.wasm gives its kernels, and says what else it exports", (name) => {
    const { functions, others, memory } = layoutOf(binaries[names.indexOf(name)]!);
    for (const [kernel, signature] of Object.entries(functions)) {
      expect(all[kernel]?.signature, kernel).toEqual(signature);
    }
    expect(memory).toEqual({ initial: 17, maximum: undefined });
    expect(page).toContain(`17 pages (${(17 * 65_536).toLocaleString("en")} bytes) at first and without a maximum`);
    expect([...others].sort()).toEqual(["heapBase", "memory", "relaxed"]);
    for (const other of others) expect(page).toContain(`\n| \`${other}\` | `);
  });

  it("names the parameters as the kernels' sources and the published types do", () => {
    const sources = inSources();
    const types = inTypes();
    expect(Object.keys(all).length).toBeGreaterThan(30);
    for (const [kernel, { names }] of Object.entries(all)) {
      expect(names, kernel).toEqual(sources[kernel]);
      expect(types[kernel], kernel).toEqual(sources[kernel]);
    }
  });

  it("counts parameters as src/abi.ts does", () => {
    const counts = { ...KERNELS, ...LEARN_KERNELS, ...SAMPLING_KERNELS };
    expect(Object.fromEntries(Object.entries(all).map(([kernel, { names }]) => [kernel, names.length]))).toEqual(
      counts,
    );
  });

  it("states how much scratch and work memory there has to be", () => {
    expect(page).toContain(`is ${SCRATCH_BYTES} bytes`);
    const [, fixed, each] = /(\d+) \+ (\d+) × columns bytes/.exec(page) ?? [];
    const [, fixedToo, eachToo, block, step] =
      /(\d+) \+ (\d+) × columns \+ (\d+) × ⌈columns \/ (\d+)⌉/.exec(page.replace(/\s+/g, " ")) ?? [];
    for (const columns of [1, 255, 256, 257, 50_000]) {
      expect(Number(fixed) + Number(each) * columns).toBe(selectionBytes(columns));
      const blocks = Number(block) * Math.ceil(columns / Number(step));
      expect(Number(fixedToo) + Number(eachToo) * columns + blocks).toBe(samplingWorkBytes(columns));
    }
  });

  it("has an example that runs, and prints what it says", () => {
    const [, program = ""] = /^```js\n([\s\S]*?)^```$/m.exec(page) ?? [];
    const [, stated = ""] = /console\.log\(.*\); \/\/ (.*)$/m.exec(program) ?? [];
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(stdout.trim()).toBe(stated);
  });
});
