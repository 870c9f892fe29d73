// Both Workers on this machine: bundled as wrangler bundles, run by workerd.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Miniflare, type MiniflareOptions } from "miniflare";
import { bundleWorker, type Service } from "../worker/local.js";
import front from "./wrangler.json" with { type: "json" };
import shard from "./wrangler.shard.json" with { type: "json" };

/** Starts the two, of which only the first is reached from outside. */
export async function startShards(): Promise<Service> {
  const directory = await mkdtemp(join(tmpdir(), "softmax-shards-"));
  try {
    for (const { name, main } of [front, shard]) {
      await bundleWorker(fileURLToPath(new URL(main, import.meta.url)), join(directory, name, "worker.js"));
    }
    const bindings = Object.fromEntries(front.services.map(({ binding, service }) => [binding, service]));
    const workers = [{ ...workerOf(directory, front), serviceBindings: bindings }, workerOf(directory, shard)];
    const miniflare = new Miniflare({ host: "127.0.0.1", port: 0, cf: false, workers } as MiniflareOptions);
    try {
      return { url: await miniflare.ready, [Symbol.asyncDispose]: () => miniflare.dispose() };
    } catch (error) {
      await miniflare.dispose();
      throw error;
    }
  } finally {
    // workerd has it all by now.
    await rm(directory, { recursive: true, force: true });
  }
}

/** A bundled Worker, in Miniflare's words. */
function workerOf(directory: string, config: typeof shard): object {
  return {
    name: config.name,
    modules: true,
    modulesRoot: join(directory, config.name),
    scriptPath: join(directory, config.name, "worker.js"),
    modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
    compatibilityDate: config.compatibility_date,
  };
}
