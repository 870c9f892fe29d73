// Usage: npm run bench:sampling [-- --engine NAME] [-- --work TEXT]: selecting and drawing beside plain JavaScript and beside
// the pass that is the least there is to do. Prints a table; one of everything is kept in bench/results.

import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { compile } from "../test/slow/kernels-host.js";
import { bundled, bundleWorker } from "./bundle.js";
import { type Engine, ownEngine, type Worker } from "./engine.js";
import { openEngine } from "./installable.js";
import { describeMachine, machine } from "./machine.js";
import { median, ROUNDS, takeTurns } from "./measure.js";
import { keepJson, write } from "./results.js";
import { nameOf, type Work, works } from "./sampling-works.js";
import { BLOCK } from "./stopwatch.js";
import { digits, markdown, type Rows } from "./table.js";

interface SamplingTiming {
  readonly work: string;
  readonly contender: string;
  readonly elements: number;
  /** Nanoseconds of a call: the median of the rounds, and each round's own. */
  readonly steady: number;
  readonly rounds: readonly number[];
  /** The times over those of the package's first contender, and over those of the pass. */
  readonly overOurs: number;
  readonly overPass: number;
}

const { values } = parseArgs({ options: { engine: { type: "string" }, work: { type: "string" } } });
await bundleWorker();
writeFileSync(bundled("maximum.wasm"), await compile("simd", "bench/maximum-kernel.ts"));

const engine = values.engine === undefined ? ownEngine() : await openEngine(values.engine);
const asking = await engine.start();
const { runtime, backend } = await asking.ask("about");
await asking.stop();

const results: SamplingTiming[] = [];
for (const work of works.filter((one) => nameOf(one).includes(values.work ?? ""))) {
  process.stderr.write(`${engine.name}: ${nameOf(work)}\n`);
  results.push(...(await measureWork(engine, work)));
}
await engine.close();

const here = machine();
const command = `npm run bench:sampling -- --engine ${engine.name}`;
const heading = [
  `\`${command}\``,
  `softmax-simd ${here.versions["softmax-simd"]}, main entry on ${backend.backend}`,
  describeMachine(here, runtime),
  `one thread; medians of ${ROUNDS} rounds of ${BLOCK.blockMs} ms a contender, order rotated; float32 logits, normal with standard deviation 3, or 1 (flat) or 5 (peaked)`,
  "one softmax: the baseline module's, array to array",
];
console.log(`${heading.join("\n")}\n\n${markdown(rowsOf(results))}`);
if (values.work === undefined) {
  keepJson(`sampling-${engine.name}`, { command, ...here, runtime, backend, rounds: ROUNDS, ...BLOCK, results });
  write(`sampling-${engine.name}.md`, `${heading.join(".  \n")}.\n\n${markdown(rowsOf(results))}\n`);
}

/** Each contender in a process of its own, as for the other benches. */
async function measureWork(engine: Engine, work: Work): Promise<SamplingTiming[]> {
  const names = Object.keys(work.contenders);
  const workers: Worker[] = [];
  try {
    for (const contender of names) {
      const worker = await engine.start();
      workers.push(worker);
      await worker.ask("prepareSampling", { work: nameOf(work), contender });
    }
    const rounds = await takeTurns(workers);
    const steady = rounds.map(median);
    const pass = steady[names.indexOf(work.pass)]!;
    return names.map((contender, i) => ({
      work: nameOf(work),
      contender,
      elements: work.rows * work.columns,
      steady: steady[i]!,
      rounds: rounds[i]!,
      overOurs: steady[i]! / steady[0]!,
      overPass: steady[i]! / pass,
    }));
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

function rowsOf(timings: readonly SamplingTiming[]): Rows {
  const lines = timings.map(({ work, contender, elements, steady, overOurs, overPass }) => [
    work,
    contender,
    digits(steady / 1000),
    digits(steady / elements),
    digits(overOurs),
    digits(overPass),
  ]);
  return [["work", "", "µs a call", "ns an element", "over the package's", "over the pass"], ...lines];
}
