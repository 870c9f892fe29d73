// The process that one contender runs in.

import { contenders } from "./contenders.js";
import type { Shape } from "./shapes.js";
import { type Stopwatch, stopwatch } from "./stopwatch.js";

/** A shape is set up and answered with the largest error, a block timed and answered with nanoseconds an element. */
export type Request = Shape | "block";

const name = process.argv[2];
const contender = contenders.find((candidate) => candidate.name === name);
let current: Stopwatch | undefined;

process.on("message", async (request: Request) => {
  if (request !== "block" && contender) current = await stopwatch(contender, request);
  if (!current) throw new Error(`nothing to time: ${name}`);
  process.send?.(request === "block" ? await current.block() : current.error);
});
