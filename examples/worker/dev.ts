// npm run dev: the service on port 8787, or on that of the environment's PORT, until Ctrl+C, which Miniflare handles.

import { startService } from "./local.js";

const { url } = await startService({ port: Number(process.env["PORT"] ?? 8787) });
console.log(`${url.href} (Ctrl+C ends it)`);
