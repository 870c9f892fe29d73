// Requests to examples/worker, and what its problems have to look like.

import { setImmediate } from "node:timers/promises";
import { expect } from "vitest";

export type Part = Uint8Array | Float32Array | Int32Array;

/** A POST of JSON. */
export function json(value: unknown): RequestInit {
  const body = typeof value === "string" ? value : JSON.stringify(value);
  return { method: "POST", headers: { "content-type": "application/json" }, body };
}

/** A POST of raw parts, with a Content-Length. */
export function raw(...parts: readonly Part[]): RequestInit {
  const body = new Uint8Array(Buffer.concat(parts.map(bytesOf)));
  return { method: "POST", headers: { "content-type": "application/octet-stream" }, body };
}

/** The same without a Content-Length, in chunks of so many bytes. */
export function chunked(size: number, ...parts: readonly Part[]): RequestInit {
  const bytes = Buffer.concat(parts.map(bytesOf));
  let at = 0;
  return streamed(() => {
    const chunk = bytes.subarray(at, at + size);
    at += size;
    return chunk.length > 0 ? chunk : undefined;
  });
}

/** A POST of what `next` gives, one chunk at a time, until that is undefined. */
function streamed(next: () => Uint8Array | undefined | Promise<undefined>): RequestInit {
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      // Without a turn of the event loop in between, an endless body lets nothing else happen.
      await setImmediate();
      const chunk = await next();
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
  });
  const headers = { "content-type": "application/octet-stream" };
  return { method: "POST", headers, body, duplex: "half" } as RequestInit;
}

/** The same, of one chunk after which nothing comes, and no end. */
export function stalled(chunk: Uint8Array): RequestInit {
  let sent = false;
  return streamed(() => {
    if (sent) return new Promise(() => {});
    sent = true;
    return chunk;
  });
}

export function bytesOf(part: Part): Uint8Array {
  return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
}

/** The float32 of an answer. */
export async function floatsOf(response: Response): Promise<Float32Array> {
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/octet-stream");
  return new Float32Array(await response.arrayBuffer());
}

/** The JSON of an answer. */
export async function jsonOf(response: Response, status = 200): Promise<Record<string, unknown>> {
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toBe("application/json");
  return (await response.json()) as Record<string, unknown>;
}

/** Holds an answer to RFC 9457, and returns its detail. */
export async function detailOf(response: Response, status: number): Promise<string> {
  const text = await response.text();
  expect(response.status, text).toBe(status);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  const problem = JSON.parse(text);
  expect(problem).toEqual({ type: "about:blank", title: expect.any(String), status, detail: expect.any(String) });
  return problem.detail;
}

/** Whether numbers are as near as the package promises: relatively, or where both are next to nothing. */
export function expectNear(got: ArrayLike<number>, expected: ArrayLike<number>, relative: number): void {
  expect(got).toHaveLength(expected.length);
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [got[i] as number, expected[i] as number];
    const error = Math.abs(a - b) / Math.max(Math.abs(b), 1e-30);
    if (!(error <= worst)) worst = error;
  }
  expect(worst).toBeLessThanOrEqual(relative);
}
