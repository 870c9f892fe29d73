// Engines with something switched off, so that the package has to make do without it.

import type { Engine } from "./engine.js";
import { bunBinary, nodeBinary } from "./installed.js";
import { node20, type ProcessEngine, processEngine } from "./processes.js";

const NO_SIMD = { backend: "js", reason: /^this engine validates no module/ } as const;
const NO_WEBASSEMBLY = { backend: "js", reason: /^this engine has no WebAssembly$/ } as const;

/** V8 has SIMD on x64 only where the processor has SSE4.1; elsewhere no flag switches it off. */
const WITHOUT_SSE: readonly ProcessEngine[] = [
  { name: "node20-nosimd", ...NO_SIMD, gate: true, binary: node20, args: ["--no-enable-sse4-1"] },
  { name: "node24-nosimd", ...NO_SIMD, gate: false, binary: node24, args: ["--no-enable-sse4-1"] },
];

/** V8 has no WebAssembly without a compiler; from 24 on, Node has no other flag for it. */
const WITHOUT_WEBASSEMBLY: readonly ProcessEngine[] = [
  { name: "node20-nowasm", ...NO_WEBASSEMBLY, gate: false, binary: node20, args: ["--no-expose-wasm"] },
  { name: "node24-nowasm", ...NO_WEBASSEMBLY, gate: false, binary: node24, args: ["--jitless"] },
];

const BUNS: readonly ProcessEngine[] = [
  bun({ name: "bun-norelaxed", backend: "simd" }, "BUN_JSC_useWasmRelaxedSIMD"),
  bun({ name: "bun-nosimd", ...NO_SIMD }, "BUN_JSC_useWasmSIMD"),
  bun({ name: "bun-nowasm", ...NO_WEBASSEMBLY }, "BUN_JSC_useWasm"),
];

export const fallbacks: readonly Engine[] = [
  ...(process.arch === "x64" ? WITHOUT_SSE : []),
  ...WITHOUT_WEBASSEMBLY,
  ...BUNS,
].map(processEngine);

function bun(engine: Pick<ProcessEngine, "name" | "backend" | "reason">, variable: string): ProcessEngine {
  return { ...engine, gate: false, binary: bunBinary, env: { [variable]: "0" } };
}

function node24(): string | undefined {
  return nodeBinary(24);
}
