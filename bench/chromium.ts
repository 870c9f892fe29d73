import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import type { Browser } from "playwright-core";
import { launchChromium } from "../test/support/chromium.js";
import { roomPath } from "../test/support/rooms.js";
import { WORKER } from "./bundle.js";
import { asking, type Engine, type Worker } from "./engine.js";
import { RIVALS } from "./rivals/resolve.js";

const PAGE = `<!doctype html><title>bench</title><script type="module" src="/worker.js"></script>`;

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** Pages isolated by these have a clock of 5 microseconds, others one of 100. */
const ISOLATED = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

/** Each worker is a page in a context of its own, and so in a process of its own. */
export async function chromiumEngine(): Promise<Engine> {
  const server = await serve();
  const { port } = server.address() as AddressInfo;
  const browser = await launchChromium();
  return {
    name: "chromium",
    runtime: `chromium ${browser.version()}`,
    takesFlags: () => false,
    start: () => open(browser, `http://127.0.0.1:${port}/`),
    async close() {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

async function open(browser: Browser, url: string): Promise<Worker> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForFunction("globalThis.answer");
  const pass = async (line: string): Promise<string> => String(await page.evaluate(`answer(${JSON.stringify(line)})`));
  return { ask: asking(pass), cpuTime: () => cpuTime(browser), stop: () => context.close() };
}

/** Of all of the browser's processes; those that wait take none. */
async function cpuTime(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime * 1000, 0);
}

/** The worker, and what the rivals' packages bring; undefined for the page. */
function fileOf(url = "/"): string | undefined {
  if (url === "/worker.js") return WORKER;
  return url.startsWith(RIVALS) ? roomPath("bench/rivals", `node_modules/${url.slice(RIVALS.length)}`) : undefined;
}

async function serve(): Promise<Server> {
  const server = createServer(async ({ url }, response) => {
    const path = fileOf(url);
    const type = path === undefined ? "text/html" : TYPES[extname(path)];
    response.writeHead(200, { ...ISOLATED, "content-type": type ?? "application/octet-stream" });
    response.end(path === undefined ? PAGE : await readFile(path));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
