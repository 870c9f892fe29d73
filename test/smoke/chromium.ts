// Chromium: a page imports the bundles as they are, without an import map.

import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { limited, start } from "../engines/start.js";
import { launchChromium } from "../support/chromium.js";
import type { PackedProject } from "../support/packed.js";
import type { Report } from "./check.js";

/** Permits scripts of the page's own, but none of WebAssembly. */
const STRICT_POLICY = "default-src 'self'";

const PAGE = `<!doctype html><title>softmax-simd</title><script type="module" src="/page.js"></script>`;
const SCRIPT = `
  import * as library from "/dist/index.js";
  import * as learn from "/dist/learn.js";
  import * as sampling from "/dist/sampling.js";
  import * as reference from "/dist/reference.js";
  import { check } from "/check.js";
  globalThis.report = check({ library, learn, sampling, reference });`;
const BUNDLES = ["index", "learn", "sampling", "reference"].map((entry) => `dist/${entry}.js`);

/** What a plain page finds, and one whose content security policy forbids WebAssembly. */
export interface ChromiumReports {
  readonly version: string;
  readonly plain: Report;
  readonly strict: Report;
}

export async function runInChromium(project: PackedProject): Promise<ChromiumReports> {
  const server = await serve(project);
  try {
    const { port } = server.address() as AddressInfo;
    const browser = await start("Chromium", launchChromium);
    try {
      const open = (path: string): Promise<Report> =>
        limited(`the page ${path}`, 60_000, openPage(browser, `http://127.0.0.1:${port}${path}`));
      return { version: browser.version(), plain: await open("/"), strict: await open("/strict") };
    } finally {
      await browser.close();
    }
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function openPage(browser: Browser, url: string): Promise<Report> {
  const page = await browser.newPage();
  const failure = new Promise<never>((_, reject) => page.on("pageerror", reject));
  const report = page.goto(url).then(() => page.waitForFunction("globalThis.report", undefined, { timeout: 50_000 }));
  const handle = await Promise.race([report, failure]);
  return (await handle.jsonValue()) as Report;
}

async function serve(project: PackedProject): Promise<Server> {
  const files: Record<string, () => Promise<string | Buffer> | string> = {
    "/page.js": () => SCRIPT,
    "/check.js": () => readFile(join(project.directory, "check.js")),
    ...Object.fromEntries(BUNDLES.map((path) => [`/${path}`, () => readFile(join(project.packageDirectory, path))])),
  };
  const server = createServer(async ({ url = "" }, response) => {
    const file = files[url];
    if (file !== undefined) {
      response.setHeader("content-type", "text/javascript");
      response.end(await file());
      return;
    }
    if (url === "/strict") response.setHeader("content-security-policy", STRICT_POLICY);
    response.statusCode = url === "/" || url === "/strict" ? 200 : 404;
    response.setHeader("content-type", "text/html");
    response.end(response.statusCode === 200 ? PAGE : "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
