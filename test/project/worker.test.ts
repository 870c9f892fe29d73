// The example of an edge service, over HTTP, in workerd: its answers and its errors.

import { crossEntropy, softmax } from "softmax-simd/reference";
import { sample } from "softmax-simd/sampling";
import { afterAll, describe, expect, it } from "vitest";
import { startService } from "../../examples/worker/local.js";
import openapi from "../../examples/worker/openapi.json" with { type: "json" };
import { CONTRACT } from "../support/contract.js";
import { random } from "../support/random.js";
import { chunked, detailOf, expectNear, floatsOf, json, jsonOf, raw, stalled } from "../support/service.js";

const service = await startService({ idle: 300 });
afterAll(() => service[Symbol.asyncDispose]());

const ask = (path: string, init?: RequestInit): Promise<Response> => fetch(new URL(path, service.url), init);
const values = random(7);
const logitsOf = (count: number): Float32Array => Float32Array.from({ length: count }, () => values.uniform(-10, 10));
const { softmax: relative, terms } = CONTRACT.float32;

describe("POST /softmax", () => {
  it.each([
    [{ logits: [1, 2, 3] }],
    [
      {
        logits: [
          [1, 2, 3],
          [1000, 2000, 3000],
        ],
        temperature: 0.5,
      },
    ],
    [
      {
        logits: [
          [1, 2, 3],
          [6, 5, 4],
        ],
        axis: 0,
      },
    ],
    [{ logits: [1, 2, 3, 4], shape: [2, 2], base: 2 }],
    [
      {
        logits: [
          [1, 2, 3],
          [6, 5, 4],
        ],
        where: [true, false, true],
        beta: -1,
      },
    ],
    [{ logits: [] }],
  ])("answers JSON: %j", async ({ logits, ...options }) => {
    const { probabilities } = await jsonOf(await ask("/softmax", json({ logits, ...options })));
    const expected = softmax(logits as number[], options);
    expectNear((probabilities as number[]).flat(), (expected as number[]).flat(), CONTRACT.float64.softmax);
  });

  it.each([
    ["1", "", 1],
    ["7", "", 7],
    ["300,7", "&temperature=0.7", 7],
    ["2,3,1000", "&beta=-0.5", 1000],
    ["3,50257", "", 50257],
    ["0,10", "", 10],
    ["10,0", "", 0],
  ])("answers raw rows of shape %s%s", async (shape, option, columns) => {
    const lengths = shape.split(",").map(Number);
    const x = logitsOf(lengths.reduce((a, b) => a * b));
    const [name, value] = option.slice(1).split("=");
    const options = name ? { [name]: Number(value) } : {};
    const got = await floatsOf(await ask(`/softmax?shape=${shape}${option}`, raw(x)));
    expect(got).toHaveLength(x.length);
    if (columns > 0) expectNear(got, softmax(Float64Array.from(x), { ...options, shape: lengths }), relative);
  });

  it.each([1, 4093, 65537])("takes chunks of %s bytes, without Content-Length", async (size) => {
    const x = logitsOf(size === 1 ? 6 * 11 : 60 * 1009);
    const shape = size === 1 ? [6, 11] : [60, 1009];
    const got = await floatsOf(await ask(`/softmax?shape=${shape}`, chunked(size, x)));
    expectNear(got, softmax(Float64Array.from(x), { shape }), relative);
  });
});

describe("POST /sample", () => {
  it("draws what the package draws of a seed, from either kind of body", async () => {
    const x = logitsOf(40 * 50);
    const options = { temperature: 0.8, topK: 20, topP: 0.9, minP: 0.01, numSamples: 5, seed: 3, step: 2 };
    const expected = Array.from(sample(x, { ...options, shape: [40, 50] }));
    const query = new URLSearchParams(Object.entries(options).map(([name, value]) => [name, String(value)]));
    const response = await ask(`/sample?shape=40,50&${query}`, raw(x));
    expect(Array.from(new Int32Array(await response.arrayBuffer()))).toEqual(expected);
    const logits = Array.from({ length: 40 }, (_, row) => Array.from(x.subarray(row * 50, row * 50 + 50)));
    const { samples } = await jsonOf(await ask("/sample", json({ logits, ...options })));
    expect(samples).toEqual(sample(logits, options));
  });

  it("draws without replacement", async () => {
    const { samples } = await jsonOf(
      await ask("/sample", json({ logits: [0, 0, 0], numSamples: 3, replacement: false })),
    );
    expect((samples as number[]).sort()).toEqual([0, 1, 2]);
    const response = await ask("/sample?shape=3&numSamples=3&replacement=false", raw(new Float32Array(3)));
    expect([...new Int32Array(await response.arrayBuffer())].sort()).toEqual([0, 1, 2]);
  });
});

describe("POST /cross-entropy", () => {
  const rows = 500;
  const columns = 37;
  const x = logitsOf(rows * columns);
  const targets = Int32Array.from({ length: rows }, (_, row) => (row % 5 === 0 ? -1 : (row * 7) % columns));
  const wide = Float64Array.from(x);

  it.each(["mean", "sum"] as const)("answers the %s of raw rows", async (reduction) => {
    const query = `shape=${rows},${columns}&reduction=${reduction}&ignoreIndex=-1&labelSmoothing=0.1`;
    const { loss } = await jsonOf(await ask(`/cross-entropy?${query}`, chunked(1021, targets, x)));
    const options = { shape: [rows, columns], reduction, ignoreIndex: -1, labelSmoothing: 0.1 };
    expectNear([loss as number], [crossEntropy(wide, targets, options)], terms);
  });

  it("answers a loss for each raw row", async () => {
    const query = `shape=${rows},${columns}&reduction=none&ignoreIndex=-1&temperature=2`;
    const got = await floatsOf(await ask(`/cross-entropy?${query}`, raw(targets, x)));
    const options = { shape: [rows, columns], reduction: "none", ignoreIndex: -1, temperature: 2 } as const;
    expectNear(got, crossEntropy(wide, targets, options), 10 * terms);
  });

  it.each([
    [
      {
        logits: [
          [1, 2],
          [3, 4],
        ],
        targets: [0, 1],
      },
    ],
    [
      {
        logits: [
          [1, 2],
          [3, 4],
        ],
        targets: [0, 1],
        reduction: "none",
        weight: [1, 2],
      },
    ],
    [
      {
        logits: [
          [1, 2],
          [3, 4],
        ],
        targets: [
          [0.25, 0.75],
          [1, 0],
        ],
        reduction: "sum",
      },
    ],
  ])("answers JSON: %j", async ({ logits, targets: classes, ...options }) => {
    const { loss } = await jsonOf(await ask("/cross-entropy", json({ logits, targets: classes, ...options })));
    const expected = crossEntropy(logits, classes as number[], options as { reduction: "none" });
    expectNear([loss].flat() as number[], [expected].flat(), CONTRACT.float64.terms);
  });

  it("names a loss that JSON has no number for", async () => {
    const body = { logits: [[1, 2]], targets: [-100] };
    expect(await jsonOf(await ask("/cross-entropy", json(body)))).toEqual({ loss: "NaN" });
    const infinite = raw(Int32Array.of(0), Float32Array.of(-Infinity, 0));
    expect(await jsonOf(await ask("/cross-entropy?shape=1,2", infinite))).toEqual({ loss: "Infinity" });
  });
});

const FLOATS = Float32Array.of(1, 2, 3, 4, 5, 6);
const typed = (type: string, more = {}): RequestInit => ({
  ...json({ logits: [1] }),
  headers: { "content-type": type, ...more },
});

describe("errors", () => {
  it.each<[status: number, path: string, init: RequestInit, detail: RegExp]>([
    [404, "/nothing", {}, /openapi/],
    [404, "/batches", json({}), /openapi/],
    [404, "/results/00000000-0000-0000-0000-000000000000", {}, /none of that id/],
    [405, "/softmax", {}, /expected POST, got GET/],
    [405, "/sample", { method: "PUT", body: "x" }, /got PUT/],
    [405, "/openapi.json", json({}), /GET, HEAD/],
    [415, "/softmax", typed("text/plain"), /text\/plain/],
    [415, "/softmax", { method: "POST" }, /got none/],
    [415, "/softmax", typed("application/json", { "content-encoding": "gzip" }), /gzip/],
    [400, "/softmax", json("{"), /JSON/],
    [400, "/softmax", json(""), /JSON/],
    [400, "/softmax", json("[1]"), /object/],
    [400, "/softmax", json('{"logits":[NaN]}'), /no NaN and no Infinity/],
    [400, "/softmax", { ...json(""), body: Uint8Array.of(0x22, 0xff, 0x22) }, /UTF-8/],
    [413, "/softmax", json({ logits: [1], filler: " ".repeat(2 ** 21) }), /2097152/],
    [
      413,
      "/softmax",
      { ...stalled(new Uint8Array(2 ** 21 + 1)), headers: typed("application/json").headers! },
      /bytes/,
    ],
    [422, "/softmax", json({}), /logits: expected an array, got none/],
    [422, "/softmax", json({ logits: "1" }), /a JSON string/],
    [422, "/softmax", json('{"logits":[1e999]}'), /float64/],
    [422, "/softmax", json({ logits: [1, "2"] }), /\[1\]: expected a number, got "2"/],
    [422, "/softmax", json({ logits: [[1], [2, 3]] }), /ragged/],
    [422, "/softmax", json({ logits: [1], temprature: 2 }), /unknown option "temprature": did you mean "temperature"/],
    [422, "/softmax", json({ logits: [1], temperature: 1, beta: 2 }), /at most one/],
    [422, "/softmax", json({ logits: [1], out: [0] }), /out/],
    [422, "/softmax", json({ logits: [1], ["<script>".repeat(1000)]: 1 }), /^.{1,501}$/],
    [422, "/softmax", json(`{"logits":${"[".repeat(1e5)}${"]".repeat(1e5)}}`), /at most 32 levels/],
    [422, "/sample", json({ logits: [1, 2], topK: 0 }), /topK/],
    [413, "/sample", json({ logits: [1, 2], numSamples: 1e9 }), /draws/],
    [413, "/sample", json({ logits: [[1], [2]], axis: 0, shape: [2, 1], numSamples: 2 ** 20 + 1 }), /draws/],
    [422, "/cross-entropy", json({ logits: [[1, 2]], targets: [2] }), /targets\[0\]/],
    [422, "/cross-entropy", json({ logits: [[1, 2]] }), /targets/],
    [400, "/softmax", raw(FLOATS), /shape: expected in the query/],
    [400, "/softmax?shape=2,x", raw(FLOATS), /"2,x"/],
    [400, "/softmax?shape=-1,6", raw(FLOATS), /shape/],
    [400, "/softmax?shape=6&shape=6", raw(FLOATS), /more than once/],
    [400, "/softmax?shape=7", raw(FLOATS), /expected 28 bytes.*got 24/],
    [400, "/softmax?shape=5", raw(FLOATS), /expected 20 bytes.*got more/],
    [400, "/softmax?shape=0,5", raw(FLOATS), /expected 0 bytes.*got more/],
    [400, "/softmax?shape=6", { ...raw(), body: null }, /got 0/],
    [400, "/softmax?shape=6", raw(FLOATS, Uint8Array.of(1)), /got more/],
    [400, "/softmax?shape=6", stalled(new Uint8Array(1000)), /got more/],
    [400, "/sample?shape=7", raw(FLOATS), /got 24/],
    [400, "/cross-entropy?shape=1,6", raw(new Float32Array(6)), /got 24/],
    [413, "/softmax?shape=1048577", raw(FLOATS), /columns/],
    [413, "/softmax?shape=9007199254740991,2", raw(FLOATS), /bytes/],
    [413, "/sample?shape=3,1048576", raw(FLOATS), /8388608 bytes/],
    [413, "/sample?shape=2,3&numSamples=1e6", raw(FLOATS), /draws/],
    [413, "/cross-entropy?shape=1048577,1", raw(FLOATS), /rows/],
    [422, "/softmax?shape=6&temprature=2", raw(FLOATS), /did you mean "temperature"/],
    [422, "/softmax?shape=6&temperature=two", raw(FLOATS), /temperature: expected a number, got "two"/],
    [422, "/softmax?shape=6&axis=0", raw(FLOATS), /axis: expected in a JSON body only/],
    [422, "/sample?shape=6", raw(new Float32Array(6).fill(NaN)), /NaN/],
    [422, "/cross-entropy?shape=2,2", raw(Int32Array.of(1, 2), FLOATS.subarray(0, 4)), /targets\[1\].*got 2/],
    [408, "/softmax?shape=6", stalled(new Uint8Array(20)), /nothing more came/],
    [
      408,
      "/softmax",
      { ...stalled(Buffer.from('{"logits":')), headers: typed("application/json").headers! },
      /nothing/,
    ],
    [411, "/batches/softmax?shape=6", stalled(new Uint8Array(24)), /Content-Length/],
    [400, "/batches/softmax", raw(FLOATS), /shape/],
    [415, "/batches/softmax", typed("text/plain"), /text\/plain/],
    [405, "/batches/softmax", {}, /expected POST/],
  ])("%s at %s: %#", async (status, path, init, detail) => {
    const response = await ask(path, init);
    expect(await detailOf(response, status)).toMatch(detail);
    expect(response.headers.has("allow")).toBe(status === 405);
    expect(response.headers.has("accept-post")).toBe(status === 415);
    expect(await jsonOf(await ask("/softmax", json({ logits: [5] })))).toEqual({ probabilities: [1] });
  });
});

describe("the description", () => {
  it("is served, and pointed to", async () => {
    expect(await jsonOf(await ask("/openapi.json"))).toEqual(openapi);
    const page = await jsonOf(await ask("/"));
    expect(page["description"]).toBe("/openapi.json");
    expect(page["paths"]).toEqual(Object.keys(openapi.paths));
    const head = await ask("/openapi.json", { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  it("refers to what it holds", () => {
    const references = [...JSON.stringify(openapi).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path as string);
    expect(references.length).toBeGreaterThan(20);
    for (const path of references) {
      const target = path
        .split("/")
        .reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], openapi);
      expect(target, path).toBeDefined();
    }
  });

  it.each(Object.entries(openapi.paths))("names what is served at %s", async (path, methods) => {
    const served = Object.keys(methods).filter((name) => name !== "parameters");
    const url = path.replace("{op}", "softmax").replace("{id}", crypto.randomUUID());
    for (const method of ["get", "put", "post", "delete", "patch"]) {
      const { status } = await ask(url, { method: method.toUpperCase() });
      if (served.includes(method)) expect(status, method).not.toBe(405);
      else expect(status, method).toBe(405);
    }
  });

  it.each([
    ["/softmax", openapi.components.schemas.Softmax, { logits: [1] }],
    ["/sample", openapi.components.schemas.Sample, { logits: [1] }],
    ["/cross-entropy", openapi.components.schemas.CrossEntropy, { logits: [[1]], targets: [0] }],
  ] as const)("names the options of %s", async (path, { properties }, body) => {
    const detail = await detailOf(await ask(path, json({ ...body, "": 0 })), 422);
    const taken = /expected one of (.*)/.exec(detail)?.[1]?.split(", ") ?? [];
    const options = Object.keys(properties).filter((name) => !(name in body));
    // Out is no use over HTTP, rng is a function.
    expect(options.sort()).toEqual(taken.filter((name) => name !== "out" && name !== "rng").sort());
    const inQuery = openapi.paths[path].post.parameters.flatMap((given) => ("name" in given ? [given.name] : []));
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(inQuery));
    for (const name of inQuery) {
      const got = await detailOf(await ask(`${path}?shape=1,1&${name}=!`, raw(new Float32Array(2))), 422);
      expect(got).toMatch(new RegExp(`^${name}: `));
    }
  });
});
