// The page that a browser is shown: it runs the program, and posts what came of it.

import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { PackedProject } from "../support/packed.js";
import type { Run } from "./engine.js";
import { limited, start } from "./start.js";

/** What makes a page cross-origin isolated. */
export const ISOLATION: Readonly<Record<string, string>> = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

const TIME_LIMIT = 60_000;
const SCRIPTS: string = fileURLToPath(new URL("page", import.meta.url));

export interface Page {
  /** Module scripts of page/, which run in order. */
  readonly scripts: readonly string[];
  /** Its content security policy. */
  readonly policy?: string;
  /** Whether it is cross-origin isolated, so that memory may be shared. */
  readonly isolated?: boolean;
  /** What a browser may complain of. */
  readonly permitted?: RegExp;
}

/** A started browser with a fresh profile. */
export interface Browser {
  /** "firefox 140.5" */
  readonly runtime: string;
  /** Goes to a page; `fail` is told what the browser finds wrong with it. */
  open(url: string, fail: Fail): Promise<void>;
  /** Resolves when `fail` has been told all that happened until now. */
  settle(): Promise<void>;
  /** Ends every process of it. */
  close(): Promise<void>;
}

type Fail = (error: Error) => void;

/** Runs the program in a page of a browser of its own. */
export function inPage(page: Page, name: string, launch: () => Promise<Browser>): Run {
  return async (project) => {
    const site = await openSite(project, page);
    try {
      const browser = await start(name, launch);
      try {
        browser.open(site.url, site.fail).catch(site.fail);
        const result = await limited("the page", TIME_LIMIT, site.result);
        await limited("the browser", TIME_LIMIT, browser.settle());
        if (site.errors[0]) throw site.errors[0];
        return { runtime: browser.runtime, result };
      } finally {
        await browser.close();
      }
    } finally {
      site.close();
    }
  };
}

/** The page, served on a port of its own. */
interface Site {
  readonly url: string;
  /** What the page posts; rejects with the first error. */
  readonly result: Promise<unknown>;
  /** What the page posts of them, what it asked for in vain, and what the browser says. */
  readonly errors: readonly Error[];
  readonly fail: Fail;
  close(): void;
}

async function openSite(project: PackedProject, page: Page): Promise<Site> {
  const errors: Error[] = [];
  const { promise: result, resolve, reject } = deferred<unknown>();
  const fail = (error: Error): void => {
    if (page.permitted?.test(error.message)) return;
    errors.push(error);
    reject(error);
  };
  const server = createServer((request, response) => {
    const answered =
      request.method === "POST" ? take(request, response, resolve) : give(request, response, project, page);
    answered.catch(fail);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}/`, result, errors, fail, close };
}

/** A promise that whoever has the site settles; it may reject before anyone waits for it. */
function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: Fail } {
  let settle: { resolve: (value: T) => void; reject: Fail } | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  promise.catch(() => {});
  return { promise, ...settle! };
}

/** What the page posts. */
async function take(
  request: IncomingMessage,
  response: ServerResponse,
  resolve: (result: unknown) => void,
): Promise<void> {
  const body = await text(request);
  response.writeHead(204).end();
  if (request.url !== "/result") throw new Error(body);
  resolve(JSON.parse(body));
}

/** What the page asks for. */
async function give(
  { url = "" }: IncomingMessage,
  response: ServerResponse,
  project: PackedProject,
  page: Page,
): Promise<void> {
  if (url === "/favicon.ico") {
    response.writeHead(204).end();
    return;
  }
  for (const [name, value] of Object.entries(headersOf(page))) response.setHeader(name, value);
  if (url === "/") {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!doctype html><title>softmax-simd</title>${page.scripts.map(scriptElement).join("")}`);
    return;
  }
  const path = fileOf(url, project);
  const script = path && (await readFile(path).catch(() => undefined));
  response.writeHead(script ? 200 : 404, { "content-type": "text/javascript; charset=utf-8" }).end(script);
  if (!script) throw new Error(`the page asked for ${url}`);
}

/** What the page and all that it loads are served with. */
function headersOf({ policy, isolated }: Page): Readonly<Record<string, string>> {
  return { ...(isolated ? ISOLATION : {}), ...(policy === undefined ? {} : { "content-security-policy": policy }) };
}

function scriptElement(name: string): string {
  return `<script type="module" src="./${name}"></script>`;
}

/** The package's bundles under dist/, beside them the program and the page's own scripts. */
function fileOf(url: string, { directory, packageDirectory }: PackedProject): string | undefined {
  if (/^\/dist\/[\w.-]+\.js$/.test(url)) return join(packageDirectory, url);
  if (url === "/program.js") return join(directory, url);
  return /^\/[\w-]+\.js$/.test(url) ? join(SCRIPTS, url) : undefined;
}
