// The conformance suite: what the package promises, held against an implementation of its entries, wherever they run.

import type { Program } from "../engines/program.js";
import type { Report } from "../engines/report.js";
import { bitsOf, drawsOf } from "./bits.js";
import { checkChoice } from "./choice.js";
import { checkDerivatives } from "./derivatives.js";
import { type Context, contextOf } from "./entries.js";
import { checkEntropies } from "./entropies.js";
import { checkErrors } from "./errors.js";
import { checkHandles } from "./handles.js";
import { checkKinds } from "./kinds.js";
import { checkLadder } from "./ladder.js";
import { checkLearn } from "./learn.js";
import { checkLosses } from "./losses.js";
import { checkProperties } from "./properties.js";
import { checkSampling } from "./sampling.js";
import { checkSamplingCalls } from "./sampling-calls.js";
import { checkSeedValues } from "./seed.js";
import { checkSpecialCases } from "./special.js";
import { Suite } from "./suite.js";

/** What is checked, by subject. */
export const SUBJECTS: Readonly<Record<string, (context: Context) => void>> = {
  "seed values": checkSeedValues,
  "special cases": checkSpecialCases,
  ladder: checkLadder,
  properties: checkProperties,
  derivatives: checkDerivatives,
  losses: checkLosses,
  entropies: checkEntropies,
  choice: checkChoice,
  kinds: checkKinds,
  handles: checkHandles,
  errors: checkErrors,
  sampling: checkSampling,
  "calls of sampling": checkSamplingCalls,
  learn: checkLearn,
  verify: checkVerify,
};

const program: Program = async (load): Promise<Report> => {
  const suite = new Suite();
  const entries = {
    library: await load.library(),
    learn: await load.learn(),
    sampling: await load.sampling(),
    reference: await load.reference(),
  };
  // Where a page may not compile at once, kernels serve from here on.
  await entries.library.ready();
  const context = await contextOf(suite, entries);
  for (const [name, check] of Object.entries(SUBJECTS)) suite.group(name, () => check(context));
  const { backend, reason } = entries.library.backend();
  const bits = await bitsOf(entries);
  const draws = drawsOf(entries);
  return { backend, reason, checks: suite.checks, failures: suite.failures, bits, draws };
};

export default program;

/** What the package says of itself, and which backends there are. */
function checkVerify({ suite, entries, subjects }: Context): void {
  const { backend, reason } = entries.library.backend();
  suite.check("backend", /^(relaxed-simd|simd|js)$/.test(backend), backend, "one that there is");
  suite.check("reason", reason.length > 0, reason, "words");
  for (const { name, loose } of subjects) {
    const { ok, ops } = loose["verify"]!() as ReturnType<typeof entries.library.verify>;
    const failures = ops.flatMap(({ op, dtype, failures }) => failures.map((failure) => `${op} ${dtype}: ${failure}`));
    suite.check(`verify: ${name}`, ok && failures.length === 0, failures, "no failure");
  }
  const exact = subjects.find(({ name }) => name === "deterministic");
  const served = exact === undefined ? "js" : (exact.loose["backend"]!() as { backend: string }).backend;
  const expected = backend === "js" ? "js" : "simd";
  suite.check("the backend of the deterministic instance", served === expected, served, expected);
}
