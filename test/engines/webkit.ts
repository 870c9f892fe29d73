// WebKitGTK, driven by its WebDriver (https://www.w3.org/TR/webdriver2/) on a display of its own.

import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Group, startGroup } from "../support/processes.js";
import type { Browser } from "./pages.js";

const DRIVER = "/usr/bin/WebKitWebDriver";
const DISPLAY = "/usr/bin/Xvfb";
/** Without it the driver would load a page's resources before it answers. */
const CAPABILITIES = {
  pageLoadStrategy: "none",
  "webkitgtk:browserOptions": { args: ["--automation"] },
};

export const hasWebKit: boolean = existsSync(DRIVER) && existsSync(DISPLAY);

/** What goes wrong in a page is for the page to tell: its driver cannot. */
export async function webkitBrowser(): Promise<Browser> {
  const home = mkdtempSync(join(tmpdir(), "softmax-simd-webkit-"));
  const groups: Group[] = [];
  const close = async (): Promise<void> => {
    for (const group of groups.reverse()) group.end();
    rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  };
  try {
    const display = startGroup({ command: DISPLAY, args: ["-displayfd", "1"], cwd: home });
    groups.push(display);
    const number = await firstLine(display);
    const port = await freePort();
    const env = { PATH: process.env["PATH"], HOME: home, DISPLAY: `:${number}` };
    groups.push(startGroup({ command: DRIVER, args: [`--port=${port}`, "--host=127.0.0.1"], cwd: home, env }));
    return await newSession(`http://127.0.0.1:${port}`, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function newSession(driver: string, close: () => Promise<void>): Promise<Browser> {
  await ready(driver);
  const session = await post(`${driver}/session`, { capabilities: { alwaysMatch: CAPABILITIES } });
  const { sessionId, capabilities } = session as { sessionId: string; capabilities: { browserVersion: string } };
  return {
    runtime: `webkitgtk ${capabilities.browserVersion}`,
    open: async (url) => {
      await post(`${driver}/session/${sessionId}/url`, { url });
    },
    settle: async () => {},
    close,
  };
}

async function post(url: string, body: object): Promise<unknown> {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  const { value } = (await response.json()) as { value: unknown };
  if (response.ok) return value;
  const { error, message } = value as { error: string; message: string };
  throw new Error(`WebKitWebDriver: ${error}: ${message}`);
}

/** Until the driver listens; whoever starts it has the time limit. */
async function ready(driver: string): Promise<void> {
  while (
    !(await fetch(`${driver}/status`).then(
      (response) => response.ok,
      () => false,
    ))
  )
    await sleep(50);
}

async function firstLine({ child }: Group): Promise<string> {
  child.stderr?.resume();
  const [line] = await once(child.stdout!, "data");
  return String(line).trim();
}

/** The driver takes a port, and does not say which one it took. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
