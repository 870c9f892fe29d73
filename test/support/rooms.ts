// Packages that only some tests and benches need live in directories of their own ("rooms", given by their paths from the
// repository's root), with lock files of their own: a plain install brings none of them.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** None of their install scripts is needed: binaries come in the packages themselves. */
const INSTALL = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];

/** What someone has to type to install them. */
export function installCommand(room: string): string {
  return `npm --prefix ${room} ${INSTALL.join(" ")}`;
}

export function roomPath(room: string, path = ""): string {
  return resolve(ROOT, room, path);
}

/** Installs what the lock file says, unless that is what is there. */
export function install(room: string): void {
  if (isCurrent(room)) return;
  console.error(`${installCommand(room)} ...`);
  const { status } = spawnSync("npm", INSTALL, { cwd: roomPath(room), stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`${installCommand(room)} ended with ${status}`);
}

/** The exact versions that the room's package.json asks for, "npm:NAME@VERSION" where a package stands under an alias. */
export function versionsIn(room: string): Record<string, string> {
  return JSON.parse(readFileSync(roomPath(room, "package.json"), "utf8")).dependencies;
}

/** Whether those versions are there. */
export function isCurrent(room: string): boolean {
  return Object.entries(versionsIn(room)).every(([name, wanted]) => {
    const manifest = roomPath(room, `node_modules/${name}/package.json`);
    return existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).version === exact(wanted);
  });
}

function exact(wanted: string): string {
  return wanted.slice(wanted.lastIndexOf("@") + 1);
}
