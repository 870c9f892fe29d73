// The Worker that is asked: it holds the first half of the vocabulary, and asks the other for what it knows of the rest.

import { mergePartials, normalizeWith, softmaxPartials } from "softmax-simd";
import { BETA, COLUMNS, logitsOf } from "./model.js";
import { fromBytes, toBytes } from "./wire.js";

interface Env {
  /** The service binding to the other Worker. */
  readonly SHARD: { fetch(url: string, init?: RequestInit): Promise<Response> };
}

export default {
  async fetch(request: Request, { SHARD }: Env): Promise<Response> {
    const state = Number(new URL(request.url).searchParams.get("state"));
    const theirs = SHARD.fetch(`https://shard/partials?state=${state}`);
    const logits = logitsOf(state, 0, COLUMNS / 2);
    const partials = mergePartials(
      softmaxPartials(logits, { beta: BETA }),
      fromBytes(await (await theirs).arrayBuffer(), BETA),
    );
    const rest = SHARD.fetch(`https://shard/normalize?state=${state}`, { method: "POST", body: toBytes(partials) });
    const parts = [normalizeWith(logits, partials), await (await rest).arrayBuffer()];
    return new Response(new Blob(parts), { headers: { "content-type": "application/octet-stream" } });
  },
};
