import { fileURLToPath } from "node:url";
import { defineConfig, type UserConfig } from "tsdown";

/** One self-contained bundle an entry: nothing to install beside it, no import map in a browser. */
const bundle: UserConfig = {
  format: "esm",
  target: "es2022",
  platform: "neutral",
  outDir: "dist",
  minify: true,
  banner: { js: "/*! softmax-simd, MIT. The parts by others, minified here: see THIRD_PARTY_LICENSES.md */" },
  deps: { alwaysBundle: [/.*/], neverBundle: [/\.wasm$/] },
  inputOptions: { resolve: { mainFields: ["module", "main"] } },
  dts: { oxc: true },
  fixedExtension: false,
  hash: false,
  logLevel: "warn",
};

/** Where bytes may not be compiled: the modules are imported as files. */
const workerd: UserConfig = {
  ...bundle,
  alias: {
    "./modules.js": fileURLToPath(new URL("src/modules.workerd.ts", import.meta.url)),
    "../modules.js": fileURLToPath(new URL("src/modules.workerd.ts", import.meta.url)),
  },
  dts: false,
};

export default defineConfig([
  { ...bundle, entry: { index: "src/index.ts" }, copy: ["build/simd.wasm", "build/relaxed-simd.wasm"] },
  { ...workerd, entry: { "index.workerd": "src/index.ts" } },
  { ...bundle, entry: { learn: "src/learn.ts" } },
  { ...workerd, entry: { "learn.workerd": "src/learn.ts" } },
  { ...bundle, entry: { reference: "src/reference.ts" } },
]);
