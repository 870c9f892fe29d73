// Usage: npm run setup:engines [-- --gate]: installs the engines that `npm run test:engines` runs on where they are missing:
// npm's packages of test/engines/runtimes, and browsers from Debian's packages; with --gate, Chromium alone of these.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { install, installCommand, isCurrent } from "../support/rooms.js";
import { RUNTIMES } from "./installed.js";

/** Debian's packages, and what of each has to be there. */
const GATE = { chromium: "/usr/bin/chromium" };
const ALL = {
  ...GATE,
  "firefox-esr": "/usr/bin/firefox-esr",
  "webkit2gtk-driver": "/usr/bin/WebKitWebDriver",
  xvfb: "/usr/bin/Xvfb",
};

const APT = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"];
const ENVIRONMENT = ["env", "DEBIAN_FRONTEND=noninteractive"];

const { values } = parseArgs({ options: { gate: { type: "boolean", default: false } } });
if (isCurrent(RUNTIMES)) console.log(`${RUNTIMES}: there`);
else {
  console.log(`${RUNTIMES}: ${installCommand(RUNTIMES)}`);
  install(RUNTIMES);
}
installBrowsers(values.gate ? GATE : ALL);

function installBrowsers(packages: Readonly<Record<string, string>>): void {
  const missing = Object.keys(packages).filter((name) => !existsSync(packages[name]!));
  for (const name of Object.keys(packages)) console.log(`${name}: ${missing.includes(name) ? "missing" : "there"}`);
  if (missing.length === 0) return;
  const prefix = rootPrefix();
  if (prefix === undefined || !has("apt-get")) {
    const reason = prefix === undefined ? "only root can install packages" : "there is no apt-get here";
    console.log(`${reason}; on Debian, as root:\n${commandFor(missing)}`);
    process.exitCode = 1;
    return;
  }
  console.log(`${commandFor(missing)} ...`);
  runAs(prefix, [...APT, "update"]);
  runAs(prefix, [...APT, "install", "-y", "--no-install-recommends", ...missing]);
}

function commandFor(packages: readonly string[]): string {
  return `apt-get update && apt-get install -y --no-install-recommends ${packages.join(" ")}`;
}

/** What makes a command run as root; undefined where nothing does. */
function rootPrefix(): readonly string[] | undefined {
  if (process.getuid?.() === 0) return [];
  return has("sudo") ? ["sudo"] : undefined;
}

function has(command: string): boolean {
  return spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0;
}

function runAs(prefix: readonly string[], args: readonly string[]): void {
  const [command, ...rest] = [...prefix, ...ENVIRONMENT, ...args] as [string, ...string[]];
  const { status } = spawnSync(command, rest, { stdio: ["inherit", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}`);
}
