// A body in blocks of known sizes, one at a time.

import { Problem } from "./problem.js";

type Block = Uint8Array<ArrayBuffer>;

/**
 * Reads a body that has to consist of blocks of these sizes: nothing is read before it is asked for, and one block is
 * held. A body that ends early, goes on or stands still for `idle` milliseconds is a Problem, and cancelled; so is one
 * that the consumer leaves.
 */
export async function* readBlocks(
  body: ReadableStream<Block> | null,
  sizes: readonly Run[],
  idle: number,
): AsyncGenerator<Block, void, undefined> {
  const total = sizes.reduce((sum, { bytes, times }) => sum + bytes * times, 0);
  if (body === null) {
    if (total > 0) throw truncated(0, total);
    return;
  }
  const reader = body.getReader({ mode: "byob" });
  let read = 0;
  try {
    for (const { bytes, times } of sizes) {
      for (let i = 0; i < times; i++) {
        const block = await fill(reader, bytes, idle);
        read += block.length;
        if (block.length < bytes) throw truncated(read, total);
        // The end has to be seen before the last answer: a body that goes on is told in time, if it is short.
        if (read === total) await end(reader, total, idle);
        yield block;
      }
    }
    if (total === 0) await end(reader, total, idle);
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** So many blocks of one size. */
export interface Run {
  readonly bytes: number;
  readonly times: number;
}

/** Blocks of whole rows: long rows singly, short rows together. */
export function rowRuns(rows: number, rowBytes: number, blockBytes: number): Run[] {
  const together = Math.max(1, Math.floor(blockBytes / Math.max(1, rowBytes)));
  const rest = rows % together;
  const runs = [
    { bytes: together * rowBytes, times: (rows - rest) / together },
    { bytes: rest * rowBytes, times: 1 },
  ];
  return runs.filter(({ bytes, times }) => bytes * times > 0);
}

/** As many bytes in a buffer of their own, whatever the chunks that arrive; fewer at the body's end. */
async function fill(reader: ReadableStreamBYOBReader, bytes: number, idle: number): Promise<Block> {
  const { value } = await soon(reader.read(new Uint8Array(bytes), { min: bytes }), idle);
  return value ?? new Uint8Array(0);
}

async function end(reader: ReadableStreamBYOBReader, total: number, idle: number): Promise<void> {
  const more = await fill(reader, 1, idle);
  if (more.length > 0) throw new Problem(400, `body: expected ${total} bytes, as \`shape\` says, got more`);
}

function truncated(got: number, total: number): Problem {
  return new Problem(400, `body: expected ${total} bytes, as \`shape\` says, got ${got}`);
}

/** What a read gives; a Problem when it takes too long, or the client went away. */
export async function soon<T>(read: Promise<T>, idle: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Problem(408, `body: nothing more came for ${idle / 1000} s`)), idle);
  });
  try {
    return await Promise.race([read, late]);
  } catch (error) {
    throw error instanceof Problem ? error : new Problem(400, "body: the connection broke off");
  } finally {
    clearTimeout(timer);
  }
}
