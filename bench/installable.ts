// The engines that may be there, and what installs those that are not.

import { existsSync, readdirSync } from "node:fs";
import { hasChromium } from "../test/support/chromium.js";
import { chromiumEngine } from "./chromium.js";
import { type Engine, processEngine } from "./engine.js";
import { installCommand, roomPath } from "./install.js";

export interface Installable {
  readonly name: string;
  /** The shell command that installs it. */
  readonly command: string;
  /** undefined where it is not installed. */
  open(): Promise<Engine> | Engine | undefined;
}

export const engines: readonly Installable[] = [
  node(20),
  node(22),
  node(24),
  node(26),
  installable("bun", "@oven", (directory) => `${directory}/bin/bun`, []),
  installable("deno", "@deno", (directory) => `${directory}/deno`, ["run", "--allow-all", "--no-config", "--quiet"]),
  {
    name: "chromium",
    command: "bash scripts/setup-chromium.sh",
    open: () => (hasChromium ? chromiumEngine() : undefined),
  },
];

function node(version: number): Installable {
  return fromPackages(`node${version}`, () => nodePath(`node${version}`), []);
}

/** The Node of that name; throws, with the command that installs it, where it is missing. */
export function installedNode(name: string): string {
  if (existsSync(nodePath(name))) return nodePath(name);
  throw new Error(`${name} is not installed: ${installCommand("engines")}`);
}

function nodePath(name: string): string {
  return roomPath("engines", `node_modules/${name.replace("node", "n")}/bin/node`);
}

/** Bun and Deno have a package with the binary of each platform, of which npm installs the one that fits. */
function installable(
  name: string,
  scope: string,
  binary: (directory: string) => string,
  args: readonly string[],
): Installable {
  const packages = roomPath("engines", `node_modules/${scope}`);
  const find = (): string => binary(`${packages}/${existsSync(packages) ? readdirSync(packages)[0] : ""}`);
  return fromPackages(name, find, args);
}

function fromPackages(name: string, find: () => string, args: readonly string[]): Installable {
  const open = (): Engine | undefined => (existsSync(find()) ? processEngine(name, find(), args) : undefined);
  return { name, command: installCommand("engines"), open };
}

/** The engine of that name; throws, with the command that installs it, where it is missing. */
export async function openEngine(name: string): Promise<Engine> {
  const found = engines.find((engine) => engine.name === name);
  if (!found) throw new Error(`expected one of ${engines.map((engine) => engine.name).join(", ")}; got "${name}"`);
  const engine = await found.open();
  if (!engine) throw new Error(`${name} is not installed: ${found.command}`);
  return engine;
}
