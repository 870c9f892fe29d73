// The example of two Workers that have half a vocabulary each, over HTTP, in workerd.

import { readFileSync } from "node:fs";
import { softmax } from "softmax-simd/reference";
import { afterAll, expect, it } from "vitest";
import { startShards } from "../../examples/shards/local.js";
import { BETA, COLUMNS, logitsOf } from "../../examples/shards/model.js";
import { CONTRACT } from "../support/contract.js";
import { expectNear, floatsOf } from "../support/service.js";

const service = await startShards();
afterAll(() => service[Symbol.asyncDispose]());

it.each([0, 1, 2.5])("two Workers give the softmax of the whole vocabulary for state %d", async (state) => {
  const got = await floatsOf(await fetch(new URL(`/?state=${state}`, service.url)));
  const logits = new Float64Array(logitsOf(state, 0, COLUMNS));
  expectNear(got, softmax(logits, { beta: BETA }), CONTRACT.float32.anyLogits);
});

it("the guide shows the Workers as they are", () => {
  const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  const guide = read("docs/sharding.md");
  for (const name of ["wire", "front", "shard"])
    expect(guide).toContain(`\`\`\`ts\n${read(`examples/shards/${name}.ts`)}\`\`\``);
});
