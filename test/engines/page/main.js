// Runs the program, in a window or a worker, on the bundles as they are, without an import map.

import program from "./program.js";
import { report, reportError } from "./report.js";

const load = {
  library: () => import("./dist/index.js"),
  learn: () => import("./dist/learn.js"),
  sampling: () => import("./dist/sampling.js"),
  reference: () => import("./dist/reference.js"),
  parallel: () => import("./dist/parallel.js"),
};

try {
  report("result", JSON.stringify(await program(load, async () => performance.now())));
} catch (error) {
  // WebKit tells nobody when a module's await fails.
  reportError(error);
}
