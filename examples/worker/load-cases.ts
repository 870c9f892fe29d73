// What the load consists of.

import assert from "node:assert/strict";
import type { softmax } from "softmax-simd/reference";

export interface Case {
  readonly name: string;
  /** Each has one request under way at a time. */
  readonly clients: number;
  /** Of all clients together. */
  readonly requests: number;
  readonly rows: number;
  readonly columns: number;
  readonly json?: true;
}

export interface Outcome {
  readonly answers: number;
  readonly seconds: number;
  /** In milliseconds, ascending. */
  readonly latencies: readonly number[];
}

export const CASES: readonly Case[] = [
  { name: "/softmax JSON, 1 x 10", clients: 1, requests: 500, rows: 1, columns: 10, json: true },
  { name: "/softmax JSON, 1 x 10", clients: 16, requests: 2000, rows: 1, columns: 10, json: true },
  { name: "/softmax JSON, 16 x 1000", clients: 16, requests: 200, rows: 16, columns: 1000, json: true },
  { name: "/softmax raw, 1 x 1000", clients: 16, requests: 2000, rows: 1, columns: 1000 },
  { name: "/softmax raw, 256 x 1000", clients: 16, requests: 500, rows: 256, columns: 1000 },
  { name: "/softmax raw, 1 x 131072", clients: 16, requests: 500, rows: 1, columns: 131072 },
];

/** How far float32 may be from the reference, relatively. */
const NEAR = 1.5e-6;

/** Sends the requests, and checks that each has its answer. */
export async function runCase(one: Case, url: URL, reference: typeof softmax): Promise<Outcome> {
  const { rows, columns, json } = one;
  const logits = Float32Array.from({ length: rows * columns }, (_, i) => 10 * Math.sin(i * 0.7));
  const expected = reference(Float64Array.from(logits), { shape: [rows, columns] });
  const target = new URL(json ? "/softmax" : `/softmax?shape=${rows},${columns}`, url);
  const body = json ? JSON.stringify({ logits: [...logits], shape: [rows, columns] }) : new Uint8Array(logits.buffer);
  const headers = { "content-type": json ? "application/json" : "application/octet-stream" };
  const latencies: number[] = [];
  let left = one.requests;

  async function client(): Promise<void> {
    while (left-- > 0) {
      const begin = performance.now();
      const response = await fetch(target, { method: "POST", headers, body });
      const got = json ? numbersOf(await response.json()) : new Float32Array(await response.arrayBuffer());
      latencies.push(performance.now() - begin);
      assert.equal(response.status, 200);
      checkNear(got, expected);
    }
  }

  const begin = performance.now();
  await Promise.all(Array.from({ length: one.clients }, client));
  const seconds = (performance.now() - begin) / 1000;
  assert.equal(latencies.length, one.requests, "answers were lost");
  return { answers: latencies.length, seconds, latencies: latencies.sort((a, b) => a - b) };
}

/** Four times an isolate's memory through one request: rows of one logit, log 2 above the others, and what comes back. */
export async function streamThrough(url: URL): Promise<{ megabytes: number; seconds: number }> {
  const [rows, columns] = [131072, 1024];
  const row = new Float32Array(columns);
  row[0] = Math.LN2;
  const block = new Uint8Array(
    Float32Array.from({ length: 64 * columns }, (_, i) => row[i % columns] as number).buffer,
  );
  let left = rows / 64;
  const body = new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(block);
      else controller.close();
    },
  });
  const headers = { "content-type": "application/octet-stream" };
  const begin = performance.now();
  const init = { method: "POST", headers, body, duplex: "half" } as RequestInit;
  const response = await fetch(new URL(`/softmax?shape=${rows},${columns}`, url), init);
  assert.equal(response.status, 200);
  const other = 1 / (columns + 1);
  const expected = row.map((_, column) => (column === 0 ? 2 * other : other));
  const got = new Uint8Array(4 * columns);
  let length = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + got.length - (length % got.length));
      got.set(part, length % got.length);
      at += part.length;
      length += part.length;
      if (length % got.length === 0) checkNear(new Float32Array(got.buffer), expected);
    }
  }
  assert.equal(length, 4 * rows * columns);
  return { megabytes: Math.round(length / 1e6), seconds: (performance.now() - begin) / 1000 };
}

function numbersOf(answer: unknown): readonly number[] {
  return (answer as { probabilities: number[] }).probabilities;
}

function checkNear(got: ArrayLike<number>, expected: ArrayLike<number>): void {
  assert.equal(got.length, expected.length);
  for (let i = 0; i < got.length; i++) {
    const [a, b] = [got[i] as number, expected[i] as number];
    if (!(Math.abs(a - b) <= NEAR * b)) assert.fail(`element ${i}: ${a}, expected ${b}`);
  }
}
