// Engines in which a pool of threads is tested, by parallel.ts, and how rows have to reach its threads there.

import { fileURLToPath } from "node:url";
import type { Engine } from "./engine.js";

type Expected = Pick<Engine, "memory"> & Partial<Pick<Engine, "gate" | "backend" | "reason">>;

const PROGRAM: string = fileURLToPath(new URL("parallel.ts", import.meta.url));
const SHARED: Expected = { memory: "shared" };
const TRANSFERRED: Expected = { memory: "transferred" };
const NONE: Expected = { memory: "none" };
/** Kernels on the calling thread. */
const FORBIDDEN: Expected = { ...NONE, reason: /; .*(worker-src blob:|insecure)/ };
const THREADLESS: Expected = { ...NONE, reason: /; this engine has no threads$/ };

const POOLS: Readonly<Record<string, Expected>> = {
  node20: { ...SHARED, gate: true },
  "node20-relaxed": SHARED,
  node22: SHARED,
  node24: { ...SHARED, gate: true },
  node26: SHARED,
  bun: { ...SHARED, gate: true },
  deno: { ...SHARED, gate: true },
  "node24-nowasm": NONE,
  workerd: { ...THREADLESS, gate: true },
  "edge-runtime": THREADLESS,
  chromium: { ...TRANSFERRED, gate: true },
  "chromium-worker": TRANSFERRED,
  "chromium-isolated": { ...SHARED, gate: true },
  "chromium-isolated-worker": SHARED,
  "chromium-sync-limit": TRANSFERRED,
  "chromium-csp": NONE,
  "chromium-csp-blob": TRANSFERRED,
  "chromium-csp-noblob": FORBIDDEN,
  "chromium-csp-noworker": FORBIDDEN,
  firefox: TRANSFERRED,
  "firefox-worker": TRANSFERRED,
  "firefox-isolated": SHARED,
  "firefox-isolated-worker": SHARED,
  "firefox-csp-noblob": FORBIDDEN,
  webkit: TRANSFERRED,
  "webkit-worker": TRANSFERRED,
  "webkit-isolated": TRANSFERRED,
  "webkit-isolated-worker": TRANSFERRED,
  "webkit-csp-noblob": FORBIDDEN,
};

/** Those engines with a pool's program: "node20-pool". */
export function poolsIn(engines: readonly Engine[]): readonly Engine[] {
  return Object.entries(POOLS).map(([name, expected]) => {
    const engine = engines.find((engine) => engine.name === name);
    if (engine === undefined) throw new RangeError(`no engine ${name}`);
    return { ...engine, gate: false, ...expected, name: `${name}-pool`, program: PROGRAM };
  });
}
