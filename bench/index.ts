// Usage: npm run bench [-- OPTIONS]; -- --help says which.

import { plain } from "./contenders.js";
import { run } from "./run.js";

await run("js", plain);
