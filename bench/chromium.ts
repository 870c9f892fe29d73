import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import { launchChromium } from "../test/support/chromium.js";
import { WORKER } from "./bundle.js";
import { type Engine, type Worker, worker } from "./engine.js";

const PAGE = `<!doctype html><title>bench</title><script type="module" src="/worker.js"></script>`;

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
  return worker(pass, () => context.close());
}

async function serve(): Promise<Server> {
  const server = createServer(async ({ url }, response) => {
    const isWorker = url === "/worker.js";
    response.writeHead(200, { ...ISOLATED, "content-type": isWorker ? "text/javascript" : "text/html" });
    response.end(isWorker ? await readFile(WORKER) : PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
