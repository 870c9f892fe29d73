// The program and the package as one script, for runtimes that find no packages by themselves.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import type { PackedProject } from "../support/packed.js";

/** Bundles what engines run into the one file that all of them take: program.js of the project. */
export async function bundleProgram(source: string, { directory }: PackedProject): Promise<void> {
  await build({
    entryPoints: [source],
    outfile: join(directory, "program.js"),
    bundle: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    logLevel: "warning",
  });
}

/** Where an entry begins: `program`, and the `load` that it is to be given. */
const BEGINNING = `
  import program from "./program.js";
  const load = {
    library: () => import("softmax-simd"),
    learn: () => import("softmax-simd/learn"),
    sampling: () => import("softmax-simd/sampling"),
    reference: () => import("softmax-simd/reference"),
  };`;

/** How a module begins: as src/ascii.ts writes it, and in base64. */
const KERNELS_AS_TEXT = ["z+z=z7%$$$", "AGFzbQEAAAA"];

/**
 * Bundles the program with the rest of an entry, as the platforms of an export condition do, and returns the path of the
 * script. Of the package's bundles it has to hold those of that condition and no others, and no kernels as text.
 */
export async function bundle(
  condition: "workerd" | "edge-light",
  { directory }: PackedProject,
  rest: string,
  options: BuildOptions,
): Promise<string> {
  const { metafile } = await build({
    ...options,
    absWorkingDir: directory,
    stdin: { contents: `${BEGINNING}\n${rest}`, resolveDir: directory, sourcefile: "entry.js" },
    bundle: true,
    target: "es2022",
    conditions: [condition, "worker", "browser"],
    outfile: `${condition}/entry.js`,
    metafile: true,
    logLevel: "warning",
  });
  const files = Object.keys(metafile.inputs).flatMap((path) => /\/softmax-simd\/dist\/(.*\.js)$/.exec(path)?.[1] ?? []);
  const expected = ["index", "learn", "sampling"].map((name) => `${name}.${condition}.js`);
  assert.deepEqual(files.sort(), [...expected, "reference.js"].sort());
  const script = join(directory, condition, "entry.js");
  const text = readFileSync(script, "utf8");
  for (const beginning of KERNELS_AS_TEXT) assert.ok(!text.includes(beginning), `kernels as text in ${script}`);
  return script;
}
