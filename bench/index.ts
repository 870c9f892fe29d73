// Usage: npm run bench [-- --json FILE]

import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { backend } from "softmax-simd";
import { contenders, subject } from "./contenders.js";
import { SEED } from "./data.js";
import { machine } from "./machine.js";
import { measure, ROUNDS } from "./measure.js";
import { heading, type Report, table } from "./report.js";
import { shapes } from "./shapes.js";
import { BLOCK } from "./stopwatch.js";

const { values } = parseArgs({ options: { json: { type: "string" } } });

const names = contenders.map(({ name }) => name);
const report: Report = {
  ...machine(),
  backend: backend(),
  protocol: { rounds: ROUNDS, ...BLOCK, seed: SEED },
  results: await measure(names, shapes),
};
console.log(`${heading(report)}\n\n${table(report.results, subject.name)}`);
if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
