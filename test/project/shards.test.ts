// Rows whose columns live in three processes: what passes between them is 16 bytes a row, and no logit.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { mergePartials } from "softmax-simd";
import { softmax } from "softmax-simd/reference";
import { afterEach, expect, it } from "vitest";
import { CONTRACT, type Dtype } from "../support/contract.js";
import { DTYPES, floats, largestError } from "../support/floats.js";
import { logitsIn, type Shard } from "../support/shard-logits.js";

const PROGRAM = fileURLToPath(new URL("../support/shard-process.ts", import.meta.url));
const ROWS = 7;
const COLUMNS = 10_007;
const CUTS = [0, 17, 6000, COLUMNS];

let children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children) child.kill();
  children = [];
});

/** Starts a process that has some columns of all rows. */
function start(shard: Shard): ChildProcess {
  const child = fork(PROGRAM, [], { execArgv: ["--import", "tsx"], serialization: "advanced" });
  children.push(child);
  child.send(shard);
  return child;
}

/** The next message, or an error if the process ends before. */
async function next(child: ChildProcess): Promise<Uint8Array> {
  const stop = new AbortController();
  const ended = once(child, "exit", { signal: stop.signal }).then(([code]) => {
    throw new Error(`expected an answer, got exit code ${code}`);
  });
  const message = once(child, "message", { signal: stop.signal });
  try {
    const [bytes] = await Promise.race([message, ended]);
    return bytes as Uint8Array;
  } finally {
    stop.abort();
    await Promise.allSettled([message, ended]);
  }
}

it.each(DTYPES)("three processes, %s", async (dtype: Dtype) => {
  const shards = CUTS.slice(1).map((end, i): Shard => ({ dtype, rows: ROWS, first: CUTS[i]!, end, beta: 1.25 }));
  const running = shards.map(start);
  const partials = (await Promise.all(running.map(next))).map((bytes) => {
    expect(bytes.length).toBe(16 * ROWS);
    const numbers = new Float64Array(bytes.slice().buffer);
    return { max: numbers.slice(0, ROWS), sum: numbers.slice(ROWS), beta: 1.25 };
  });
  // Two first, as in a tree.
  const merged = mergePartials(partials[2]!, mergePartials(partials[1]!, partials[0]!));
  const parts = running.map(next);
  for (const child of running) child.send(merged);
  const Floats = dtype === "float32" ? Float32Array : Float64Array;
  const got = (await Promise.all(parts)).map((bytes) => new Floats(bytes.slice().buffer));
  const whole = new Float64Array(logitsIn({ dtype, rows: ROWS, first: 0, end: COLUMNS, beta: 1.25 }));
  const exact = softmax(whole, { shape: [ROWS, COLUMNS], beta: 1.25 });
  const joined = floats(dtype, ROWS * COLUMNS);
  shards.forEach(({ first, end }, i) => {
    for (let r = 0; r < ROWS; r++) {
      joined.set(got[i]!.subarray(r * (end - first), (r + 1) * (end - first)), r * COLUMNS + first);
    }
  });
  // In float64 the reference errs as much.
  const bound = dtype === "float32" ? CONTRACT.float32.anyLogits : 2 * CONTRACT.float64.softmax;
  expect(largestError(joined, exact, dtype)).toBeLessThan(bound);
});
