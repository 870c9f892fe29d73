import { setTimeout } from "node:timers/promises";
import { labelOf, type MeasuredCase, type Mode, type OpName } from "./cases.js";
import type { Contender } from "./contender.js";
import type { Engine, Worker } from "./engine.js";
import { sizeOf } from "./ops.js";

/** Contenders take turns, in an order that rotates from round to round. */
export const ROUNDS = 7;

/** Threads of ONNX Runtime look for work for as long as 30 ms before they sleep. */
const REST_MS = 40;

const BUSY_MS = 120;

/** Times are nanoseconds of a call. */
export interface Timing {
  readonly contender: string;
  readonly op: OpName;
  readonly case: string;
  readonly mode: Mode;
  /** Of the result. */
  readonly elements: number;
  /** The median of the rounds. */
  readonly steady: number;
  /** The best of the rounds. */
  readonly best: number;
  /** Each round's own median. */
  readonly rounds: readonly number[];
  /** The first and the tenth call of the process. */
  readonly first: number;
  readonly tenth: number;
  /** The largest relative error against float64. */
  readonly error: number;
  /** How many processors it keeps busy, where that was asked for. */
  readonly busy?: number;
}

/** What is to be measured. */
export interface Plan {
  readonly contenders: readonly Contender[];
  readonly cases: readonly MeasuredCase[];
  readonly modes: readonly Mode[];
  /** Whether to find out how many processors each keeps busy. */
  readonly busy?: boolean;
}

/**
 * Each contender has a process of its own for each case, idle while another is timed: what one does to its engine must
 * not slow the others. Node 20, for one, makes slower code for every typed array once any WebAssembly memory has grown.
 */
export async function measure(engine: Engine, plan: Plan): Promise<Timing[]> {
  const { contenders, cases, modes } = plan;
  const able = contenders.filter(({ flags = [] }) => flags.length === 0 || engine.takesFlags(flags));
  const timings: Timing[] = [];
  for (const mode of modes) {
    for (const given of cases.filter(({ modes }) => modes.includes(mode))) {
      const taking = able.filter((contender) => contender.takes(given, mode));
      process.stderr.write(`${engine.name}: ${given.op}, ${mode}, ${labelOf(given)}\n`);
      timings.push(...(await measureCase(engine, { ...plan, contenders: taking }, given, mode)));
    }
  }
  return timings;
}

async function measureCase(
  engine: Engine,
  { contenders, busy }: Plan,
  given: MeasuredCase,
  mode: Mode,
): Promise<Timing[]> {
  const workers: Worker[] = [];
  try {
    const entries = [];
    for (const { name: contender, flags } of contenders) {
      const worker = await engine.start(flags);
      workers.push(worker);
      entries.push({ contender, prepared: await worker.ask("prepare", { contender, given, mode }) });
    }
    const all = await takeTurns(workers, contenders.some(({ spins }) => spins) ? REST_MS : 0);
    const processors = await inTurn(busy ? workers : [], busyProcessors);
    const elements = sizeOf(given);
    return entries.map(({ contender, prepared }, i) => {
      const rounds = all[i]!;
      const times = { steady: median(rounds), best: Math.min(...rounds), rounds, ...prepared };
      const busy = processors[i];
      return {
        contender,
        op: given.op,
        case: labelOf(given),
        mode,
        elements,
        ...times,
        ...(busy === undefined ? {} : { busy }),
      };
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

/** Times what the workers have prepared, after a rest each time; gives each one's rounds. */
export async function takeTurns(workers: readonly Worker[], restMs = 0): Promise<number[][]> {
  const entries = workers.map((worker) => ({ worker, rounds: [] as number[] }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { worker, rounds } of rotate(entries, round)) {
      await setTimeout(restMs);
      rounds.push(await worker.ask("block"));
    }
  }
  return entries.map(({ rounds }) => rounds);
}

/** How many processors it keeps busy while it calls back to back. */
async function busyProcessors(worker: Worker): Promise<number> {
  const [before, start] = [await worker.cpuTime(), performance.now()];
  await worker.ask("busy", BUSY_MS);
  return ((await worker.cpuTime()) - before) / (performance.now() - start);
}

async function inTurn<T, U>(items: readonly T[], use: (item: T) => Promise<U>): Promise<U[]> {
  const results: U[] = [];
  for (const item of items) results.push(await use(item));
  return results;
}

function rotate<T>(items: readonly T[], by: number): T[] {
  const at = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

/** The middle value; of an even count, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1]!, sorted[sorted.length >> 1]!];
  return (low + high) / 2;
}
