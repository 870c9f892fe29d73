// Raw bodies: little-endian float32, row-major. Rows pass through; nothing waits for the whole body but /sample.

import { crossEntropy, softmax } from "softmax-simd";
import { sample } from "softmax-simd/sampling";
import { readBlocks, rowRuns } from "./blocks.js";
import { BLOCK_BYTES, MAX_DRAWS, MAX_SAMPLE_BYTES, MAX_TARGETS } from "./limits.js";
import { answer, computed, Problem } from "./problem.js";
import type { Query } from "./query.js";

type Body = ReadableStream<Uint8Array<ArrayBuffer>> | null;
type Bytes = Uint8Array<ArrayBuffer>;

/** The answer to a raw body. `idle` is how long that may stand still, in milliseconds. */
export type RawHandler = (body: Body, query: Query, idle: number) => Promise<Response>;

/** Probabilities, a block of rows as soon as it is there. */
export const softmaxRaw: RawHandler = (body, { rows, columns, options }, idle) => {
  const run = (logits: Float32Array): Float32Array =>
    computed(() => softmax(logits, { ...options, shape: [columns === 0 ? 0 : logits.length / columns, columns] }));
  run(new Float32Array(0));
  async function* results(): AsyncGenerator<Bytes> {
    for await (const block of readBlocks(body, rowRuns(rows, 4 * columns, BLOCK_BYTES), idle)) {
      yield bytesOf(run(floatsOf(block)));
    }
  }
  return stream(results(), 4 * rows * columns);
};

/** Class indices, as int32. Which are drawn depends on the number of the row in the batch, so that is taken whole. */
export const sampleRaw: RawHandler = async (body, { shape, rows, columns, options }, idle) => {
  const bytes = 4 * rows * columns;
  if (bytes > MAX_SAMPLE_BYTES) {
    throw new Problem(413, `shape: expected at most ${MAX_SAMPLE_BYTES} bytes to sample from, got ${bytes}`);
  }
  computed(() => sample(new Float32Array(0), { ...options, shape: [0, columns] }));
  checkDraws(rows, options["numSamples"]);
  let logits = new Float32Array(0);
  for await (const block of readBlocks(body, rowRuns(rows, 4 * columns, Infinity), idle)) logits = floatsOf(block);
  return answer(bytesOf(computed(() => sample(logits, { ...options, shape }))), "application/octet-stream");
};

/**
 * The body is a target a row, int32, and then the logits. With reduction "none" one float32 loss a row, else the loss as
 * JSON, its rows' losses added in float64.
 */
export const crossEntropyRaw: RawHandler = async (body, { rows, columns, options }, idle) => {
  if (rows > MAX_TARGETS) throw new Problem(413, `shape: expected at most ${MAX_TARGETS} rows, got ${rows}`);
  const { reduction = "mean", ignoreIndex = -100 } = options;
  computed(() => crossEntropy(new Float32Array(0), new Int32Array(0), { ...options, shape: [0, columns] }));
  const targetRuns = rowRuns(rows, 4, Infinity);
  const blocks = readBlocks(body, [...targetRuns, ...rowRuns(rows, 4 * columns, BLOCK_BYTES)], idle);
  const targets = await readTargets(blocks, rows, columns, ignoreIndex as number);
  async function* losses(): AsyncGenerator<Float32Array<ArrayBuffer>> {
    let row = 0;
    for await (const block of blocks) {
      const logits = floatsOf(block);
      const count = logits.length / columns;
      const shape = [count, columns];
      const slice = targets.subarray(row, row + count);
      yield computed(() => crossEntropy(logits, slice, { ...options, reduction: "none", shape }));
      row += count;
    }
  }
  if (reduction === "none") return stream(mapped(losses(), bytesOf), 4 * rows);
  let sum = 0;
  for await (const block of losses()) for (const loss of block) sum += loss;
  const counted = targets.reduce((count, target) => count + (target === ignoreIndex ? 0 : 1), 0);
  return lossAnswer(reduction === "mean" ? sum / counted : sum);
};

/** A loss as JSON; what JSON has no number for is its name. */
export function lossAnswer(loss: number | readonly unknown[]): Response {
  const text = JSON.stringify({ loss }, (_, value) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  );
  return answer(text, "application/json");
}

/** So many draws have to fit into the answer. */
export function checkDraws(rows: number, numSamples: unknown): void {
  const draws = rows * (typeof numSamples === "number" ? numSamples : 1);
  if (draws > MAX_DRAWS) throw new Problem(413, `numSamples: expected at most ${MAX_DRAWS} draws, got ${draws}`);
}

async function readTargets(
  blocks: AsyncGenerator<Bytes>,
  rows: number,
  columns: number,
  ignoreIndex: number,
): Promise<Int32Array> {
  if (rows === 0 || columns === 0) return new Int32Array(0);
  const { value } = await blocks.next();
  const targets = new Int32Array((value as Bytes).buffer, 0, rows);
  const wrong = targets.findIndex((target) => (target < 0 || target >= columns) && target !== ignoreIndex);
  if (wrong === -1) return targets;
  await blocks.return(undefined);
  const expected = `an integer from 0 to ${columns - 1} or ignoreIndex (${ignoreIndex})`;
  throw new Problem(422, `targets[${wrong}]: expected ${expected}, got ${targets[wrong]}`);
}

/**
 * An answer that is made as it is read: a part, and then no more until that is taken. What goes wrong before the first
 * part has a status; after it the answer breaks off, short of its Content-Length.
 */
async function stream(parts: AsyncGenerator<Bytes>, length: number): Promise<Response> {
  let next: IteratorResult<Bytes> | undefined = await parts.next();
  const source = new ReadableStream<Bytes>(
    {
      async pull(controller) {
        const { done, value } = next ?? (await parts.next());
        next = undefined;
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await parts.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
  const { readable, writable } = new FixedLengthStream(length);
  // Either side's failure reaches the other; there is nobody else to tell.
  source.pipeTo(writable).catch(() => {});
  return answer(readable, "application/octet-stream");
}

async function* mapped<A, B>(values: AsyncGenerator<A>, f: (value: A) => B): AsyncGenerator<B> {
  for await (const value of values) yield f(value);
}

function floatsOf(block: Bytes): Float32Array<ArrayBuffer> {
  return new Float32Array(block.buffer, block.byteOffset, block.byteLength / 4);
}

function bytesOf(values: Float32Array | Int32Array): Bytes {
  return new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
}
