// npm run dev: the service on port 8787, or on that of the environment's PORT, until Ctrl+C.

import { startService } from "./local.js";

const service = await startService({ port: Number(process.env["PORT"] ?? 8787) });
console.log(`${service.url.href} (Ctrl+C ends it)`);
process.once("SIGINT", end).once("SIGTERM", end);

async function end(): Promise<void> {
  await service[Symbol.asyncDispose]();
  process.exit();
}
