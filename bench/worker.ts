// The process, or the page, that one contender runs in. Bundled into one file, which every engine runs. Questions come as
// lines of JSON on stdin, answers go as lines to stdout; a page is asked through `globalThis.answer`.

import { backend } from "softmax-simd";
import { Bench } from "tinybench";
import type { Case, Mode } from "./cases.js";
import { find } from "./contenders.js";
import { type DistanceTask, errorsByDistance } from "./distances.js";
import { type Errors, type ErrorTask, errorsOf } from "./errors.js";
import { type PoolBackend, poolBackend } from "./pool.js";
import { prepareSampling, type SamplingSetting } from "./sampling-works.js";
import { blocksOf, type Stopwatch, stopwatch, type Timed } from "./stopwatch.js";

export interface Setting {
  readonly contender: string;
  readonly given: Case;
  readonly mode: Mode;
}

export interface About {
  readonly runtime: string;
  readonly backend: ReturnType<typeof backend>;
}

/** What may be asked. */
export interface Questions {
  about(): About;
  prepare(setting: Setting): Omit<Stopwatch, "timed">;
  prepareSampling(setting: SamplingSetting): void;
  /** The nanoseconds of a call, in what was prepared last. */
  block(): number;
  /** Calls it for so many milliseconds: how many times a second. */
  busy(milliseconds: number): number;
  /** Milliseconds that all threads of the process have kept a processor busy. */
  cpuTime(): number;
  /** What serves in the pool of threads. */
  pool(): PoolBackend;
  errors(task: ErrorTask): Errors;
  distances(task: DistanceTask): number[];
}

type Answers = { [K in keyof Questions]: (...given: never[]) => Promise<ReturnType<Questions[K]>> };

let current: Timed | undefined;

const answers: Answers = {
  async about() {
    const { runtime, runtimeVersion } = new Bench();
    return { runtime: `${runtime} ${runtimeVersion}`, backend: backend() };
  },
  async prepare({ contender, given, mode }: Setting) {
    const { timed, ...prepared } = await stopwatch(find(contender), given, mode);
    current = timed;
    return prepared;
  },
  async prepareSampling(setting: SamplingSetting) {
    const { contender, work } = setting;
    current = await blocksOf(`${contender} for ${work}`, await prepareSampling(setting));
  },
  async block() {
    return prepared().block();
  },
  async busy(milliseconds: number) {
    return prepared().busy(milliseconds);
  },
  async cpuTime() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  pool: poolBackend,
  async errors(task: ErrorTask) {
    return errorsOf(find(task.contender), task);
  },
  async distances({ contender, op }: DistanceTask) {
    return errorsByDistance(find(contender), op);
  },
};

function prepared(): Timed {
  if (!current) throw new Error("nothing to time");
  return current;
}

async function answer(line: string): Promise<string> {
  const { question, given } = JSON.parse(line) as { question: keyof Questions; given: never };
  try {
    return JSON.stringify({ value: await answers[question](given) });
  } catch (error) {
    return JSON.stringify({ failure: error instanceof Error ? `${error.message}\n${error.stack}` : String(error) });
  }
}

async function serve(): Promise<void> {
  const { createInterface } = await import("node:readline");
  // What a library prints must not pass for an answer.
  console.log = console.error;
  for await (const line of createInterface({ input: process.stdin })) process.stdout.write(`${await answer(line)}\n`);
  process.exit();
}

if (typeof document === "object") Object.assign(globalThis, { answer });
else await serve();
