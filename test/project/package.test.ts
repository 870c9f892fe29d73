// The package as npm packs and installs it: its files, its manifest, and what its bundles do and do not do.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { relaxedFlags } from "../../vitest.config.js";
import { installPacked, type PackedProject, readManifest } from "../support/packed.js";

/** The .wasm files that each bundle imports. */
const BUNDLES: Readonly<Record<string, readonly string[]>> = {
  "index.js": [],
  "index.workerd.js": ["./relaxed-simd.wasm", "./simd.wasm"],
  "index.edge-light.js": ["./simd.wasm?module"],
  "slim.js": [],
  "learn.js": [],
  "learn.workerd.js": ["./learn.relaxed-simd.wasm", "./learn.simd.wasm"],
  "learn.edge-light.js": ["./learn.simd.wasm?module"],
  "sampling.js": [],
  "sampling.workerd.js": ["./sampling.simd.wasm"],
  "sampling.edge-light.js": ["./sampling.simd.wasm?module"],
  "reference.js": [],
};
const [major, minor] = process.versions.node.split(".").map(Number) as [number, number];

let project: PackedProject;
beforeAll(() => {
  project = installPacked();
}, 120_000);
afterAll(() => project?.remove());

/** What a program prints as JSON. */
function run<T = unknown>(program: string, nodeFlags: readonly string[] = []): T {
  return JSON.parse(project.run(program, nodeFlags));
}

function read(file: string): string {
  return readFileSync(join(project.packageDirectory, file), "utf8");
}

describe("the packed files", () => {
  it("are these and no others", () => {
    expect(project.files).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "THIRD_PARTY_LICENSES.md",
      "dist/index.d.ts",
      "dist/index.edge-light.js",
      "dist/index.js",
      "dist/index.workerd.js",
      "dist/kernel-types.d.ts",
      "dist/learn.d.ts",
      "dist/learn.edge-light.js",
      "dist/learn.js",
      "dist/learn.relaxed-simd.wasm",
      "dist/learn.relaxed-simd.wasm.d.ts",
      "dist/learn.simd.wasm",
      "dist/learn.simd.wasm.d.ts",
      "dist/learn.workerd.js",
      "dist/partials.d.ts",
      "dist/reference.d.ts",
      "dist/reference.js",
      "dist/relaxed-simd.wasm",
      "dist/relaxed-simd.wasm.d.ts",
      "dist/sampling.d.ts",
      "dist/sampling.edge-light.js",
      "dist/sampling.js",
      "dist/sampling.simd.wasm",
      "dist/sampling.simd.wasm.d.ts",
      "dist/sampling.workerd.js",
      "dist/simd.wasm",
      "dist/simd.wasm.d.ts",
      "dist/slim.d.ts",
      "dist/slim.js",
      "dist/types.d.ts",
      "package.json",
    ]);
  });

  it("come with a manifest that installs nothing, runs nothing and names no missing file", () => {
    const manifest = readManifest(project);
    for (const field of ["dependencies", "optionalDependencies", "peerDependencies", "imports", "bin"]) {
      expect(manifest).not.toHaveProperty(field);
    }
    for (const script of ["preinstall", "install", "postinstall", "prepare"]) {
      expect(manifest["scripts"]).not.toHaveProperty(script);
    }
    for (const path of filesOf([manifest["exports"], manifest["types"]])) {
      expect(existsSync(join(project.packageDirectory, path)), path).toBe(true);
    }
  });

  it("name and license whatever the bundles take from others", () => {
    const notices = read("THIRD_PARTY_LICENSES.md");
    const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
    const sources = files.map((file) => readFileSync(join("src", file), "utf8")).join("\n");
    const packages = [...sources.matchAll(/ from "([^."][^"]*)"/g)].map(([, name]) => name as string).sort();
    expect(packages).toEqual(["@assemblyscript/loader"]);
    for (const name of packages) expect(notices).toContain(`## ${name} `);
    expect(notices).toContain(readFileSync("node_modules/assemblyscript/LICENSE", "utf8").trim());
    const kernels = readdirSync("assembly").map((file) => readFileSync(join("assembly", file), "utf8"));
    expect(kernels.some((source) => source.includes("fdlibm"))).toBe(true);
    expect(notices).toContain("Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.");
  });
});

/** The paths in a manifest field, however nested. */
function filesOf(field: unknown): string[] {
  if (typeof field === "string") return [field];
  return Object.values(field as object).flatMap(filesOf);
}

describe.each(Object.entries(BUNDLES))("dist/%s", (name, files) => {
  it("is one file, but for the .wasm where bytes may not be compiled, without top-level await", async () => {
    const { metafile } = await build({
      entryPoints: [join(project.packageDirectory, "dist", name)],
      bundle: true,
      external: ["*"],
      format: "esm",
      // The version of the language before top-level await: esbuild refuses to lower it.
      target: "es2021",
      write: false,
      metafile: true,
      logLevel: "silent",
    });
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
    expect(imports).toEqual(files);
  });

  it("makes no code of strings", () => {
    expect(read(`dist/${name}`).match(/\beval\s*\(|\bFunction\s*[(`]/g)).toBeNull();
  });

  it("begins with a notice that leads to the licences", () => {
    const [first] = read(`dist/${name}`).split("\n");
    expect(first).toMatch(/^\/\*! softmax-simd, MIT\. .*THIRD_PARTY_LICENSES\.md \*\/$/);
  });
});

describe("the installed package", () => {
  const PROGRAM = `
    import { backend, softmax, verify } from "softmax-simd";
    import { softmax as reference } from "softmax-simd/reference";
    const x = Float32Array.of(1, 2, 3);
    const values = [[...softmax(x)], [...reference(x)]];
    console.log(JSON.stringify({ values, ok: verify().ok, backend: backend().backend }));`;

  it.each([
    { name: "as it is", flags: [], backend: major < 22 ? "simd" : "relaxed-simd" },
    { name: "without eval", flags: ["--disallow-code-generation-from-strings"], backend: expect.any(String) },
    { name: "with relaxed SIMD", flags: relaxedFlags, backend: "relaxed-simd" },
  ])("works and verifies itself in Node $name", ({ flags, backend }) => {
    const printed = run<{ values: number[][]; ok: boolean; backend: string }>(PROGRAM, flags);
    expect(printed).toMatchObject({ ok: true, backend });
    for (const values of printed.values) {
      [0.09003057, 0.24472848, 0.66524094].forEach((expected, i) => {
        expect(values[i]).toBeCloseTo(expected, 7);
      });
    }
  });

  it.each(["simd", "relaxed-simd"])("has %s.wasm to resolve, read and compile", (name) => {
    const program = `
      import { readFileSync } from "node:fs";
      import { createRequire } from "node:module";
      import { createSoftmax } from "softmax-simd";
      const bytes = readFileSync(createRequire(import.meta.url).resolve("softmax-simd/${name}.wasm"));
      const made = [createSoftmax({ bytes }), createSoftmax({ module: new WebAssembly.Module(bytes) })];
      console.log(JSON.stringify(made.map(({ backend, verify }) => [backend().backend, verify().ok])));`;
    expect(run(program, relaxedFlags)).toEqual([
      [name, true],
      [name, true],
    ]);
  });

  it.runIf(major > 20 || minor >= 19)("can be required from CommonJS", () => {
    const program = `
      import { createRequire } from "node:module";
      const { softmax, verify } = createRequire(import.meta.url)("softmax-simd");
      console.log(JSON.stringify([[...softmax(Float64Array.of(0, 0))], verify().ok]));`;
    expect(run(program)).toEqual([[0.5, 0.5], true]);
  });

  it("can be dropped by a bundler whole when nothing of it is used", async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: ["", "/learn", "/sampling", "/reference"].map((entry) => `import "softmax-simd${entry}";`).join(""),
        resolveDir: project.directory,
      },
      bundle: true,
      write: false,
      format: "esm",
      logLevel: "error",
    });
    expect(outputFiles[0]?.text.trim()).toBe("");
  });

  it("has a reference without WebAssembly and without the loader", () => {
    expect(read("dist/reference.js").match(/WebAssembly|__newString|__pin/g)).toBeNull();
  });
});

describe("importing", () => {
  const ENTRIES = [
    { name: "softmax-simd", first: "entry.verify().ok && entry.softmax(x)", uses: ["WebAssembly"] },
    { name: "softmax-simd/slim", first: "entry.createSoftmax({ bytes }).softmax(x)", uses: ["WebAssembly"] },
    {
      name: "softmax-simd/learn",
      first: "new entry.SoftmaxRegression().fit(X, Y).predictProba(X)[0]",
      uses: ["WebAssembly"],
    },
    { name: "softmax-simd/sampling", first: "entry.logitsToProbs(x)", uses: ["WebAssembly"] },
    { name: "softmax-simd/reference", first: "entry.softmax(x)", uses: [] },
  ];

  /** Runs an entry in a realm with the language alone, where WebAssembly and the names of what hosts add note every use. */
  const program = (name: string, first: string): string => `
    import { readFileSync } from "node:fs";
    import { createContext, runInContext, SourceTextModule } from "node:vm";
    const read = (name, encoding) => readFileSync(new URL(import.meta.resolve(name)), encoding);
    const context = createContext({ used: [] });
    runInContext(\`
      const real = WebAssembly;
      globalThis.WebAssembly = new Proxy(real, {
        get(_, name) {
          used.push("WebAssembly");
          return real[name];
        },
      });
      for (const name of ["process", "require", "Buffer", "fetch", "document", "navigator", "Deno", "Bun", "TextDecoder"]) {
        Object.defineProperty(globalThis, name, { get: () => void used.push(name) });
      }\`, context);
    const globals = () => runInContext("Object.getOwnPropertyNames(globalThis)", context).length;
    const before = globals();
    const bundle = new SourceTextModule(read("${name}", "utf8"), { context });
    await bundle.link((name) => { throw new Error("imports " + name); });
    await bundle.evaluate();
    const atImport = [...context.used];
    const added = globals() - before;
    const entry = bundle.namespace;
    const [x, X, Y, bytes] = [new Float32Array(2), [[1], [1]], [0, 1], read("softmax-simd/simd.wasm")];
    const row = [...${first}];
    console.log(JSON.stringify({ atImport, added, row, used: [...new Set(context.used)] }));`;

  it.each(ENTRIES)("$name reads nothing, compiles nothing and leaves nothing behind", ({ name, first, uses }) => {
    const flags = ["--experimental-vm-modules", "--no-warnings"];
    expect(run(program(name, first), flags)).toEqual({ atImport: [], added: 0, row: [0.5, 0.5], used: uses });
  });
});
