// What two independent processes, or pages, do in the time in which one of them does so much alone: as much as threads
// can give on this machine.

import { labelOf, type MeasuredCase } from "./cases.js";
import type { Engine } from "./engine.js";
import { median } from "./measure.js";
import { subject } from "./ours.js";

const REPEATS = 3;
const WINDOW_MS = 2000;

export interface Together {
  readonly case: string;
  /** Calls a second, by repeat: of one process alone, and of all of them at once. */
  readonly alone: readonly number[];
  readonly both: readonly number[];
  /** The second over the first: the median of the repeats. */
  readonly ratio: number;
}

/** One thread each, over resident arrays of its own. */
export async function together(engine: Engine, given: MeasuredCase): Promise<Together> {
  process.stderr.write(`${engine.name}: two processes, ${labelOf(given)}\n`);
  const workers = [await engine.start(), await engine.start()];
  try {
    for (const worker of workers) {
      await worker.ask("prepare", { contender: subject.name, given, mode: "resident" });
    }
    const [alone, both]: [number[], number[]] = [[], []];
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      alone.push(await workers[repeat % workers.length]!.ask("busy", WINDOW_MS));
      const rates = await Promise.all(workers.map((worker) => worker.ask("busy", WINDOW_MS)));
      both.push(rates.reduce((a, b) => a + b));
    }
    return { case: labelOf(given), alone, both, ratio: median(both.map((rate, i) => rate / alone[i]!)) };
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}
