// The service's routes.

import { consume, remove, result, submit } from "./batches.js";
import type { Batch, Env, MessageBatch } from "./env.js";
import { crossEntropyJson, type JsonHandler, readJson, sampleJson, softmaxJson } from "./json.js";
import openapi from "./openapi.json" with { type: "json" };
import { answer, Problem, problemResponse } from "./problem.js";
import { readQuery } from "./query.js";
import { crossEntropyRaw, type RawHandler, sampleRaw, softmaxRaw } from "./raw.js";

const JSON_TYPE = "application/json";
const RAW_TYPE = "application/octet-stream";

interface Op {
  readonly json: JsonHandler;
  readonly raw: RawHandler;
}

const OPS: ReadonlyMap<string, Op> = new Map([
  ["/softmax", { json: softmaxJson, raw: softmaxRaw }],
  ["/sample", { json: sampleJson, raw: sampleRaw }],
  ["/cross-entropy", { json: crossEntropyJson, raw: crossEntropyRaw }],
]);

const PAGES: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["/", { name: openapi.info.title, description: "/openapi.json", paths: Object.keys(openapi.paths) }],
  ["/openapi.json", openapi],
]);

const RESULT = /^\/results\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export default {
  fetch(request: Request, env: Env): Promise<Response> {
    return handle(request, env).catch(problemResponse);
  },
  queue(batch: MessageBatch<Batch>, env: Env): Promise<void> {
    return consume(batch, env, (request) => handle(request, env).catch(asAnswer));
  },
};

async function handle(request: Request, env: Env): Promise<Response> {
  const { pathname, search, searchParams } = new URL(request.url);
  const page = PAGES.get(pathname);
  if (page !== undefined) {
    allow(request, ["GET", "HEAD"]);
    return answer(JSON.stringify(page), JSON_TYPE);
  }
  const id = RESULT.exec(pathname)?.[1];
  if (id !== undefined) {
    allow(request, ["GET", "HEAD", "DELETE"]);
    return request.method === "DELETE" ? remove(id, env) : result(id, env);
  }
  const path = pathname.replace(/^\/batches(?=\/)/, "");
  const op = OPS.get(path);
  if (op === undefined) throw new Problem(404, "path: there is nothing here; /openapi.json says what there is");
  allow(request, ["POST"]);
  const type = contentTypeOf(request);
  const query = type === RAW_TYPE ? readQuery(searchParams) : undefined;
  if (path !== pathname) return submit(request, path + search, type, env);
  const idle = env.IDLE_MS ?? 30_000;
  return query === undefined ? op.json(await readJson(request, idle)) : op.raw(request.body, query, idle);
}

function allow(request: Request, methods: readonly string[]): void {
  if (methods.includes(request.method)) return;
  const allowed = methods.join(", ");
  throw new Problem(405, `method: expected ${allowed}, got ${request.method}`, { allow: allowed });
}

/** One of the two that are served, uncompressed. */
function contentTypeOf({ headers }: Request): string {
  const accepted = { "accept-post": `${JSON_TYPE}, ${RAW_TYPE}` };
  const type = headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "none";
  if (type !== JSON_TYPE && type !== RAW_TYPE) {
    throw new Problem(415, `content-type: expected ${JSON_TYPE} or ${RAW_TYPE}, got ${type}`, accepted);
  }
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding === "identity") return type;
  throw new Problem(415, `content-encoding: expected none, got ${encoding}`, {
    ...accepted,
    "accept-encoding": "identity",
  });
}

/** What is wrong with a batch is its answer; what is not the batch's fault may pass. */
function asAnswer(error: unknown): Response {
  if (error instanceof Problem) return problemResponse(error);
  throw error;
}
