// A process that has some columns: told which, it sends its partials; sent those of all, its part of the softmax.

import { normalizeWith, type Partials, softmaxPartials } from "softmax-simd";
import { logitsIn, type Shard } from "./shard-logits.js";

process.once("message", (shard: Shard) => {
  const x = logitsIn(shard) as Float64Array;
  const shape = [shard.rows, shard.end - shard.first];
  const { max, sum } = softmaxPartials(x, { shape, beta: shard.beta });
  process.once("message", (merged: Partials) => {
    const part = normalizeWith(x, merged, { shape });
    send(new Uint8Array(part.buffer), () => process.disconnect());
  });
  send(new Uint8Array(Float64Array.of(...max, ...sum).buffer));
});

function send(bytes: Uint8Array, done?: () => void): void {
  process.send?.(bytes, undefined, undefined, done);
}
