// Types of the .wasm files in dist/, for whoever imports them as modules.

import { writeFileSync } from "node:fs";
import { PUBLISHED, type PublishedName } from "./modules.js";

export function writeWasmTypes(directory: string): void {
  for (const name of Object.keys(PUBLISHED) as PublishedName[]) {
    writeFileSync(`${directory}/${name}.wasm.d.ts`, declarations(name));
  }
}

function declarations(name: PublishedName): string {
  const kernels = name.startsWith("learn.")
    ? "LearnKernels"
    : name.startsWith("sampling.")
      ? "SamplingKernels"
      : "Kernels";
  return `import type { CompiledModule } from "./kernel-types.js";

/** What an instance of this module exports. */
export type { ${kernels} } from "./kernel-types.js";

/** The compiled module, where a .wasm file is imported as one; it needs no imports. */
declare const module: CompiledModule;
export default module;
`;
}
