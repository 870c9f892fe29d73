// Chromium and Firefox, which Playwright drives.

import { existsSync } from "node:fs";
import { firefox, type Browser as PlaywrightBrowser } from "playwright-core";
import { launchChromium } from "../support/chromium.js";
import type { Browser } from "./pages.js";

const FIREFOX = "/usr/bin/firefox-esr";

export const hasFirefox: boolean = existsSync(FIREFOX);

export async function chromiumBrowser(flags: readonly string[]): Promise<Browser> {
  return driven("chromium", await launchChromium(flags));
}

export async function firefoxBrowser(): Promise<Browser> {
  return driven("firefox", await firefox.launch({ channel: "moz-firefox", executablePath: FIREFOX, timeout: 50_000 }));
}

async function driven(name: string, browser: PlaywrightBrowser): Promise<Browser> {
  const page = await browser.newPage();
  return {
    runtime: `${name} ${browser.version()}`,
    async open(url, fail) {
      page.on("pageerror", fail);
      page.on("crash", () => fail(new Error("the page crashed")));
      page.on("console", (message) => {
        if (message.type() === "error") fail(new Error(message.text()));
      });
      page.on("requestfailed", (request) => fail(new Error(`${request.url()}: ${request.failure()?.errorText}`)));
      await page.goto(url, { waitUntil: "commit" });
    },
    async settle() {
      await page.title();
    },
    close: () => browser.close(),
  };
}
