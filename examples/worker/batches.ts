// Work that does not wait for its answer: a body is stored, a queue's consumer computes, and the answer is stored.

import type { Batch, Env, MessageBatch } from "./env.js";
import { answer, Problem, problemResponse } from "./problem.js";

/** Answers a request as if it had come by itself. */
export type Handle = (request: Request, env: Env) => Promise<Response>;

/** After so many attempts the answer is that it failed. */
const MAX_ATTEMPTS = 3;

const inputOf = (id: string): string => `batches/${id}/input`;
const resultOf = (id: string): string => `batches/${id}/result`;

/** Takes a request on: `target` is the path and query that it would have had, `contentType` one that is served there. */
export async function submit(request: Request, target: string, contentType: string, env: Env): Promise<Response> {
  if (request.headers.get("content-length") === null) {
    throw new Problem(411, "body: expected a Content-Length, which what is stored has to have");
  }
  const batch: Batch = { id: crypto.randomUUID(), target, contentType };
  await env.STORE.put(inputOf(batch.id), request.body ?? "", { httpMetadata: { contentType } });
  try {
    await env.BATCHES.send(batch);
  } catch (error) {
    await env.STORE.delete(inputOf(batch.id));
    throw error;
  }
  return waiting(batch.id, { location: `/results/${batch.id}` });
}

/** The answer of a batch, with the status that it would have had; 202 until it is there. */
export async function result(id: string, env: Env): Promise<Response> {
  const stored = await env.STORE.get(resultOf(id));
  if (stored !== null) {
    const status = Number(stored.customMetadata?.["status"]);
    return answer(stored.body, stored.httpMetadata?.contentType ?? "application/octet-stream", status);
  }
  if ((await env.STORE.head(inputOf(id))) === null) throw new Problem(404, "batch: there is none of that id");
  return waiting(id, { "retry-after": "1" });
}

/** Forgets a batch and its answer. */
export async function remove(id: string, env: Env): Promise<Response> {
  await env.STORE.delete([inputOf(id), resultOf(id)]);
  return new Response(null, { status: 204 });
}

/** The queue's consumer. */
export async function consume({ messages }: MessageBatch<Batch>, env: Env, handle: Handle): Promise<void> {
  for (const message of messages) {
    try {
      await work(message.body, env, handle);
      message.ack();
    } catch (error) {
      if (message.attempts < MAX_ATTEMPTS) {
        message.retry();
        continue;
      }
      await finish(message.body.id, problemResponse(error), env);
      message.ack();
    }
  }
}

async function work({ id, target, contentType }: Batch, env: Env, handle: Handle): Promise<void> {
  const input = await env.STORE.get(inputOf(id));
  // Removed meanwhile, or delivered twice and done.
  if (input === null) return;
  const headers = { "content-type": contentType, "content-length": String(input.size) };
  const request = new Request(`https://batch.invalid${target}`, { method: "POST", headers, body: input.body });
  await finish(id, await handle(request, env), env);
}

async function finish(id: string, { status, headers, body }: Response, env: Env): Promise<void> {
  const contentType = headers.get("content-type") as string;
  const metadata = { httpMetadata: { contentType }, customMetadata: { status: String(status) } };
  await env.STORE.put(resultOf(id), body ?? "", metadata);
  await env.STORE.delete(inputOf(id));
}

function waiting(id: string, headers: Readonly<Record<string, string>>): Response {
  return answer(JSON.stringify({ id, status: "waiting" }), "application/json", 202, headers);
}
