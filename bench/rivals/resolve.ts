// Packages of bench/rivals, which are no part of this package's own dependencies. The worker runs in bench.

import type { createRequire } from "node:module";

type Require = ReturnType<typeof createRequire>;

export async function requireRival<T>(name: string): Promise<T> {
  return (await fromRivals())(name) as T;
}

export async function importRival<T>(name: string): Promise<T> {
  const { pathToFileURL } = await import("node:url");
  return (await import(pathToFileURL((await fromRivals()).resolve(name)).href)) as T;
}

async function fromRivals(): Promise<Require> {
  const { createRequire } = await import("node:module");
  return createRequire(`${process.cwd()}/rivals/`);
}
