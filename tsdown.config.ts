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

export default defineConfig([
  { ...bundle, entry: { index: "src/index.ts" }, copy: ["build/simd.wasm", "build/relaxed-simd.wasm"] },
  {
    ...bundle,
    entry: { "index.workerd": "src/index.ts" },
    alias: { "./modules.js": fileURLToPath(new URL("src/modules.workerd.ts", import.meta.url)) },
    dts: false,
  },
  { ...bundle, entry: { reference: "src/reference.ts" } },
]);
