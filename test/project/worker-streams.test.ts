// The example of an edge service, over HTTP, in workerd: bodies that are large, slow or broken off, and batches.

import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { softmax } from "softmax-simd/reference";
import { afterAll, describe, expect, it } from "vitest";
import { startService } from "../../examples/worker/local.js";
import { CONTRACT } from "../support/contract.js";
import { chunked, detailOf, expectNear, floatsOf, json, jsonOf, raw, stalled } from "../support/service.js";

// What a stream breaks off with is in workerd's log.
const service = await startService({ quiet: true });
afterAll(() => service[Symbol.asyncDispose]());

const ask = (path: string, init?: RequestInit): Promise<Response> => fetch(new URL(path, service.url), init);
const works = async (): Promise<void> =>
  expect(await jsonOf(await ask("/softmax", json({ logits: [5] })))).toEqual({ probabilities: [1] });

const COLUMNS = 1000;
const { softmax: relative } = CONTRACT.float32;
const PATTERN = Float32Array.from({ length: 64 * COLUMNS }, (_, i) => 10 * Math.sin(i * 0.7));
const EXPECTED = softmax(Float64Array.from(PATTERN), { shape: [64, COLUMNS] });
const patternBytes = new Uint8Array(PATTERN.buffer);

/** A POST of so many times the pattern, whose answer nobody reads yet. */
function post(times: number): ClientRequest {
  const headers = { "content-type": "application/octet-stream", "content-length": times * patternBytes.length };
  const url = new URL(`/softmax?shape=${times * 64},${COLUMNS}`, service.url);
  // A connection of its own, so that its bytes can be counted.
  return request(url, { method: "POST", headers, agent: false });
}

async function write(sender: ClientRequest, times: number): Promise<void> {
  for (let i = 0; i < times; i++) if (!sender.write(patternBytes)) await once(sender, "drain");
  sender.end();
}

/** Reads an answer to its end, and holds every row of it against the reference. */
async function check(answer: IncomingMessage): Promise<number> {
  let length = 0;
  const rows = new Uint8Array(patternBytes.length);
  for await (const chunk of answer as AsyncIterable<Uint8Array>) {
    for (let at = 0; at < chunk.length; ) {
      const start = length % rows.length;
      const part = chunk.subarray(at, at + rows.length - start);
      rows.set(part, start);
      at += part.length;
      length += part.length;
      if (length % rows.length === 0) expectNear(new Float32Array(rows.buffer), EXPECTED, relative);
    }
  }
  return length;
}

describe("a body of 64 MB", () => {
  const times = 256;
  const total = times * patternBytes.length;

  it("passes through", async () => {
    const sender = post(times);
    const writing = write(sender, times);
    const [answer] = (await once(sender, "response")) as [IncomingMessage];
    expect(answer.headers["content-length"]).toBe(String(total));
    expect(await check(answer)).toBe(total);
    await writing;
  });

  it("waits for who reads slowly", async () => {
    const sender = post(times);
    const writing = write(sender, times);
    const [answer] = (await once(sender, "response")) as [IncomingMessage];
    let sent = -1;
    while (sent !== sender.socket?.bytesWritten) {
      sent = sender.socket?.bytesWritten as number;
      await setTimeout(500);
    }
    // What sockets hold is not the service's; nearly all of the body is still with the client.
    expect(sent).toBeLessThan(total / 2);
    await works();
    expect(await check(answer)).toBe(total);
    await writing;
  });

  it("starts its answer before it has ended", async () => {
    const sender = post(2);
    sender.write(patternBytes);
    const [answer] = (await once(sender, "response")) as [IncomingMessage];
    const [first] = (await once(answer, "data")) as [Uint8Array];
    expect(first.length).toBeGreaterThan(0);
    sender.end(patternBytes);
    await once(answer, "end");
  });
});

describe("what breaks off", () => {
  it("a body that ends early ends the answer early", async () => {
    const response = await ask(`/softmax?shape=100,${COLUMNS}`, chunked(65536, PATTERN));
    expect(response.status).toBe(200);
    await expect(response.arrayBuffer()).rejects.toThrow();
    await works();
  });

  it("a body that does not end ends the answer early", async () => {
    const response = await ask(`/softmax?shape=100,${COLUMNS}`, stalled(new Uint8Array(500_000)));
    await expect(response.arrayBuffer()).rejects.toThrow();
    await works();
  });

  it("a client that leaves in the middle of its body leaves a service that works", async () => {
    for (let i = 0; i < 20; i++) {
      const sender = post(16);
      sender.on("error", () => {});
      sender.write(patternBytes);
      if (i % 2 === 0) await once(sender, "response");
      sender.destroy();
    }
    await works();
  });

  it("a client that leaves in the middle of its answer leaves a service that works", async () => {
    for (let i = 0; i < 5; i++) {
      const response = await ask(`/softmax?shape=6400,${COLUMNS}`, chunked(2 ** 20, ...Array(100).fill(PATTERN)));
      const reader = response.body?.getReader();
      await reader?.read();
      await reader?.cancel();
    }
    await works();
  });
});

describe("batches", () => {
  async function submit(path: string, init: RequestInit): Promise<string> {
    const response = await ask(path, init);
    const location = response.headers.get("location") as string;
    expect(await jsonOf(response, 202)).toEqual({ id: location.split("/").at(-1), status: "waiting" });
    return location;
  }

  async function result(location: string): Promise<Response> {
    for (let waited = 0; ; waited += 100) {
      const response = await ask(location);
      if (response.status !== 202 || waited > 20_000) return response;
      expect(response.headers.get("retry-after")).toBe("1");
      await setTimeout(100);
    }
  }

  it("are answered as the request itself would be", async () => {
    const [whole, losses, text, wrong, short] = await Promise.all([
      submit(`/batches/softmax?shape=64,${COLUMNS}`, raw(PATTERN)),
      submit("/batches/cross-entropy?shape=2,1&reduction=none", raw(new Int32Array(2), new Float32Array(2))),
      submit("/batches/sample", json({ logits: [0, 5, 0], topK: 1, numSamples: 3 })),
      submit("/batches/softmax", json({ logits: [1], temprature: 1 })),
      submit("/batches/sample?shape=4", raw(new Float32Array(3))),
    ]);
    expectNear(await floatsOf(await result(whole)), EXPECTED, relative);
    expect([...(await floatsOf(await result(losses)))]).toEqual([0, 0]);
    expect(await jsonOf(await result(text))).toEqual({ samples: [1, 1, 1] });
    expect(await detailOf(await result(wrong), 422)).toMatch(/did you mean "temperature"/);
    expect(await detailOf(await result(short), 400)).toMatch(/expected 16 bytes.*got 12/);
    expect((await ask(whole, { method: "DELETE" })).status).toBe(204);
    await detailOf(await ask(whole), 404);
    await detailOf(await ask(text, { method: "PUT" }), 405);
  });

  it("are all done, many at once", async () => {
    const logits = Array.from({ length: 60 }, (_, i) => [i, 0, -i]);
    const locations = await Promise.all(logits.map((row) => submit("/batches/softmax", json({ logits: row }))));
    expect(new Set(locations).size).toBe(60);
    const answers = await Promise.all(locations.map(async (location) => jsonOf(await result(location))));
    expect(answers).toHaveLength(60);
    answers.forEach(({ probabilities }, i) => {
      expectNear(probabilities as number[], softmax(logits[i] as number[]), CONTRACT.float64.softmax);
    });
  });
});

describe("the README", () => {
  const page = readFileSync("examples/worker/README.md", "utf8");
  const block = (language: string): string =>
    new RegExp(`^\`\`\`${language}\n([^\`]*)\`\`\``, "m").exec(page)?.[1] as string;
  const directory = mkdtempSync(join(tmpdir(), "softmax-readme-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it.skipIf(process.platform === "win32")("has commands that work (they are for a POSIX shell)", async () => {
    const commands = block("sh").replaceAll("localhost:8787", service.url.host).trimEnd().split("\n");
    const said: string[] = [];
    for (const command of commands) {
      const run = promisify(execFile)("bash", ["-c", command], { cwd: directory, timeout: 20_000 });
      said.push((await run).stdout);
    }
    const [rows, draws, losses, misspelt, , floats, submitted, description] = said as [string, ...string[]];
    expectNear(
      JSON.parse(rows).probabilities.flat(),
      softmax(
        [
          [1, 2, 3],
          [1, 2, 300],
        ],
        { temperature: 0.5 },
      ).flat(),
      1e-14,
    );
    expect(JSON.parse(draws as string)).toEqual({ samples: [1, 1, 1] });
    expectNear(JSON.parse(losses as string).loss, [Math.log1p(Math.exp(-1)), Math.log1p(Math.exp(1))], 1e-14);
    expect(misspelt).toBe(block("json").trim());
    const printed = floats?.replace(/^\d+/gm, "").trim().split(/\s+/).map(Number);
    expectNear(printed as number[], softmax([1, 2, 3, 4, 5, 6], { shape: [2, 3], beta: 2 }), 1e-5);
    expect(submitted).toMatch(/^HTTP\/1.1 202 [\s\S]*location: \/results\//i);
    expect(JSON.parse(description as string).openapi).toBe("3.1.1");
  });
});
