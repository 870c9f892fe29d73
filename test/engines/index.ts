// Usage: npm run test:engines [-- NAME...] [-- --gate | --all]: the conformance suite on the packed package in every
// engine that is installed, one at a time. Packs what dist/ holds: build first.
//   NAME...   only these engines
//   --gate    only those that the gate runs; none may be skipped
//   --all     none may be skipped

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { installPacked } from "../support/packed.js";
import { endWithThisProcess } from "../support/processes.js";
import { bundleProgram } from "./bundle.js";
import { engines } from "./list.js";
import { conclude, runEngines, select } from "./runner.js";

const LIMIT = 90_000;
const SUITE = fileURLToPath(new URL("../conformance/index.ts", import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { gate: { type: "boolean", default: false }, all: { type: "boolean", default: false } },
});
const selected = select(engines, { names: positionals, gate: values.gate });

endWithThisProcess();
const project = installPacked();
process.once("exit", project.remove);
const counts = await runEngines(selected, {
  project,
  limit: LIMIT,
  prepare: ({ program = SUITE }) => bundleProgram(program, project),
  print: console.log,
});
const { line, ok } = conclude(counts, !values.gate && !values.all);
console.log(`\n${line}`);
// Whatever an engine has left behind.
process.exit(ok ? 0 : 1);
