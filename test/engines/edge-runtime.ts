// Vercel's edge-runtime, in a process of Node: the realm in which Next runs edge functions on a machine of one's own.

import { existsSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Plugin } from "esbuild";
import type { PackedProject } from "../support/packed.js";
import { runToEnd } from "../support/processes.js";
import { roomPath } from "../support/rooms.js";
import { bundle } from "./bundle.js";
import type { Engine, Ran } from "./engine.js";
import { RUNTIMES, SETUP } from "./installed.js";
import { cleanEnv } from "./processes.js";

const ROOM = roomPath(RUNTIMES, "package.json");

const FUNCTION = `
  const respond = async () => Response.json(await program(load, async () => performance.now()));
  addEventListener("fetch", (event) => event.respondWith(respond()));`;

/** Bytes and strings may not be compiled, as on the platform; compiled modules come in from outside. */
const HOST = `
  import { readFileSync } from "node:fs";
  import { createRequire } from "node:module";
  const { room, script, modules } = JSON.parse(process.argv[2]);
  const require = createRequire(room);
  const { EdgeRuntime } = require("edge-runtime");
  const compiled = modules.map(([name, path]) => [name, new WebAssembly.Module(readFileSync(path))]);
  const runtime = new EdgeRuntime({
    initialCode: readFileSync(script, "utf8"),
    codeGeneration: { strings: false, wasm: false },
    extend: (context) => Object.assign(context, Object.fromEntries(compiled)),
  });
  const response = await runtime.dispatchFetch("http://localhost/");
  const body = await response.text();
  if (response.status !== 200) throw new Error(response.status + " " + body);
  const { version } = require("edge-runtime/package.json");
  const runtimeName = "edge-runtime " + version + " on node " + process.versions.node;
  console.log(JSON.stringify({ runtime: runtimeName, result: JSON.parse(body) }));`;

/** The build for it brings the baseline module alone. */
export const edgeRuntime: readonly Engine[] = [
  {
    name: "edge-runtime",
    backend: "simd",
    gate: false,
    install: SETUP,
    open: () => (existsSync(roomPath(RUNTIMES, "node_modules/edge-runtime")) ? run : undefined),
  },
];

async function run(project: PackedProject): Promise<Ran> {
  const modules = new Map<string, string>();
  const script = await bundle("edge-light", project, FUNCTION, { format: "iife", plugins: [globalModules(modules)] });
  const host = join(project.directory, "edge-light", "host.mjs");
  writeFileSync(host, HOST);
  const given = JSON.stringify({ room: ROOM, script, modules: [...modules] });
  const launched = { command: process.execPath, args: [host, given], cwd: project.directory };
  const printed = await runToEnd({ ...launched, env: cleanEnv(project.directory) }, 80_000);
  return JSON.parse(printed);
}

/** As Vercel's build has it: an import of x.wasm?module is a global variable that holds the compiled module. */
function globalModules(modules: Map<string, string>): Plugin {
  return {
    name: "global-modules",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\.wasm\?module$/ }, ({ path, resolveDir }) => {
        return { path: join(resolveDir, path.replace("?module", "")), namespace: "module" };
      });
      onLoad({ filter: /.*/, namespace: "module" }, ({ path }) => {
        const name = `wasm_${basename(path).replace(/\W/g, "_")}`;
        modules.set(name, path);
        return { contents: `export default ${name};` };
      });
    },
  };
}
