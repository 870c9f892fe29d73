// Cloudflare's workerd, which compiles no bytes: the package's `workerd` condition must bring the .wasm files in.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { startWorkerd } from "../../examples/worker/local.js";
import type { PackedProject } from "../support/packed.js";
import { bundle } from "./bundle.js";
import type { Engine, Ran } from "./engine.js";
import { limited, start } from "./start.js";

/** The time of a worker may stand still until it has waited for something. */
const WORKER = `
  async function clock() {
    await scheduler.wait(0);
    return performance.now();
  }
  export default { fetch: async () => Response.json(await program(load, clock)) };`;

export const workerd: readonly Engine[] = [
  { name: "workerd", backend: "relaxed-simd", gate: true, install: "npm ci", open: () => run },
];

async function run(project: PackedProject): Promise<Ran> {
  // As wrangler bundles: .wasm imports are left to the runtime.
  const script = await bundle("workerd", project, WORKER, { format: "esm", loader: { ".wasm": "copy" } });
  const miniflare = await start("workerd", () => startWorkerd(script));
  try {
    const response = await limited("the worker", 80_000, miniflare.dispatchFetch("http://localhost/"));
    const body = await response.text();
    assert.equal(response.status, 200, body);
    const { version } = createRequire(import.meta.url)("workerd/package.json");
    return { runtime: `workerd ${version}`, result: JSON.parse(body) };
  } finally {
    await miniflare.dispose();
  }
}
