import { Bench } from "tinybench";
import { checkSoftmax, softmaxFloat64 } from "./check.js";
import type { Contender, Run } from "./contenders.js";
import { logits } from "./data.js";
import type { Shape } from "./shapes.js";

/** A block is timed after a warm-up, in samples of as many calls as take `sampleMs` or more. */
export const BLOCK = { blockMs: 100, warmupMs: 20, sampleMs: 1 } as const;

export interface Stopwatch {
  /** The largest relative error against float64. */
  readonly error: number;
  /** Times one block: the median nanoseconds of a call, by element. */
  block(): Promise<number>;
}

/** tinybench's fields for a sample that spans several calls: the mean of one, and what it took in all. */
interface Sample {
  readonly overriddenDuration: number;
  readonly overriddenIterationCost: number;
}

/** Takes in a number of every result, so that no engine may drop the work. */
let sink = 0;

/** Sets a contender up for one shape and checks what it computes. */
export async function stopwatch({ name, prepare }: Contender, shape: Shape): Promise<Stopwatch> {
  const [rows, columns] = shape;
  const x = logits(shape);
  const run = await prepare({ x, out: new Float32Array(x.length), rows, columns });
  const first = run();
  const error = checkSoftmax(`${name} at ${rows}x${columns}`, await first, softmaxFloat64(x, shape));
  const async = first instanceof Promise;
  const take = async ? takeAsync : takeSync;
  let calls = 1;
  while ((await take(run, calls)).overriddenIterationCost < BLOCK.sampleMs) calls *= 2;
  const sample = () => take(run, calls);
  return { error, block: async () => ((await block(name, sample, async)) * 1e6) / x.length };
}

function takeSync(run: Run, calls: number): Sample {
  let taken = 0;
  const start = performance.now();
  for (let i = 0; i < calls; i++) taken += (run() as Float32Array)[0]!;
  return sampleOf(performance.now() - start, calls, taken);
}

async function takeAsync(run: Run, calls: number): Promise<Sample> {
  let taken = 0;
  const start = performance.now();
  for (let i = 0; i < calls; i++) taken += (await run())[0]!;
  return sampleOf(performance.now() - start, calls, taken);
}

function sampleOf(elapsed: number, calls: number, taken: number): Sample {
  sink += taken;
  return { overriddenDuration: elapsed / calls, overriddenIterationCost: elapsed };
}

async function block(name: string, sample: () => Sample | Promise<Sample>, async: boolean): Promise<number> {
  const { blockMs: time, warmupMs: warmupTime } = BLOCK;
  const bench = new Bench({ time, iterations: 3, warmupTime, warmupIterations: 1, throws: true });
  const [task] = await bench.add(name, sample, { async }).run();
  if (task?.result.state !== "completed") throw new Error(`${name} did not complete`);
  if (!Number.isFinite(sink)) throw new Error(`${name} gave ${sink} while it was timed`);
  return task.result.latency.p50;
}
