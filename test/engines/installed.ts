// What stands in the room of runtimes.

import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { roomPath } from "../support/rooms.js";

export const RUNTIMES = "test/engines/runtimes";

/** What someone has to type to install all of it; with Chromium, since the gate needs that too. */
export const SETUP = "npm run setup:engines -- --gate";
/** The same, and the other browsers. */
export const SETUP_ALL = "npm run setup:engines";

/** The binary of Node 20, 22, 24 or 26. */
export function nodeBinary(version: number): string | undefined {
  return existing(roomPath(RUNTIMES, `node_modules/n${version}/bin/node`));
}

export function bunBinary(): string | undefined {
  return platformBinary("@oven", "bin/bun");
}

export function denoBinary(): string | undefined {
  return platformBinary("@deno", "deno");
}

/** A package of the room: undefined where it is not installed. */
export function loadRuntime<T>(name: string): T | undefined {
  if (!existsSync(roomPath(RUNTIMES, `node_modules/${name}/package.json`))) return undefined;
  return createRequire(roomPath(RUNTIMES, "package.json"))(name) as T;
}

/** Bun and Deno have a package with the binary of each platform, of which npm installs the one that fits. */
function platformBinary(scope: string, binary: string): string | undefined {
  const packages = roomPath(RUNTIMES, `node_modules/${scope}`);
  if (!existsSync(packages)) return undefined;
  return readdirSync(packages)
    .map((name) => existing(`${packages}/${name}/${binary}`))
    .find((path) => path !== undefined);
}

function existing(path: string): string | undefined {
  return existsSync(path) ? path : undefined;
}
