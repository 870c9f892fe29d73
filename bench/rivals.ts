// Usage: npm run bench:rivals [-- OPTIONS]; -- --help says which.

import { withRivals } from "./contenders.js";
import { install, versionsIn } from "./install.js";
import { run } from "./run.js";

install("rivals");
await run("rivals", withRivals, versionsIn("rivals"));
