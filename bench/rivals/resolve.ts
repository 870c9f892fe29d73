// Packages of bench/rivals, which are no part of this package's own dependencies. The worker runs in bench, or in a page
// that is served them.

import type { createRequire } from "node:module";

type Require = ReturnType<typeof createRequire>;

/** Where pages find the packages. */
export const RIVALS = "/rivals/";

/** What pages load: modules, or scripts that leave their exports in a global variable. */
const FILES: Readonly<Record<string, { readonly file: string; readonly global?: () => unknown }>> = {
  "@tensorflow/tfjs-core": { file: "dist/tf-core.min.js", global: () => globals.tf },
  "@tensorflow/tfjs-backend-wasm": { file: "dist/tf-backend-wasm.min.js", global: () => globals.tf?.wasm },
  "onnxruntime-web": { file: "dist/ort.wasm.bundle.min.mjs" },
};

const globals = globalThis as { tf?: { wasm?: unknown } };

export const inPage: boolean = typeof document === "object";

export async function requireRival<T>(name: string): Promise<T> {
  return inPage ? loadRival(name) : ((await fromRivals())(name) as T);
}

export async function importRival<T>(name: string): Promise<T> {
  if (inPage) return loadRival(name);
  const { pathToFileURL } = await import("node:url");
  return (await import(pathToFileURL((await fromRivals()).resolve(name)).href)) as T;
}

/** The directory of a package, as a page's address. */
export function addressOf(name: string): string {
  return `${RIVALS}${name}/`;
}

async function loadRival<T>(name: string): Promise<T> {
  const found = FILES[name];
  if (!found) throw new Error(`pages have no ${name}`);
  const module = await import(`${addressOf(name)}${found.file}`);
  return (found.global ? found.global() : module) as T;
}

async function fromRivals(): Promise<Require> {
  const { createRequire } = await import("node:module");
  return createRequire(`${process.cwd()}/rivals/`);
}
