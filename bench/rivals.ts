// Usage: npm run bench:rivals [-- OPTIONS]; -- --help says which.

import { install, versionsIn } from "../test/support/rooms.js";
import { withRivals } from "./contenders.js";
import { run } from "./run.js";

install("bench/rivals");
await run("rivals", withRivals, versionsIn("bench/rivals"));
