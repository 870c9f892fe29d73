import { readFileSync } from "node:fs";
import { arch, cpus, platform } from "node:os";

/** Where and with what a run was made. */
export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly platform: string;
  readonly versions: Readonly<Record<string, string>>;
}

interface Manifest {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
}

export function machine(): Machine {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as Manifest;
  const { assemblyscript = "unknown", tinybench = "unknown" } = manifest.devDependencies;
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    platform: `${platform()} ${arch()}`,
    versions: { "softmax-simd": manifest.version, assemblyscript, tinybench },
  };
}

/** A line that every bench prints. */
export function describeMachine({ cpu, cores, platform, date }: Machine, runtime?: string): string {
  return [cpu, `${cores} cores`, platform, ...(runtime === undefined ? [] : [runtime]), date].join(", ");
}
