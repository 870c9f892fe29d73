import { Bench } from "tinybench";
import { type Case, labelOf, type Mode } from "./cases.js";
import { checkValues } from "./check.js";
import type { Batch, Contender, Prepared } from "./contender.js";
import { batchesOf, ops } from "./ops.js";

/** A block is timed after a warm-up, in samples of as many calls as take `sampleMs` or more. */
export const BLOCK = { blockMs: 50, warmupMs: 10, sampleMs: 1 } as const;

/** Calls before the first block, at least this long: engines compile hot code anew meanwhile. */
const WARM_MS = 100;

/** A batch and its result from this size on are too large for a core's own caches. */
const LARGE_BYTES = 4 * 2 ** 20;

/** Large batches go round a ring of this size, so that the last-level cache (32 MiB, say) holds none of them. */
export const RING_BYTES: number = 80 * 2 ** 20;

export interface Stopwatch {
  /** The largest relative error against float64. */
  readonly error: number;
  /** Nanoseconds that the process' first call took, and its tenth. */
  readonly first: number;
  readonly tenth: number;
  readonly timed: Timed;
}

/** Calls that are ready to be timed. */
export interface Timed {
  /** Times one block: the median nanoseconds of a call. */
  block(): Promise<number>;
  /** Calls back to back for so many milliseconds: how many a second. */
  busy(milliseconds: number): Promise<number>;
}

/** tinybench's fields for a sample that spans several calls: the mean of one, and what it took in all. */
interface Sample {
  readonly overriddenDuration: number;
  readonly overriddenIterationCost: number;
}

/** Takes in a number of the results, so that no engine may drop the work. */
let sink = 0;

/** Sets a contender up for one case, checks what it computes, and warms it. */
export async function stopwatch(contender: Contender, given: Case, mode: Mode): Promise<Stopwatch> {
  const prepare = await contender.load(given, mode);
  const batches = ringOf(given);
  const ring: Prepared[] = [];
  for (const batch of batches) ring.push(await prepare(batch));
  const calls: number[] = [];
  for (let i = 0; i < 10; i++) calls.push(await timeCall(ring[i % ring.length]!));
  const name = `${contender.name} for ${given.op} at ${labelOf(given)}, ${mode},`;
  const error = await check(name, contender, ring, batches[0]!);
  return { error, first: calls[0]!, tenth: calls[9]!, timed: await blocksOf(name, ring) };
}

/** Warms up what goes round a ring. */
export async function blocksOf(name: string, ring: readonly Prepared[]): Promise<Timed> {
  const async = ring[0]!.run() instanceof Promise;
  const sample = await warm(async ? asyncSampler(ring) : syncSampler(ring));
  return { block: () => block(name, sample, async, ring), busy: (milliseconds) => busy(sample, milliseconds) };
}

/** How many pairs of a batch and its result a case goes round. */
export function ringSize({ x, second, out }: Pick<Batch, "x" | "second" | "out">): number {
  const bytes = x.byteLength + (second?.byteLength ?? 0) + out.byteLength;
  return bytes < LARGE_BYTES ? 1 : Math.ceil(RING_BYTES / bytes);
}

/** The same inputs in each batch. */
function ringOf(given: Case): Batch[] {
  const make = batchesOf(given);
  const first = make();
  return [first, ...Array.from({ length: ringSize(first) - 1 }, make)];
}

async function timeCall({ run }: Prepared): Promise<number> {
  const start = performance.now();
  const result = run();
  if (result instanceof Promise) await result;
  return (performance.now() - start) * 1e6;
}

/** Ten calls went round before this; those batches that they did not reach are computed here. */
async function check(name: string, contender: Contender, ring: readonly Prepared[], batch: Batch): Promise<number> {
  const { exact, floor } = ops[batch.given.op];
  const expected = (contender.exact ?? exact)(batch);
  const errors: number[] = [];
  for (const { run, result } of ring) {
    await run();
    errors.push(checkValues(name, await result(), expected, contender.tolerance, floor));
  }
  return Math.max(...errors);
}

type Sampler = (calls: number) => Sample | Promise<Sample>;

function syncSampler(ring: readonly Prepared[]): Sampler {
  let next = 0;
  return (calls) => {
    const start = performance.now();
    for (let i = 0; i < calls; i++) {
      ring[next]!.run();
      next = next + 1 === ring.length ? 0 : next + 1;
    }
    return sampleOf(performance.now() - start, calls);
  };
}

function asyncSampler(ring: readonly Prepared[]): Sampler {
  let next = 0;
  return async (calls) => {
    const start = performance.now();
    for (let i = 0; i < calls; i++) {
      await ring[next]!.run();
      next = next + 1 === ring.length ? 0 : next + 1;
    }
    return sampleOf(performance.now() - start, calls);
  };
}

function sampleOf(elapsed: number, calls: number): Sample {
  return { overriddenDuration: elapsed / calls, overriddenIterationCost: elapsed };
}

/** A sample of as many calls as last long enough. */
async function warm(sampler: Sampler): Promise<() => Sample | Promise<Sample>> {
  let calls = 1;
  const end = performance.now() + WARM_MS;
  do {
    while ((await sampler(calls)).overriddenIterationCost < BLOCK.sampleMs) calls *= 2;
  } while (performance.now() < end);
  return () => sampler(calls);
}

async function busy(sample: () => Sample | Promise<Sample>, milliseconds: number): Promise<number> {
  const start = performance.now();
  let calls = 0;
  let elapsed = 0;
  while (elapsed < milliseconds) {
    const { overriddenDuration: each, overriddenIterationCost: all } = await sample();
    calls += Math.round(all / each);
    elapsed = performance.now() - start;
  }
  return (calls / elapsed) * 1000;
}

async function block(
  name: string,
  sample: () => Sample | Promise<Sample>,
  async: boolean,
  ring: readonly Prepared[],
): Promise<number> {
  const { blockMs: time, warmupMs: warmupTime } = BLOCK;
  const bench = new Bench({ time, iterations: 3, warmupTime, warmupIterations: 1, throws: true });
  const [task] = await bench.add(name, sample, { async }).run();
  if (task?.result.state !== "completed") throw new Error(`${name} did not complete`);
  for (const { result } of ring) sink += Math.abs((await result())[0]!);
  if (!(sink > 0)) throw new Error(`${name} gave ${sink} while it was timed`);
  return task.result.latency.p50 * 1e6;
}
