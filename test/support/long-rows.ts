// One row in segments, as threads share it: each has an instance over the one memory, and scratch memory of its own.

import { type ParallelKernels, SCRATCH_BYTES } from "../../src/abi.js";
import type { FloatArray } from "../../src/types.js";
import type { Dtype } from "./contract.js";
import { floats } from "./floats.js";
import { instantiateParallel, sharedMemory, type Target } from "./modules.js";

/** At most so many segments. */
export const SEGMENTS = 7;

/** Elements of a block: segments start at their multiples. */
export const BLOCKS = { float32: 256, float64: 128 } as const;

export interface LongRows {
  /** softmax of the row in one call of its kernel. */
  whole(x: FloatArray, beta: number): FloatArray;
  /** The same in segments, which start at these blocks, the first at 0. */
  inSegments(x: FloatArray, beta: number, starts: readonly number[], inPlace: boolean): FloatArray;
}

interface Segment {
  readonly kernels: ParallelKernels;
  readonly scratch: number;
  readonly value: number;
  readonly sums: number;
  readonly x: number;
  readonly y: number;
  readonly count: number;
}

/** For rows of at most `most` elements. */
export function longRows(target: Target, dtype: Dtype, most: number): LongRows {
  const width = dtype === "float32" ? 4 : 8;
  const suffix = dtype === "float32" ? "F32" : "F64";
  const values = 2048;
  const scratch = values + SEGMENTS * 8 + 8;
  const sums = scratch + SEGMENTS * SCRATCH_BYTES;
  const blocksOf = (count: number) => Math.ceil(count / BLOCKS[dtype]);
  // At no multiple of 16.
  const x = sums + 8 * blocksOf(most) + width;
  const y = x + 16 * Math.ceil((most * width) / 16) + (dtype === "float32" ? width : 0);
  const memory = sharedMemory(Math.max(17, Math.ceil((y + most * width) / 65_536)));
  const instances = Array.from({ length: SEGMENTS }, () => instantiateParallel(target, memory));
  const [first] = instances as [ParallelKernels];

  function load(logits: FloatArray): void {
    const bytes = new Uint8Array(memory.buffer);
    bytes.fill(0xff, values, scratch);
    bytes.fill(0xff, sums, sums + 8 * blocksOf(logits.length));
    bytes.fill(0xff, y, y + logits.byteLength);
    bytes.set(new Uint8Array(logits.buffer), x);
  }

  function read(at: number, count: number): FloatArray {
    const copy = floats(dtype, count);
    new Uint8Array(copy.buffer).set(new Uint8Array(memory.buffer, at, copy.byteLength));
    return copy;
  }

  function numbers(at: number, count: number): Float64Array {
    return new Float64Array(memory.buffer, at, count);
  }

  function segments(count: number, starts: readonly number[], to: number): Segment[] {
    const ends = [...starts.slice(1).map((block) => block * BLOCKS[dtype]), count];
    return starts.map((block, i) => {
      const from = block * BLOCKS[dtype];
      return {
        kernels: instances[i]!,
        scratch: scratch + i * SCRATCH_BYTES,
        value: values + i * 8,
        sums: sums + block * 8,
        x: x + from * width,
        y: to + from * width,
        count: ends[i]! - from,
      };
    });
  }

  return {
    whole(logits, beta) {
      load(logits);
      first[`softmax${suffix}`](x, y, 1, logits.length, 1, beta, scratch);
      return read(y, logits.length);
    },
    inSegments(logits, beta, starts, inPlace) {
      load(logits);
      const to = inPlace ? x : y;
      const all = segments(logits.length, starts, to);
      // Threads come to a step in any order.
      for (const s of [...all].reverse())
        s.kernels[`longMaximum${suffix}`](s.x, s.y, s.count, beta, s.value, s.scratch);
      const max = Math.max(...numbers(values, all.length));
      for (const s of all) s.kernels[`longExponentials${suffix}`](s.x, s.y, s.count, beta, max, s.sums, s.scratch);
      const factorAt = values + SEGMENTS * 8;
      first[`longFactor${suffix}`](sums, blocksOf(logits.length), factorAt);
      const [factor = Number.NaN] = numbers(factorAt, 1);
      for (const s of [...all].reverse()) s.kernels[`longScale${suffix}`](s.y, s.count, factor);
      return read(to, logits.length);
    },
  };
}
