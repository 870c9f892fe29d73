// Real browsers, each with a fresh profile and one page.

import { fileURLToPath } from "node:url";
import { hasChromium } from "../support/chromium.js";
import type { Engine } from "./engine.js";
import { SETUP, SETUP_ALL } from "./installed.js";
import { inPage, type Page } from "./pages.js";
import { chromiumBrowser, firefoxBrowser, hasFirefox } from "./playwright.js";
import { hasWebKit, webkitBrowser } from "./webkit.js";

const WINDOW: Page = { scripts: ["report.js", "main.js"] };
const WORKER: Page = { scripts: ["report.js", "in-worker.js"] };
/** Permits scripts of the page's own, but none of WebAssembly. */
const STRICT: Page = { ...WINDOW, policy: "default-src 'self'", permitted: /blocked WebAssembly/ };
const ALLOWED: Page = { ...WINDOW, policy: "script-src 'self' 'wasm-unsafe-eval'" };
const SYNC_LIMIT: Page = { scripts: ["report.js", "sync-limit.js", "main.js"] };
const ISOLATED: Page = { ...WINDOW, isolated: true };
const ISOLATED_WORKER: Page = { ...WORKER, isolated: true };
/** Policies about workers, whose violations browsers tell of, too. */
const NO_BLOB: Page = { ...ALLOWED, permitted: /violates|blocked|Refused/ };
const NO_WORKER: Page = { ...NO_BLOB, policy: `${ALLOWED.policy}; worker-src 'none'` };
const BLOB: Page = { ...WINDOW, policy: `${ALLOWED.policy}; worker-src blob:` };

/** V8 has SIMD where the processor has SSE 4.1: this is how it runs without, on x64. */
const NO_SIMD = ["--js-flags=--no-enable-sse4-1"];

const RELAXED = { backend: "relaxed-simd", gate: false } as const;
const FORBIDDEN = { backend: "js", reason: /not permitted/, gate: false } as const;
const WITHOUT_SIMD = { backend: "js", reason: /validates no module/, gate: false } as const;

export const browsers: readonly Engine[] = [
  { name: "chromium", ...RELAXED, gate: true, ...inChromium(WINDOW) },
  { name: "chromium-worker", ...RELAXED, ...inChromium(WORKER) },
  { name: "chromium-csp", ...FORBIDDEN, gate: true, ...inChromium(STRICT) },
  { name: "chromium-csp-allowed", ...RELAXED, ...inChromium(ALLOWED) },
  { name: "chromium-nosimd", ...WITHOUT_SIMD, ...inChromium(WINDOW, NO_SIMD) },
  { name: "chromium-sync-limit", ...RELAXED, gate: true, program: file("ready.ts"), ...inChromium(SYNC_LIMIT) },
  { name: "firefox", ...RELAXED, ...inFirefox(WINDOW) },
  { name: "firefox-worker", ...RELAXED, ...inFirefox(WORKER) },
  { name: "firefox-csp", ...FORBIDDEN, ...inFirefox(STRICT) },
  { name: "webkit", backend: "simd", gate: false, ...inWebKit(WINDOW) },
  { name: "webkit-worker", backend: "simd", gate: false, ...inWebKit(WORKER) },
  { name: "webkit-csp", ...FORBIDDEN, ...inWebKit(STRICT) },
];

/** Pages that differ from those for threads alone. */
export const threadPages: readonly Engine[] = [
  { name: "chromium-isolated", ...RELAXED, ...inChromium(ISOLATED) },
  { name: "chromium-isolated-worker", ...RELAXED, ...inChromium(ISOLATED_WORKER) },
  { name: "chromium-csp-blob", ...RELAXED, ...inChromium(BLOB) },
  { name: "chromium-csp-noblob", ...RELAXED, ...inChromium(NO_BLOB) },
  { name: "chromium-csp-noworker", ...RELAXED, ...inChromium(NO_WORKER) },
  { name: "firefox-isolated", ...RELAXED, ...inFirefox(ISOLATED) },
  { name: "firefox-isolated-worker", ...RELAXED, ...inFirefox(ISOLATED_WORKER) },
  { name: "firefox-csp-noblob", ...RELAXED, ...inFirefox(NO_BLOB) },
  { name: "webkit-isolated", backend: "simd", gate: false, ...inWebKit(ISOLATED) },
  { name: "webkit-isolated-worker", backend: "simd", gate: false, ...inWebKit(ISOLATED_WORKER) },
  { name: "webkit-csp-noblob", backend: "simd", gate: false, ...inWebKit(NO_BLOB) },
];

type Opened = Pick<Engine, "install" | "open">;

function inChromium(page: Page, flags: readonly string[] = []): Opened {
  const run = inPage(page, "Chromium", () => chromiumBrowser(flags));
  return { install: SETUP, open: () => (hasChromium ? run : undefined) };
}

function inFirefox(page: Page): Opened {
  const run = inPage(page, "Firefox", firefoxBrowser);
  return { install: SETUP_ALL, open: () => (hasFirefox ? run : undefined) };
}

function inWebKit(page: Page): Opened {
  const run = inPage(page, "WebKitGTK", webkitBrowser);
  return { install: SETUP_ALL, open: () => (hasWebKit ? run : undefined) };
}

function file(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
