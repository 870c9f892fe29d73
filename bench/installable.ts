// The engines that may be there, and what installs those that are not.

import { bunBinary, denoBinary, nodeBinary, RUNTIMES, SETUP } from "../test/engines/installed.js";
import { hasChromium } from "../test/support/chromium.js";
import { installCommand } from "../test/support/rooms.js";
import { chromiumEngine } from "./chromium.js";
import { type Engine, processEngine } from "./engine.js";

export interface Installable {
  readonly name: string;
  /** The shell command that installs it. */
  readonly command: string;
  /** undefined where it is not installed. */
  open(): Promise<Engine> | Engine | undefined;
}

export const engines: readonly Installable[] = [
  ...[20, 22, 24, 26].map((version) => fromRuntimes(`node${version}`, () => nodeBinary(version))),
  fromRuntimes("bun", bunBinary),
  fromRuntimes("deno", denoBinary, ["run", "--allow-all", "--no-config", "--quiet"]),
  { name: "chromium", command: SETUP, open: () => (hasChromium ? chromiumEngine() : undefined) },
];

/** The Node of that name; throws, with the command that installs it, where it is missing. */
export function installedNode(name: string): string {
  const binary = nodeBinary(Number(name.replace("node", "")));
  if (binary !== undefined) return binary;
  throw new Error(`${name} is not installed: ${installCommand(RUNTIMES)}`);
}

function fromRuntimes(name: string, find: () => string | undefined, args: readonly string[] = []): Installable {
  const open = (): Engine | undefined => {
    const binary = find();
    return binary === undefined ? undefined : processEngine(name, binary, args);
  };
  return { name, command: installCommand(RUNTIMES), open };
}

/** The engine of that name; throws, with the command that installs it, where it is missing. */
export async function openEngine(name: string): Promise<Engine> {
  const found = engines.find((engine) => engine.name === name);
  if (!found) throw new Error(`expected one of ${engines.map((engine) => engine.name).join(", ")}; got "${name}"`);
  const engine = await found.open();
  if (!engine) throw new Error(`${name} is not installed: ${found.command}`);
  return engine;
}
