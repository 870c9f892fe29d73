// The worker on this machine: bundled as wrangler bundles, run by workerd.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare, type MiniflareOptions } from "miniflare";
import wrangler from "./wrangler.json" with { type: "json" };

export interface Service extends AsyncDisposable {
  readonly url: URL;
}

export interface ServiceOptions {
  /** 0 is any that is free. */
  readonly port?: number;
  /** How long a body may stand still, in milliseconds. */
  readonly idle?: number;
  /** Leaves out what workerd logs. */
  readonly quiet?: boolean;
}

/** Bundles the worker and starts it on loopback. What it stores is kept in memory, and gone with it. */
export async function startService({ port = 0, idle, quiet = false }: ServiceOptions = {}): Promise<Service> {
  const directory = await mkdtemp(join(tmpdir(), "softmax-worker-"));
  try {
    const script = join(directory, "worker.js");
    await bundleWorker(fileURLToPath(new URL(wrangler.main, import.meta.url)), script);
    const miniflare = await startWorkerd(script, { host: "127.0.0.1", port, ...bindings(idle), ...(quiet && SILENT) });
    return { url: await miniflare.ready, [Symbol.asyncDispose]: () => miniflare.dispose() };
  } finally {
    // workerd has it all by now.
    await rm(directory, { recursive: true, force: true });
  }
}

/** Runs a bundled worker, with the .wasm files beside it. */
export async function startWorkerd(script: string, options: Partial<MiniflareOptions> = {}): Promise<Miniflare> {
  const miniflare = new Miniflare({
    modules: true,
    modulesRoot: dirname(script),
    scriptPath: script,
    modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
    compatibilityDate: wrangler.compatibility_date,
    // No request to Cloudflare for the properties of a request.
    cf: false,
    ...options,
  } as MiniflareOptions);
  try {
    await miniflare.ready;
    return miniflare;
  } catch (error) {
    await miniflare.dispose();
    throw error;
  }
}

const SILENT: Partial<MiniflareOptions> = {
  handleRuntimeStdio(out: Readable, err: Readable) {
    out.resume();
    err.resume();
  },
};

/** Bundles a worker into a folder that is to have the .wasm files too. */
export async function bundleWorker(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    // .wasm imports are left to the runtime.
    loader: { ".wasm": "copy" },
    logLevel: "warning",
  });
}

/** What wrangler.json binds, in Miniflare's words. */
function bindings(idle: number | undefined): Partial<MiniflareOptions> {
  const { producers, consumers } = wrangler.queues;
  return {
    queueProducers: Object.fromEntries(producers.map(({ binding, queue }) => [binding, { queueName: queue }])),
    queueConsumers: Object.fromEntries(
      consumers.map(({ queue, max_batch_size, max_batch_timeout }) => [
        queue,
        { maxBatchSize: max_batch_size, maxBatchTimeout: max_batch_timeout },
      ]),
    ),
    r2Buckets: Object.fromEntries(wrangler.r2_buckets.map(({ binding, bucket_name }) => [binding, bucket_name])),
    bindings: idle === undefined ? {} : { IDLE_MS: idle },
  } as Partial<MiniflareOptions>;
}
