// Cloudflare's workerd, which compiles no bytes: the package's `workerd` condition must bring the .wasm files in.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { limited, start } from "../engines/start.js";
import type { PackedProject } from "../support/packed.js";
import type { Report } from "./check.js";

const WORKER = `
  import * as library from "softmax-simd";
  import * as learn from "softmax-simd/learn";
  import * as sampling from "softmax-simd/sampling";
  import * as reference from "softmax-simd/reference";
  import { check } from "./check.js";
  export default { fetch: () => Response.json(check({ library, learn, sampling, reference })) };`;
const BUNDLES = ["index.workerd", "learn.workerd", "reference", "sampling.workerd"];

export async function runInWorkerd(project: PackedProject): Promise<Report> {
  const directory = await bundle(project);
  const miniflare = await start("workerd", () => startMiniflare(directory));
  try {
    const response = await limited("the worker", 60_000, miniflare.dispatchFetch("http://localhost/"));
    const body = await response.text();
    assert.equal(response.status, 200, body);
    return JSON.parse(body);
  } finally {
    await miniflare.dispose();
  }
}

/** Bundles a worker as wrangler does: the `workerd` condition first, .wasm imports left to the runtime. */
async function bundle(project: PackedProject): Promise<string> {
  writeFileSync(join(project.directory, "worker.js"), WORKER);
  const outdir = join(project.directory, "worker");
  const { metafile } = await build({
    absWorkingDir: project.directory,
    entryPoints: ["worker.js"],
    bundle: true,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    loader: { ".wasm": "copy" },
    outdir,
    metafile: true,
    logLevel: "warning",
  });
  const files = Object.keys(metafile.inputs).filter((file) => /\/dist\/.*\.js$/.test(file));
  assert.deepEqual(
    files.sort(),
    BUNDLES.map((bundle) => `node_modules/softmax-simd/dist/${bundle}.js`),
  );
  return outdir;
}

async function startMiniflare(directory: string): Promise<Miniflare> {
  const miniflare = new Miniflare({
    modules: true,
    modulesRoot: directory,
    scriptPath: join(directory, "worker.js"),
    modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
    compatibilityDate: "2025-01-01",
    // No request to Cloudflare for the properties of a request.
    cf: false,
  });
  try {
    await miniflare.ready;
    return miniflare;
  } catch (error) {
    await miniflare.dispose();
    throw error;
  }
}
