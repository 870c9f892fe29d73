// A Worker that holds the second half of the vocabulary: its weights and its logits stay here.

import { normalizeWith, softmaxPartials } from "softmax-simd";
import { BETA, COLUMNS, logitsOf } from "./model.js";
import { fromBytes, toBytes } from "./wire.js";

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const logits = logitsOf(Number(searchParams.get("state")), COLUMNS / 2, COLUMNS);
    if (pathname === "/partials") return new Response(toBytes(softmaxPartials(logits, { beta: BETA })));
    const partials = fromBytes(await request.arrayBuffer(), BETA);
    return new Response(normalizeWith(logits, partials));
  },
};
