// npm run load: a bounded load on the service, every answer of which is checked.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { softmax } from "softmax-simd/reference";
import { CASES, type Case, type Outcome, runCase, streamThrough } from "./load-cases.js";
import { startService } from "./local.js";

const service = await startService();
try {
  const { version } = createRequire(import.meta.url)("workerd/package.json");
  console.log(`workerd ${version}, Node ${process.versions.node}, ${cpus()[0]?.model}, clients on the same machine\n`);
  const before = peakMemory();
  const { megabytes, seconds } = await streamThrough(service.url);
  console.log(`one body of ${megabytes} MB through /softmax: ${seconds.toFixed(1)} s`);
  console.log(`workerd's largest resident memory: ${before} before it, ${peakMemory()} after it\n`);
  console.log("case                              clients  answers       /s  p50 ms  p95 ms  p99 ms");
  for (const one of CASES) console.log(row(one, await runCase(one, service.url, softmax)));
  console.log("\nEvery answer was there, and every number in it was right.");
} finally {
  await service[Symbol.asyncDispose]();
}

function row({ name, clients }: Case, { answers, seconds, latencies }: Outcome): string {
  const at = (share: number): string =>
    (latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))] as number).toFixed(1).padStart(8);
  const perSecond = (answers / seconds).toFixed(0).padStart(9);
  return `${name.padEnd(34)}${String(clients).padStart(7)}${String(answers).padStart(9)}${perSecond}${at(0.5)}${at(0.95)}${at(0.99)}`;
}

/**
 * Of workerd, which is this process's child, where there is /proc. It has no limit of 128 MB as the platform has; this is
 * what there is to see of an isolate's memory, with all that is around it.
 */
function peakMemory(): string {
  try {
    const [child] = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ").slice(-1);
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child}/status`, "utf8")) as RegExpExecArray;
    return `${Math.round(Number(kilobytes) / 1024)} MiB`;
  } catch {
    return "unknown here";
  }
}
