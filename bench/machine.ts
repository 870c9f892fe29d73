import { readFileSync } from "node:fs";
import { arch, cpus, platform } from "node:os";
import { Bench } from "tinybench";

/** Where and with what a run was made. */
export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly platform: string;
  readonly runtime: string;
  readonly versions: Readonly<Record<string, string>>;
}

interface Manifest {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
}

export function machine(): Machine {
  const { runtime, runtimeVersion } = new Bench();
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as Manifest;
  const { assemblyscript = "unknown", tinybench = "unknown" } = manifest.devDependencies;
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    platform: `${platform()} ${arch()}`,
    runtime: `${runtime} ${runtimeVersion}`,
    versions: { "softmax-simd": manifest.version, assemblyscript, tinybench },
  };
}
